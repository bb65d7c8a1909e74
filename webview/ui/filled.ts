/** Sentences with elements in them. */

/**
 * What a sentence says, with elements in its places: `filled(t('Use {0} instead.'), html`<code>top-k</code>`)`.
 * @param sentence translated but not filled in: what is filled in is never read as a place
 * @returns texts and parts in the order of the language, for a template
 */
export function filled(sentence: string, ...parts: readonly unknown[]): unknown[] {
  return sentence
    .split(/\{(\d+)\}/)
    .map((piece, i) => (i % 2 === 0 ? piece : (parts[Number(piece)] ?? `{${piece}}`)));
}
