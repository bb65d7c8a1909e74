/**
 * The boundary between a prompt and what follows it. A tokenizer such as GPT-2's puts the space before a word into
 * the word's token, and cuts other white space by what comes after it. So a prompt that ends in white space has, by
 * itself, other tokens than it has as a part of any longer text, and few texts that a model has seen go on from those.
 *
 * One rule: white space at the end of a prompt is always kept as text. Where a text is continued (suggestions, At the
 * Cursor), it is tokenized anew together with what follows: the prompt gives up the bytes that belong to the next
 * token, and that token is chosen among those that begin with them. Where the distribution after given tokens is what
 * is asked for (Explore and the other experiments), these are the tokens of the prompt as it stands, with a note.
 */
import type { LanguageModel, NextToken, Vocabulary } from '../../core/languageModel';
import { t } from '../../l10n/language';

/** Said of a prompt whose white space at its end is tokenized as if nothing followed it. */
export const BOUNDARY_NOTE = t(
  'The prompt ends in white space. In ordinary text, a space is part of the token of the word after it, so what comes after this prompt is unusual.',
);

/** Said where the white space is left to the next token. */
export const HEALED_NOTE = t(
  'The text ends in white space, which is part of the next token: only tokens that begin with it are considered.',
);

/** Any word will do: tokenizers cut white space in the same way before all letters. */
const PROBE = 'a';

const END_IN_WHITE_SPACE = /\s$/u;

export interface Boundary {
  /** Tokens of the text that stay the same whatever word follows. */
  readonly ids: readonly number[];
  /** The end of the text, white space, that the token after them begins with; empty where they are the whole text. */
  readonly owed: string;
}

/**
 * The tokens of a text with a word behind it, where it ends in white space and its own tokens are not the first of
 * these; undefined otherwise.
 * @param alone the text's own tokens.
 */
export async function cutOtherwise(
  model: LanguageModel,
  text: string,
  alone: readonly number[],
): Promise<readonly number[] | undefined> {
  if (model.info.kind === 'toy' || !END_IN_WHITE_SPACE.test(text)) return undefined;
  const followed = await model.encode(text + PROBE);
  return alone.every((id, i) => followed[i] === id) ? undefined : followed;
}

/**
 * Where to cut a text so that the next token goes across its end.
 * @param followed as `cutOtherwise` gives it.
 * @returns undefined where that cannot be known, because the tokenizer changes the text's own characters.
 */
export function boundaryOf(
  model: LanguageModel,
  text: string,
  followed: readonly number[],
): Boundary | undefined {
  const { offsets } = model.vocabulary;
  const whole = new TextEncoder().encode(text);
  const ids: number[] = [];
  let length = 0;
  for (const id of followed) {
    const next = length + offsets[id + 1]! - offsets[id]!;
    if (next > whole.length) break;
    ids.push(id);
    length = next;
  }
  const following = followed[ids.length];
  const owed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole.subarray(length));
  const fits =
    following !== undefined &&
    bytesEqual(bytesOf(model.vocabulary, ids), whole.subarray(0, length)) &&
    beginsWith(model.vocabulary, following, whole.subarray(length));
  return fits && owed.trim() === '' && !owed.includes('\uFFFD') ? { ids, owed } : undefined;
}

/**
 * The distribution of the next token given that it begins with some text: other tokens become impossible, and what
 * is left, renormalized, is exactly that conditional distribution.
 *
 * Known as token healing (Lundberg, The Art of Prompt Design: Prompt Boundaries and Token Healing, 2023).
 */
export function beginningWith(next: NextToken, vocabulary: Vocabulary, owed: string): NextToken {
  const bytes = new TextEncoder().encode(owed);
  const keep = <A extends Float32Array | Float64Array>(logits: A): A => {
    const kept = logits.slice() as A;
    for (let id = 0; id < kept.length; id++) if (!beginsWith(vocabulary, id, bytes)) kept[id] = -Infinity;
    return kept;
  };
  return { ...next, logits: keep(next.logits), ...(next.exact && { exact: keep(next.exact) }) };
}

function beginsWith({ bytes, offsets }: Vocabulary, id: number, start: Uint8Array): boolean {
  const from = offsets[id]!;
  return (
    offsets[id + 1]! - from >= start.length && bytesEqual(bytes.subarray(from, from + start.length), start)
  );
}

function bytesOf({ bytes, offsets }: Vocabulary, ids: readonly number[]): Uint8Array {
  return Uint8Array.from(ids.flatMap((id) => [...bytes.subarray(offsets[id], offsets[id + 1])]));
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
