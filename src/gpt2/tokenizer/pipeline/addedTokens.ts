import type { AlignedText } from './alignedText';
import type { Json } from './step';

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
 * The added tokens of a `tokenizer.json` that texts may contain. Special ones are not among them: what a user
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

/** What the special ones are written as. */
export function specialTexts(json: Json): ReadonlySet<string> {
  const added = (json['added_tokens'] ?? []) as Json[];
  return new Set(added.filter(({ special }) => special === true).map(({ content }) => String(content)));
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
      if (token.singleWord && (isWordBefore(text.text, from) || isWordAt(text.text, to))) continue;
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

const WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const isWordAt = (text: string, i: number): boolean =>
  i < text.length && WORD.test(String.fromCodePoint(text.codePointAt(i)!));
/** Whether the character that ends at a unit, of which it may have two, is part of a word. */
const isWordBefore = (text: string, i: number): boolean =>
  i > 0 && WORD.test(Array.from(text.slice(Math.max(0, i - 2), i)).at(-1)!);
const isSpace = (text: string, i: number): boolean => /\p{White_Space}/u.test(text[i]!);
