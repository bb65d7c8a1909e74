import type { AlignedText } from './alignedText';
import type { Json } from './normalizers';

/** A token that was added to a vocabulary and is looked for in texts before they are cut. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only between characters that are no part of a word. */
  readonly singleWord: boolean;
  /** Takes white space before it, or after it, along. */
  readonly left: boolean;
  readonly right: boolean;
  /** Looked for in the normalized text. */
  readonly normalized: boolean;
}

/**
 * The added tokens of a `tokenizer.json` that texts may contain. Special ones are not among them: what a person
 * writes, pastes or downloads never becomes the end of a text, or the turn of another speaker.
 */
export function readAddedTokens(json: Json): AddedToken[] {
  return ((json['added_tokens'] ?? []) as Json[])
    .filter(({ special, content }) => special !== true && content !== '')
    .map((token) => ({
      id: token['id'] as number,
      content: String(token['content']),
      singleWord: token['single_word'] === true,
      left: token['lstrip'] === true,
      right: token['rstrip'] === true,
      normalized: token['normalized'] === true,
    }));
}

/** A part of a text: an added token, or what is between them. */
export interface Part {
  readonly text: AlignedText;
  readonly id: number | undefined;
}

/** Cuts texts at added tokens, the leftmost first and of those the longest. */
export function addedTokenSplitter(tokens: readonly AddedToken[]): (text: AlignedText) => Part[] {
  if (tokens.length === 0) return (text) => [{ text, id: undefined }];
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const longestFirst = [...byContent.keys()].sort((a, b) => b.length - a.length);
  // Literals alone: an alternation of them cannot be slow.
  const any = new RegExp(
    longestFirst.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'gu',
  );
  return (text) => {
    const parts: Part[] = [];
    let at = 0;
    for (const { 0: content, index } of text.text.matchAll(any)) {
      const token = byContent.get(content)!;
      let from = index;
      let to = index + content.length;
      if (token.singleWord && (isWord(text.text, from - 1) || isWord(text.text, to))) continue;
      while (token.left && from > at && isSpace(text.text, from - 1)) from--;
      while (token.right && to < text.length && isSpace(text.text, to)) to++;
      if (from < at) from = at;
      if (index < at) continue;
      if (from > at) parts.push({ text: text.slice(at, from), id: undefined });
      parts.push({ text: text.slice(from, to), id: token.id });
      at = to;
    }
    if (at < text.length) parts.push({ text: text.slice(at, text.length), id: undefined });
    return parts;
  };
}

const isWord = (text: string, i: number): boolean => /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u.test(text[i] ?? '');
const isSpace = (text: string, i: number): boolean => /\p{White_Space}/u.test(text[i]!);
