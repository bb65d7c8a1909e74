/** The toy vocabulary while it is edited: rows of text that may or may not be a model yet. */
import { ToyModel, type ToyDefinition } from '../../src/core/toyModel';
import { typedNumber, typingHint, typingOf } from '../format/typedNumber';
import type { Toy } from '../../src/protocol/messages';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';

export interface ToyRow {
  readonly word: string;
  readonly logit: string;
}

export type ToyDraft = readonly ToyRow[];

/** Most words that the protocol carries. */
export const MOST_WORDS = 1000;

export interface ToyProblem {
  readonly row: number;
  readonly field: 'word' | 'logit';
  readonly sentence: string;
}

export function draftOf({ words, logits }: ToyDefinition): ToyDraft {
  return words.map((word, i) => ({ word, logit: typingOf(logits[i] ?? 0) }));
}

/** The model that a draft describes, or the first thing that is wrong with it. */
export function readDraft(draft: ToyDraft): { readonly toy: Toy; readonly model: ToyModel } | ToyProblem {
  const words = draft.map(({ word }) => word.trim());
  const logits = draft.map(({ logit }) => {
    const typed = typedNumber(logit);
    return typeof typed === 'number' ? typed : Number.NaN;
  });
  const row = logits.findIndex((logit) => Number.isNaN(logit));
  if (row >= 0) {
    const typed = draft[row]!.logit.trim();
    const hint = typingHint(typed) ?? t('It must be a number, for example {0}.', written(1.5));
    const what =
      typed === ''
        ? t('The logit of "{0}" is empty.', words[row]!)
        : t('The logit of "{0}" is "{1}".', words[row]!, typed);
    const sentence = `${what} ${hint}`;
    return { row, field: 'logit', sentence };
  }
  const whole = build(words, logits);
  if (typeof whole !== 'string') return { toy: { words, logits }, model: whole };
  // The shortest beginning that is refused ends with the row at fault.
  for (let length = 1; length <= words.length; length++) {
    const beginning = words.slice(0, length);
    const refusal = build(beginning, logits.slice(0, length));
    if (typeof refusal !== 'string') continue;
    const wordAtFault = typeof build(beginning, Array<number>(length).fill(0)) === 'string';
    return { row: length - 1, field: wordAtFault ? 'word' : 'logit', sentence: refusal };
  }
  return { row: 0, field: 'word', sentence: whole };
}

/** The toy model, or the sentence with which it refuses the definition. */
function build(words: readonly string[], logits: readonly number[]): ToyModel | string {
  try {
    return new ToyModel({ words, logits });
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
