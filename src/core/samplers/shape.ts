import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from '../shapes/byteAutomaton';
import { tooFewTokens, type TooFew } from '../shapes/roomForShape';
import { TokenMasks } from '../shapes/tokenMasks';
import type { Candidates } from './candidates';
import type { NumberParameter } from './parameters';
import type { Sampler, SamplerContext, SamplerHistory, Standing, TokenMask } from './types';
import { t } from '../../l10n/language';

/** What samplers have in common that hold a text to a shape: the tokens stay that can still lead to such a text. */

/** The token that ends a text: it may come where the text is complete. */
export const END_OF_TEXT = {
  name: 'endOfText',
  label: t('End of text'),
  explanation: t(
    'Id of the token that ends a text, which may come when the text is complete; 50256 in GPT-2.',
  ),
  kind: 'integer',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  slider: { min: 0, max: 50256, step: 1 },
  default: 50256,
  optional: true,
  token: 'end of text',
} as const satisfies NumberParameter;

/** Masks by automaton and vocabulary: the page makes a chain anew at every move of a slider. */
const made = new WeakMap<ByteAutomaton, WeakMap<Vocabulary, TokenMasks>>();

function masksOf(automaton: ByteAutomaton, vocabulary: Vocabulary): TokenMasks {
  const known = made.get(automaton) ?? new WeakMap<Vocabulary, TokenMasks>();
  made.set(automaton, known);
  const masks = known.get(vocabulary) ?? new TokenMasks(automaton, vocabulary);
  known.set(vocabulary, masks);
  return masks;
}

/**
 * Removes the tokens that cannot lead to a text of a shape. The text begins where the prompt ends; its bytes are
 * read anew at every step: they are few, and what is remembered of another sequence would be wrong.
 */
export class ShapeSampler implements Sampler {
  readonly usesHistory = true;
  readonly #masks: TokenMasks;

  /** @throws RangeError without a vocabulary. */
  constructor(
    owner: string,
    readonly automaton: ByteAutomaton,
    readonly endOfText: number,
    { vocabulary }: SamplerContext,
  ) {
    if (!vocabulary) throw new RangeError(t('{0} needs the vocabulary of a model.', owner));
    this.#masks = masksOf(automaton, vocabulary);
  }

  apply(candidates: Candidates, history: SamplerHistory): void {
    const { ids, count } = candidates;
    const allows = this.mask(history);
    if (!allows) {
      candidates.warnings.push(
        t('What has been written so far does not have the shape: nothing more is measured against it.'),
      );
      return;
    }
    for (let row = 0; row < count; row++) if (!allows(ids[row]!)) candidates.remove(ids[row]!);
  }

  mask(history: SamplerHistory): TokenMask | undefined {
    const state = this.#reached(history);
    if (state === DEAD) return undefined;
    const mask = this.#maskAt(state, history);
    const { endOfText } = this;
    const mayEnd = this.automaton.accepts(state);
    return (id) => (id === endOfText ? mayEnd : mask[id] === 1);
  }

  standing(history: SamplerHistory): Standing {
    const state = this.#reached(history);
    if (state === DEAD || this.#maskAt(state, history).includes(1)) return 'open';
    return this.automaton.accepts(state) ? 'complete' : 'stuck';
  }

  tooFew(maxNewTokens: number): TooFew | undefined {
    return tooFewTokens(this.#masks, maxNewTokens);
  }

  isWhole(history: SamplerHistory): boolean {
    return this.automaton.accepts(this.#reached(history));
  }

  /** The state after what stands behind the prompt. */
  #reached({ tokens, promptLength = tokens.length, owed = 0 }: SamplerHistory): number {
    let state = this.automaton.start;
    for (let at = promptLength; at < tokens.length && state !== DEAD; at++) {
      state = this.#masks.after(state, tokens[at]!, at === promptLength ? owed : 0);
    }
    return state;
  }

  /** The tokens that can follow; the first begins with what the prompt owes, which is no part of the text. */
  #maskAt(state: number, { tokens, promptLength = tokens.length, owed = 0 }: SamplerHistory): Uint8Array {
    if (owed === 0 || tokens.length > promptLength) return this.#masks.of(state);
    return this.#masks.behind(state, owed);
  }
}
