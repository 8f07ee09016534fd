/** What we use of the two packages, which ship no declarations for their entry points. */
declare module 'bpmn-moddle' {
  export interface ParseWarning {
    readonly message: string;
    readonly element?: unknown;
    readonly property?: string;
    readonly value?: unknown;
    readonly error?: Error;
  }
  export interface ParseReference {
    readonly element: { readonly id?: string; readonly $type: string };
    readonly property: string;
    readonly id: string;
  }
  export interface ParseResult {
    readonly rootElement: unknown;
    readonly references: readonly ParseReference[];
    readonly warnings: readonly ParseWarning[];
  }
  export class BpmnModdle {
    constructor(packages: Readonly<Record<string, unknown>>);
    fromXML(xml: string): Promise<ParseResult>;
  }
}
