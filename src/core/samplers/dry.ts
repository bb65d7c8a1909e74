import type { Candidates } from './candidates';
import { defineSampler, reshapes } from './definition';
import { isTokenId, WINDOW, type ParameterDescription, type ValuesOf } from './parameters';
import type { Sampler, SamplerHistory } from './types';
import { t } from '../../l10n/language';

function isBreaker(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTokenId);
}

const PARAMETERS = [
  {
    name: 'multiplier',
    label: t('Multiplier'),
    explanation: t('The penalty at the allowed length; 0 switches the sampler off.'),
    kind: 'number',
    min: 0,
    max: Number.MAX_VALUE,
    slider: { min: 0, max: 5, step: 0.1 },
    default: 0.8,
  },
  {
    name: 'base',
    label: t('Base'),
    explanation: t('How fast the penalty grows with each repeated token.'),
    kind: 'number',
    min: 1,
    max: Number.MAX_VALUE,
    slider: { min: 1, max: 4, step: 0.05 },
    default: 1.75,
  },
  {
    name: 'allowedLength',
    label: t('Allowed length'),
    explanation: t('Repetitions shorter than this many tokens are free.'),
    kind: 'integer',
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    slider: { min: 1, max: 20, step: 1 },
    default: 2,
  },
  WINDOW,
  {
    name: 'breakers',
    label: t('Sequence breakers'),
    explanation: t('Token sequences that a repetition cannot extend across.'),
    kind: 'list',
    entries: t('a list of lists of token ids, none of them empty'),
    isEntry: isBreaker,
    default: [],
    optional: true,
  },
] as const satisfies readonly ParameterDescription[];

/**
 * Don't repeat yourself: a token that would continue a repetition of the last n tokens loses
 * multiplier * base^(n - allowedLength) from its logit, where n is the longest such repetition and at least
 * `allowedLength`. Long verbatim repetition becomes exponentially unlikely; short phrases are free.
 *
 * Weidmann (p-e-w), DRY: A modern repetition penalty, text-generation-webui pull request 5677, 2024; sequence
 * breakers of several tokens as in llama.cpp.
 *
 * - The repetition is counted within the window, and only as far back as the latest breaker.
 * - A token that is itself a breaker is never penalised.
 */
export const dry = defineSampler({
  name: 'dry',
  rank: { huggingFace: 50, llamaCpp: 90 },
  about: {
    label: t('Don’t repeat yourself (DRY)'),
    explanation: t('Penalises tokens that would continue a verbatim repetition, the more the longer it is.'),
    formula: t('logit′ = logit − m · b^(n − a), n = length of the repetition it continues, n ≥ a'),
    paper: 'Weidmann, DRY: A modern repetition penalty (text-generation-webui pull request 5677), 2024',
    parameters: PARAMETERS,
  },
  effect: reshapes,
  create: (values) => new Dry(values),
});

type DryValues = ValuesOf<typeof PARAMETERS>;

class Dry implements Sampler {
  readonly usesHistory = true;
  readonly #values: DryValues;
  readonly #breakers: readonly (readonly number[])[];
  readonly #single: ReadonlySet<number>;
  /** For each token, the longest repetition it would continue. */
  readonly #longest = new Map<number, number>();
  #overlaps = new Int32Array(0);

  constructor(values: DryValues) {
    this.#values = values;
    this.#breakers = values.breakers ?? [];
    this.#single = new Set(this.#breakers.filter((breaker) => breaker.length === 1).flat());
  }

  apply(candidates: Candidates, { tokens }: SamplerHistory): void {
    const { multiplier, base, allowedLength, window = WINDOW.default } = this.#values;
    if (multiplier === 0) return;
    const start = window === 0 ? 0 : Math.max(0, tokens.length - window);
    const limit = this.#sinceBreaker(tokens, start);
    if (limit < allowedLength) return;
    this.#findRepetitions(tokens, start, limit);
    for (const [id, length] of this.#longest) {
      if (length < allowedLength || this.#single.has(id)) continue;
      candidates.setLogit(id, candidates.logits[id]! - multiplier * base ** (length - allowedLength));
    }
  }

  /** How many tokens follow the latest breaker that lies wholly in the window. */
  #sinceBreaker(tokens: ArrayLike<number>, start: number): number {
    let latest = start;
    for (const breaker of this.#breakers) {
      for (let end = tokens.length; end - breaker.length >= start && end > latest; end--) {
        if (breaker.every((id, i) => tokens[end - breaker.length + i] === id)) latest = end;
      }
    }
    return tokens.length - latest;
  }

  /**
   * The longest common suffix of the history and of each of its beginnings, by the Z algorithm on the reversed
   * history (Gusfield, Algorithms on Strings, Trees and Sequences, 1997): linear, whatever repeats.
   */
  #findRepetitions(tokens: ArrayLike<number>, start: number, limit: number): void {
    this.#longest.clear();
    const last = tokens.length - 1;
    const length = tokens.length - start;
    if (this.#overlaps.length < length) this.#overlaps = new Int32Array(2 * length);
    const z = this.#overlaps;
    let left = 0;
    let right = 0;
    for (let i = 1; i < length; i++) {
      let match = i < right ? Math.min(right - i, z[i - left]!) : 0;
      while (i + match < length && tokens[last - match] === tokens[last - i - match]) match++;
      z[i] = match;
      if (i + match > right) {
        left = i;
        right = i + match;
      }
      // tokens[last - i] ends the earlier occurrence; the token after it is what would continue the repetition.
      const next = tokens[last - i + 1]!;
      this.#longest.set(next, Math.max(Math.min(match, limit), this.#longest.get(next) ?? 0));
    }
  }
}
