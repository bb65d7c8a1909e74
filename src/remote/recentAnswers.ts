import type { NextToken } from '../core/languageModel';

/** The answers that were given last, for contexts that are asked about again; the least recently used go first. */
export class RecentAnswers {
  readonly #answers = new Map<string, NextToken>();
  #bytes = 0;

  constructor(private readonly limitBytes: number) {}

  find(key: string): NextToken | undefined {
    const known = this.#answers.get(key);
    if (!known) return undefined;
    this.#answers.delete(key);
    this.#answers.set(key, known);
    return known;
  }

  add(key: string, answer: NextToken): void {
    this.#drop(key);
    this.#answers.set(key, answer);
    this.#bytes += sizeOf(key, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= this.limitBytes) break;
      this.#drop(oldest);
    }
  }

  clear(): void {
    this.#answers.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    const known = this.#answers.get(key);
    if (!known) return;
    this.#answers.delete(key);
    this.#bytes -= sizeOf(key, known);
  }
}

function sizeOf(key: string, { logits, exact, listed }: NextToken): number {
  return key.length + logits.byteLength + (exact?.byteLength ?? 0) + (listed?.ids.byteLength ?? 0);
}
