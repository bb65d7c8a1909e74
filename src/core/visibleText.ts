/**
 * Text of a foreign hand (a model's file, a folder's name, a document, a server) as it can be shown: nothing in it
 * is invisible, and nothing rearranges what stands around it.
 */

const MARKS: Readonly<Record<string, string>> = { ' ': '·', '\n': '⏎', '\t': '⇥', '\r': '␍', '\x7F': '␡' };

/**
 * Invisible in itself or able to rearrange the text around it: controls, formats (bidirectional ones among them),
 * separators, halves of characters, what Unicode lets a font leave out, and the empty Braille pattern.
 */
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]$/u;

/** The mark for a character that would not be seen, an ordinary space among them; null for one that is. */
export function visibleMark(character: string): string | null {
  const known = MARKS[character];
  if (known !== undefined) return known;
  if (!HIDDEN.test(character)) return null;
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** A token or a part of one: every white space and every other character that would not be seen has its mark. */
export function visibleToken(text: string): string {
  return Array.from(text, (character) => visibleMark(character) ?? character).join('');
}

/**
 * The same characters where they do a text's work: joiners within emoji and between letters of scripts that need
 * them, the choice between an emoji and its plain form, the form of a Chinese character (one choice each, so that
 * nothing can be hidden in them), and the letters that make a flag of a region.
 */
const AT_WORK =
  /(?<=\p{Extended_Pictographic}\uFE0F?|\p{Emoji_Modifier})\u200D(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]|(?<=[0-9#*])\uFE0F(?=\u20E3)|(?<=\p{Script=Han})[\u{E0100}-\u{E01EF}]|(?<=\u{1F3F4})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}|(?<=[\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}])[\u200C\u200D](?=[\p{scx=Arab}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}])/u;

/** As `HIDDEN`, but for spaces within a line, which a reader sees. */
const HIDDEN_IN_TEXT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

const IN_TEXT = new RegExp(`(${AT_WORK.source})|${HIDDEN_IN_TEXT.source}`, 'gu');

/** Running text on one line: spaces stay, line breaks and every other character that would not be seen have marks. */
export function visibleText(text: string): string {
  return text.replace(IN_TEXT, (character, atWork?: string) => atWork ?? visibleMark(character) ?? character);
}

/** The same where line breaks and tabs may stay. */
export function visibleLines(text: string): string {
  return text.replace(/[^\n\t]+/g, visibleText);
}

/**
 * Text on one line without any meaning to Markdown or HTML, wherever it stands: no markup, no link (also none that
 * readers make of bare addresses), no picture, no formula, no entity, no list or heading. Nothing in it is hidden.
 * Words and numbers stay readable as they are.
 */
export function markdownText(text: string): string {
  return visibleText(text)
    .replace(/[\\`*_{}[\]<>#|~!&$@]|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^(\s*)(?=[-+=](?!\d))/, '$1\\')
    .replace(/^(\s*\d+)(?=[.)](?:\s|$))/, '$1\\');
}

/** Bytes as people write them, for those that are no whole character: `E2 82`. */
export function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
}
