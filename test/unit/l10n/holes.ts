/** What a sentence that was put together must not show. */
import { spacing } from './typography';

const HOLES = [
  [/\{\d+\}/, 'a place that was not filled in'],
  [/\b(?:undefined|NaN|null|Infinity)\b|\[object /, 'a value that is none'],
  [/(?:^|[^\n]) {2,}\S|\s$|^\s/, 'a space too many'],
  [/\(\s*\)|“\s*”|«\s*»/, 'something empty'],
  [/[,;:] ?[.,;:]|(?<!\.)\.\.(?!\.)|\s\.(?!\d)/, 'punctuation without words'],
] as const;

/** What is wrong with a sentence, in words; nothing where it is whole. */
export function holes(sentence: string): string[] {
  return HOLES.flatMap(([pattern, what]) => {
    const found = pattern.exec(sentence);
    return found ? [`${what}: ${JSON.stringify(sentence)}`] : [];
  });
}

/** The same for a French sentence, with what French typography asks for. Quoted tokens are left out. */
export function frenchHoles(sentence: string): string[] {
  const own = sentence.replace(/«[\s\u00A0\u202F][^»]*»|“[^”]*”|`[^`]*`/g, '`x`');
  return [...holes(sentence), ...spacing(own).map((where) => `spacing at “${where}”: ${sentence}`)];
}
