import { argmax } from '../../src/core/logits';
import type { CacheHandle, LanguageModel } from '../../src/core/languageModel';

/** Sentences about numbers that differ by more than `tolerance`, at most one per list. */
export function compare(
  what: string,
  own: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): string[] {
  if (own.length !== expected.length) return [`${what}: ${own.length} numbers, expected ${expected.length}`];
  let worst = 0;
  for (let i = 0; i < own.length; i++) {
    // Written so that NaN counts as worst.
    if (!(Math.abs(own[i]! - expected[i]!) <= Math.abs(own[worst]! - expected[worst]!))) worst = i;
  }
  const difference = own.length === 0 ? 0 : Math.abs(own[worst]! - expected[worst]!);
  if (difference <= tolerance) return [];
  return [`${what}: number ${worst} is ${own[worst]!}, expected ${expected[worst]!} within ${tolerance}`];
}

export function sameIds(what: string, own: readonly number[], expected: readonly number[]): string[] {
  return own.join() === expected.join() ? [] : [`${what}: ${own.join(' ')}, expected ${expected.join(' ')}`];
}

/** The prompt and the most probable continuation, token by token, with a cache. */
export async function greedy(
  model: LanguageModel,
  prompt: readonly number[],
  steps: number,
): Promise<number[]> {
  const tokens = [...prompt];
  let cache: CacheHandle | undefined;
  for (let i = 0; i < steps; i++) {
    const [answer] = await model.next([{ tokens: [...tokens], cache }]);
    cache = answer!.cache;
    tokens.push(argmax(answer!.logits));
  }
  return tokens;
}
