/** Tokens and phrases in the steps of a chain: banned, allowed alone, or biased, from a field or from a token's card. */
import type { SamplerName } from '../../src/core/samplers/chain';
import { escaped } from '../../src/core/shapes/expressionText';
import { isTokenId } from '../../src/core/samplers/parameters';
import { isEmpty, withUsual, type SamplerStep } from './samplerSteps';

/** What a press of "favour" adds to a token's logit, and the most that presses and sliders give it. */
export const FAVOUR = 2;
export const MOST_BIAS = 10;

export type Bias = readonly [id: number, added: number];

/** A token as the chain treats it. */
export interface TokenState {
  readonly banned: boolean;
  /** One of the few that are allowed. */
  readonly only: boolean;
  /** All that biases add to its logit; 0 without one. */
  readonly bias: number;
}

/** The ids that a step lists. */
export function idsOf({ lists }: SamplerStep): readonly number[] {
  return (lists?.['ids'] ?? []).filter(isTokenId);
}

/** The texts that a step lists. @param name of the list */
export function textsOf({ lists }: SamplerStep, name: 'texts' | 'phrases'): readonly string[] {
  return (lists?.[name] ?? []).filter((text) => typeof text === 'string');
}

/** The biases that a step lists. */
export function biasesOf({ lists }: SamplerStep): readonly Bias[] {
  return (lists?.['bias'] ?? []).flatMap((entry): Bias[] => {
    const [id, added] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return isTokenId(id) && typeof added === 'number' ? [[id, added]] : [];
  });
}

/** @param text of the token, for steps that name it so */
export function tokenState(steps: readonly SamplerStep[], id: number, text: string): TokenState {
  const listed = (sampler: SamplerName): boolean =>
    steps.some((step) => step.sampler === sampler && lists(step, id, text));
  return {
    banned: listed('banned-tokens'),
    only: listed('allowed-tokens'),
    bias: biasOf(steps, id),
  };
}

function lists(step: SamplerStep, id: number, text: string): boolean {
  return idsOf(step).includes(id) || textsOf(step, 'texts').includes(text);
}

/** All that the chain's biases add to a token's logit. */
export function biasOf(steps: readonly SamplerStep[], id: number): number {
  return steps
    .filter(({ sampler }) => sampler === 'logit-bias')
    .flatMap(biasesOf)
    .reduce((sum, [of, added]) => (of === id ? sum + added : sum), 0);
}

/**
 * Bans a token, or allows it alone beside others that are; where it is so already, takes that back. A token that is
 * banned is none of those that are allowed, and the other way round.
 */
export function toggleToken(
  steps: readonly SamplerStep[],
  sampler: 'banned-tokens' | 'allowed-tokens',
  id: number,
  text: string,
): readonly SamplerStep[] {
  const other = sampler === 'banned-tokens' ? 'allowed-tokens' : 'banned-tokens';
  if (steps.some((step) => step.sampler === sampler && lists(step, id, text))) {
    return without(steps, sampler, id, text);
  }
  return withEntry(without(steps, other, id, text), sampler, 'ids', id);
}

function without(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
  id: number,
  text: string,
): readonly SamplerStep[] {
  return changed(steps, (step) => {
    if (step.sampler !== sampler || !lists(step, id, text)) return step;
    const ids = idsOf(step).filter((one) => one !== id);
    const texts = textsOf(step, 'texts').filter((one) => one !== text);
    return { ...step, lists: { ...step.lists, ids, texts } };
  });
}

/** Makes a token more probable (or less, by a negative amount); at no bias at all, it has none any more. */
export function biasBy(steps: readonly SamplerStep[], id: number, by: number): readonly SamplerStep[] {
  const before = biasOf(steps, id);
  const after = Math.max(-MOST_BIAS, Math.min(MOST_BIAS, before + by));
  const cleared = withoutBias(steps, id, after !== 0);
  return after === 0 ? cleared : withEntry(cleared, 'logit-bias', 'bias', [id, after]);
}

/** @param keep a step that is empty then stays */
export function withoutBias(steps: readonly SamplerStep[], id: number, keep = false): readonly SamplerStep[] {
  return changed(
    steps,
    (step) => {
      const biases = biasesOf(step);
      if (step.sampler !== 'logit-bias' || !biases.some(([of]) => of === id)) return step;
      return { ...step, lists: { ...step.lists, bias: biases.filter(([of]) => of !== id) } };
    },
    keep,
  );
}

/** Bans a text of several tokens as a whole. */
export function banPhrase(steps: readonly SamplerStep[], phrase: string): readonly SamplerStep[] {
  const known = steps.some((step) => textsOf(step, 'phrases').includes(phrase));
  return known || phrase === '' ? steps : withEntry(steps, 'banned-phrases', 'phrases', phrase);
}

/** Whether a phrase can be told from longer words by what follows it: it is not the end of one, either. */
export function canBeWholeWord(phrase: string): boolean {
  return /^\P{L}.*\p{L}$/su.test(phrase);
}

/**
 * Bans a phrase only where no letter follows: as a part of the step's pattern instead of one of its phrases. The text
 * then goes back once it is known what follows.
 */
export function banWholeWord(
  steps: readonly SamplerStep[],
  key: string,
  phrase: string,
): readonly SamplerStep[] {
  return steps.map((step) => {
    if (step.key !== key) return step;
    const before = String(step.values['pattern'] ?? '');
    const word = String.raw`${escaped(phrase)}[^\p{L}]`;
    return {
      ...step,
      values: { ...step.values, pattern: before === '' ? word : `${before}|${word}` },
      lists: { ...step.lists, phrases: textsOf(step, 'phrases').filter((one) => one !== phrase) },
    };
  });
}

/** Adds to the list of the first step of a sampler, which is added at its usual place where there is none. */
function withEntry(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
  list: string,
  entry: unknown,
): readonly SamplerStep[] {
  const all = steps.some((step) => step.sampler === sampler) ? steps : withUsual(steps, sampler);
  const first = all.find((step) => step.sampler === sampler);
  return all.map((step) =>
    step === first
      ? { ...step, lists: { ...step.lists, [list]: [...(step.lists?.[list] ?? []), entry] } }
      : step,
  );
}

/** The steps as they are changed; what names nothing any more goes. */
function changed(
  steps: readonly SamplerStep[],
  change: (step: SamplerStep) => SamplerStep,
  keep = false,
): readonly SamplerStep[] {
  return steps.flatMap((step) => {
    const after = change(step);
    return after === step || keep || !isEmpty(after) ? [after] : [];
  });
}
