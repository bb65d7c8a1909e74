/** Parts of a text, and how they move when it is edited. Offsets are UTF-16 units into the text with LF. */

/** A part of a text, `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An edit: `length` units at `offset` became `inserted` units. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly inserted: number;
}

/** Whether an edit changes something within a span, and not only what stands before or behind it. */
export function isEdited({ start, end }: Span, { offset, length }: Edit): boolean {
  return offset < end && offset + length > start;
}

/** Where a span is after an edit: an edit within it widens or narrows it, one at its ends does not. */
export function followEdit(span: Span, edit: Edit): Span {
  const { offset, length, inserted } = edit;
  const shift = inserted - length;
  if (offset >= span.end) return span;
  if (!isEdited(span, edit)) return { start: span.start + shift, end: span.end + shift };
  return {
    start: Math.min(span.start, offset),
    end: Math.max(span.end + shift, offset + inserted),
  };
}
