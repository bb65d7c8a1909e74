import type { Context, NextToken } from '../core/languageModel';
import { RemoteError } from './remoteError';

/** A context of which nothing is remembered. */
export interface Question {
  readonly tokens: readonly number[];
  /** Takes its answer. */
  readonly answered: (answer: NextToken) => void;
}

/** The answers that were given last, for contexts that are asked about again; the least recently used go first. */
export class RecentAnswers {
  readonly #answers = new Map<string, NextToken>();
  #bytes = 0;

  constructor(private readonly limitBytes: number) {}

  /**
   * What is remembered of contexts, and of the others what is asked: of each once, but for those that are to be asked
   * for anew.
   * @param ask lets each question be answered.
   */
  async answersTo(
    contexts: readonly Context[],
    ask: (questions: readonly Question[]) => Promise<unknown>,
  ): Promise<NextToken[]> {
    const keys = contexts.map(({ tokens, anew }, i) => (anew ? `anew ${i}` : tokens.join()));
    const answers = new Map<string, NextToken>();
    const questions = new Map<string, Question>();
    for (const [i, { tokens, anew }] of contexts.entries()) {
      const key = keys[i]!;
      const known = this.#find(key);
      if (known) {
        answers.set(key, known);
        continue;
      }
      const answered = (answer: NextToken): void => {
        answers.set(key, answer);
        if (!anew) this.#add(key, answer);
      };
      questions.set(key, { tokens, answered });
    }
    try {
      await ask([...questions.values()]);
    } catch (error) {
      // Who answers next may be a server that was started anew.
      if (error instanceof RemoteError && error.code === 'network') this.clear();
      throw error;
    }
    return keys.map((key) => answers.get(key)!);
  }

  #find(key: string): NextToken | undefined {
    const known = this.#answers.get(key);
    if (!known) return undefined;
    this.#answers.delete(key);
    this.#answers.set(key, known);
    return known;
  }

  #add(key: string, answer: NextToken): void {
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
