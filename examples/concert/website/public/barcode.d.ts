export function symbolsOf(text: string): number[];
export function barcode(text: string): { width: number; path: string };
