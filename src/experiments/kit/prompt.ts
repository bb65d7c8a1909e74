/** From the text a user selected to the ids the model is given, with a sentence for everything that was changed. */
import * as v from 'valibot';
import type { LanguageModel, Vocabulary } from '../../core/languageModel';
import { splitWords } from '../../core/toyModel';
import { counted, t, whole } from '../../l10n/language';
import { listedBy } from './listing';
import { BOUNDARY_NOTE, boundaryOf, cutOtherwise, HEALED_NOTE } from './boundary';

/** The prompt as the model reads it. */
export const promptTokensSchema = v.object({
  /** Ids that the model is given: the end of the prompt, as much as fits. Never empty for GPT-2. */
  ids: v.instance(Int32Array),
  /** True where the text began before `ids` and its start did not fit. */
  truncated: v.boolean(),
  /** Sentences a user should read about the prompt: what was cut or replaced, and why. */
  notes: v.array(v.string()),
  /** White space at the end of the text that is not in `ids`: the next token begins with it. Left out for none. */
  owed: v.optional(v.string()),
});
export type PromptTokens = v.InferOutput<typeof promptTokensSchema>;

/** Halves of a UTF-16 pair that stand alone: with the `u` flag whole pairs are one character and do not match. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Characters kept before the part of a long text that can become tokens of the context, so that the text's
 * pieces (GPT-2 splits it into words, numbers, runs of signs and of white space before it merges bytes) are
 * in step again when that part begins.
 */
const LEAD_IN = 4096;

/**
 * Encodes a text and keeps as much of its end as leaves room for `newTokens` in the model's context.
 *
 * A text far longer than the context is cut before it is encoded, so that a megabyte costs no more than a page.
 * The ids are the last ones of the whole text's encoding all the same, unless a single piece (a word, a number,
 * a run of white space) of more than 4,096 characters lies across that cut: then its own tokens may differ.
 *
 * @param chat puts the text into the model's chat template.
 * @param healing leaves white space at the end of the text to the next token, where the tokenizer would put it; see
 * `boundary.ts`.
 * @throws RangeError when `newTokens` leaves no room for a prompt, or when the prompt is empty and the model
 * needs a token to start from but has none.
 */
export async function takePrompt(
  model: LanguageModel,
  text: string,
  newTokens: number,
  { healing = false, chat = false }: { readonly healing?: boolean; readonly chat?: boolean } = {},
): Promise<PromptTokens> {
  const { contextLength, kind, startOfText, endOfText, remarks = [] } = model.info;
  const room = contextLength - newTokens;
  if (room < 1) {
    throw new RangeError(
      t(
        'Max new tokens is {0}; with this model it must be between 1 and {1}, because its context of {2} tokens also holds the prompt.',
        whole(newTokens),
        whole(contextLength - 1),
        whole(contextLength),
      ),
    );
  }
  if (chat) return takeChat(model, text, room);
  const toy = kind === 'toy';
  const tail = toy ? text : endOf(text, room * longestToken(model.vocabulary) + LEAD_IN);
  const cut = tail.length < text.length;
  const notes: string[] = [...remarks];

  let surrogates = 0;
  const wellFormed = tail.replace(LONE_SURROGATE, () => {
    surrogates += 1;
    return '\uFFFD';
  });
  if (surrogates > 0) {
    notes.push(
      counted(
        surrogates,
        'The text holds half a character (a lone UTF-16 surrogate); it is read as the replacement character U+FFFD.',
        'The text holds {0} halves of characters (lone UTF-16 surrogates); each is read as the replacement character U+FFFD.',
      ),
    );
  }

  const alone = await model.encode(wellFormed);
  const followed = await cutOtherwise(model, wellFormed, alone);
  const healed = healing && followed ? boundaryOf(model, wellFormed, followed) : undefined;
  // How probable the tokens are that begin with the white space is not known where they are not listed.
  const boundary = healed && healed.owed !== '' && listedBy(model.info) !== null ? undefined : healed;
  if (followed) notes.push(boundary ? HEALED_NOTE : BOUNDARY_NOTE);
  const encoded = boundary?.ids ?? alone;
  const owed = boundary && boundary.owed !== '' ? { owed: boundary.owed } : {};
  if (toy) {
    const unknown = splitWords(wellFormed).length - encoded.length;
    if (unknown > 0) {
      notes.push(
        counted(
          unknown,
          'The toy vocabulary does not know {0} word of the text; its logits do not depend on the prompt anyway.',
          'The toy vocabulary does not know {0} words of the text; its logits do not depend on the prompt anyway.',
        ),
      );
    }
  }

  const truncated = cut || encoded.length > room;
  if (truncated) {
    notes.unshift(truncationNote({ text, cut, tokens: encoded.length, room, newTokens, contextLength }));
  }
  if (encoded.length === 0 && !toy) {
    if (startOfText === null) {
      throw new RangeError(
        t(
          'The prompt is empty, and this model has no token that stands before a text. Type or select at least one character.',
        ),
      );
    }
    if (!boundary) {
      notes.push(
        endOfText.includes(startOfText)
          ? t(
              'The prompt is empty; the model starts from its end-of-text token, as at the start of a document.',
            )
          : t(
              'The prompt is empty; the model starts from its token before a text, as at the start of a document.',
            ),
      );
    }
    return { ids: Int32Array.of(startOfText), truncated: false, notes, ...owed };
  }
  return { ids: Int32Array.from(encoded.slice(-room)), truncated, notes, ...owed };
}

