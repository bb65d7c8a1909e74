export function languages(): string[];
export function partsOf(language: string): Record<string, Record<string, string>>;
export function bundleOf(language: string): Record<string, string>;
