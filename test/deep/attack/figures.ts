/** How much is attacked, from which seed, and what came of it. */
import { mkdirSync, writeFileSync } from 'node:fs';

/** 1 for the full numbers; less for a quick trial. */
const SCALE = Number(process.env['DECODING_LAB_ATTACK_SCALE'] ?? 1);

export const SEED = Number(process.env['DECODING_LAB_ATTACK_SEED'] ?? 20_260_101);

export function scaled(count: number): number {
  return Math.max(1, Math.round(count * SCALE));
}

/** Folder of the figures, a file for each attack; `npm run attack` makes a table of them. */
export const FIGURES = 'artifacts/attack';

/** Keeps what an attack came to, and prints it. */
export function record(attack: string, figures: Readonly<Record<string, number | string>>): void {
  mkdirSync(FIGURES, { recursive: true });
  writeFileSync(`${FIGURES}/${attack}.json`, JSON.stringify({ attack, ...figures }, null, 2));
  const line = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  console.log(`${attack}: ${line.join(', ')}`);
}

/** Numbers from 0 to 1 of a seed: Marsaglia's xorshift with the constants 13, 17, 5. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state / 2 ** 32;
  }

  /** A whole number of 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** Rejects where a promise does not settle: a hang has a name instead of ending the whole run. */
export async function settles<T>(what: string, promise: Promise<T>, withinMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} has not settled after ${withinMs / 1000} seconds`));
    }, withinMs);
  });
  try {
    return await Promise.race([promise, hang]);
  } finally {
    clearTimeout(timer);
  }
}