interface Truncation {
  readonly text: string;
  /** Whether the text was cut before it was encoded: then nobody knows how many tokens it has. */
  readonly cut: boolean;
  readonly tokens: number;
  readonly room: number;
  readonly newTokens: number;
  readonly contextLength: number;
}

function truncationNote({ text, cut, tokens, room, newTokens, contextLength }: Truncation): string {
  const fit = counted(newTokens, '{0} new one fits', '{0} new ones fit');
  return cut
    ? counted(
        room,
        'The text of {1} characters is far longer than the context; of its tokens the last one is used so that {2} in the context of {3}.',
        'The text of {1} characters is far longer than the context; of its tokens the last {0} are used so that {2} in the context of {3}.',
        whole(text.length),
        fit,
        whole(contextLength),
      )
    : counted(
        room,
        'The prompt has {1} tokens; the last one is used so that {2} in the context of {3}.',
        'The prompt has {1} tokens; the last {0} are used so that {2} in the context of {3}.',
        whole(tokens),
        fit,
        whole(contextLength),
      );
}

/** @throws RangeError where the model has no chat template, or the whole conversation does not fit. */
async function takeChat(model: LanguageModel, text: string, room: number): Promise<PromptTokens> {
  const { name, contextLength, remarks = [] } = model.info;
  if (!model.chat) {
    throw new RangeError(
      t('{0} has no chat template; switch the chat message off, or choose a chat model.', name),
    );
  }
  const ids = Int32Array.from(await model.chat(text.replace(LONE_SURROGATE, '\uFFFD')));
  if (ids.length > room) {
    throw new RangeError(
      t(
        'As a chat message the prompt has {0} tokens, but the context of {1} leaves room for {2}. Use a shorter text, or fewer new tokens.',
        whole(ids.length),
        whole(contextLength),
        whole(room),
      ),
    );
  }
  const note = counted(
    ids.length,
    'The prompt is a chat message: with the model’s template around it, it is {0} token.',
    'The prompt is a chat message: with the model’s template around it, it is {0} tokens.',
  );
  return { ids, truncated: false, notes: [...remarks, note] };
}

/** The last `length` UTF-16 units of a text, or one fewer where the cut would split a pair. */
function endOf(text: string, length: number): string {
  const start = Math.max(0, text.length - length);
  return /^[\uDC00-\uDFFF]/.test(text.slice(start, start + 1)) && isHigh(text, start - 1)
    ? text.slice(start + 1)
    : text.slice(start);
}

function isHigh(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Bytes of the longest token, at least 1. A UTF-16 unit is at least one byte of UTF-8, so n tokens never span more than n times as many units. */
function longestToken({ offsets }: Vocabulary): number {
  let longest = 1;
  for (let id = 0; id + 1 < offsets.length; id++) {
    longest = Math.max(longest, offsets[id + 1]! - offsets[id]!);
  }
  return longest;
}
