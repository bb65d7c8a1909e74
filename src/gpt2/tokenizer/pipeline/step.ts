export type Json = Readonly<Record<string, unknown>>;

/** A step of a `tokenizer.json` that this program does not have; the message is no whole sentence. */
export class StepError extends Error {}

/** A text of a step, or what stands for it where there is none. */
export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
