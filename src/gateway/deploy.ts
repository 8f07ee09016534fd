import { createHash } from 'node:crypto';
import { formOf, isBpmn, parseBpmn, parseForm, unknownType } from '../bpmn/index.ts';
import { parseDmn, whyNoModel } from '../dmn/index.ts';
import type { Answer } from '../engine/records/command.ts';
import type { DecisionMetadata, DecisionRequirementsMetadata } from '../engine/records/decision.ts';
import type { FormMetadata, ProcessMetadata, ResourceValue } from '../engine/records/record.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { acceptedOf } from './errors.ts';

export interface NamedResource {
  readonly name: string;
  readonly content: Uint8Array;
}

export interface Deployed {
  readonly deploymentKey: number;
  readonly processes: readonly ProcessMetadata[];
  readonly forms: readonly FormMetadata[];
  readonly decisions: readonly DecisionMetadata[];
  readonly decisionRequirements: readonly DecisionRequirementsMetadata[];
}

/**
 * Parses resources and deploys them in one command; what the parser refuses the engine answers as a rejection, so
 * that the refusal is in the log too. Throws a `GatewayError` for it. Shared by REST and gRPC.
 */
export async function deployResources(
  runtime: Runtime,
  resources: readonly NamedResource[],
): Promise<Deployed> {
  const values = await Promise.all(resources.map(readResource));
  const answer = await runtime.execute({
    valueType: 'DEPLOYMENT',
    intent: 'CREATE',
    value: { resources: values },
  });
  // The engine answers a deployment with the value of its DEPLOYMENT record.
  const accepted = acceptedOf(answer as Answer<DeploymentAnswer>);
  return {
    deploymentKey: accepted.key,
    processes: accepted.value.processesMetadata,
    forms: accepted.value.formMetadata ?? [],
    decisions: accepted.value.decisionsMetadata ?? [],
    decisionRequirements: accepted.value.decisionRequirementsMetadata ?? [],
  };
}

interface DeploymentAnswer {
  readonly processesMetadata: readonly ProcessMetadata[];
  readonly formMetadata?: readonly FormMetadata[];
  readonly decisionsMetadata?: readonly DecisionMetadata[];
  readonly decisionRequirementsMetadata?: readonly DecisionRequirementsMetadata[];
}

/** Parses a BPMN, DMN or form file by the ending of its name; what is wrong with it stands in `problems`. */
export async function readResource({ name, content }: NamedResource): Promise<ResourceValue> {
  const resource = new TextDecoder(encodingOf(content)).decode(content);
  const base = {
    resourceName: name,
    resource,
    checksum: createHash('md5').update(content).digest('base64'),
  };
  if (isBpmn(name)) {
    const parsed = await parseBpmn(name, resource);
    return parsed.ok
      ? { ...base, processes: parsed.processes }
      : { ...base, processes: [], problems: parsed.problems };
  }
  if (name.endsWith('.dmn')) {
    const parsed = parseDmn(name, resource);
    if (parsed.ok) return { ...base, processes: [], decisions: parsed.graph };
    // Zeebe does not say what is wrong with the XML; we add it in a line of its own.
    const why = whyNoModel(resource);
    return {
      ...base,
      processes: [],
      problems: why === undefined ? parsed.problems : `${parsed.problems}\n${why}`,
    };
  }
  if (name.endsWith('.form')) {
    const parsed = parseForm(name, resource);
    return parsed.ok
      ? { ...base, processes: [], ...formOf(parsed) }
      : { ...base, processes: [], problems: parsed.problems };
  }
  return { ...base, processes: [], problems: unknownType(name) };
}

/** The encoding that an XML file begins with or declares, as Java's parsers find it; UTF-8 for all others. */
function encodingOf(content: Uint8Array): string {
  const [first, second] = content;
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  const head = new TextDecoder('latin1').decode(content.subarray(0, 200));
  const declared = /^<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  // One that was saved as something else than it says; and names that nobody knows.
  if (/^utf-?16/i.test(declared) || !isEncoding(declared)) return 'utf-8';
  return declared;
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
