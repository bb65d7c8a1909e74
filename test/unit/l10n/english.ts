/** Words that a French sentence has only where a part of it was left in English. */

const ENGLISH = /\b(?:the|is|are|has|have|must|not|here|this|which|of|and|with|it|its|at)\b/i;

/** The English word in a sentence; quotations and code are left out, because they are nobody's to translate. */
export function leftInEnglish(sentence: string): string | undefined {
  const own = sentence.replace(/«[^»]*»|“[^”]*”|`[^`]*`|"[^"]*"|\S*[_/.]\S*/g, ' ');
  return ENGLISH.exec(own)?.[0];
}
