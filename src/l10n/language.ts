/**
 * The sentences of the product in the language of VS Code. English stands in the code and is the key; the other
 * languages' bundles are in `l10n`.
 */
import { config, t as translated } from '@vscode/l10n';
import { spoken } from './place';

const language = spoken();
if (language) config({ contents: { ...language.bundle } });

/** The language that is spoken, as `Intl` takes it. English where VS Code's language has no bundle. */
export const languageTag = language?.tag ?? 'en-US';

/** A sentence that is the same as another one in English but not elsewhere: the comment tells them apart. */
export interface Told {
  readonly message: string;
  readonly comment: string;
}

/**
 * A sentence in the language of VS Code.
 * @param sentence English and whole, with `{0}`, `{1}` ... for the values: the key to its translation, hence written
 * out where it is used and never computed
 * @param values as text: `numbers` writes numbers as the language does
 */
export function t(sentence: string | Told, ...values: readonly string[]): string {
  return typeof sentence === 'string'
    ? translated(sentence, ...values)
    : translated({ ...sentence, args: [...values] });
}

const plurals = new Intl.PluralRules(languageTag);

/**
 * A sentence with a whole number on which its form depends: `counted(n, '{0} token', '{0} tokens')`.
 * @param one for what the language calls one: 1, and in French 0 as well
 * @param values for `{1}`, `{2}` ...; the number itself is `{0}`
 */
export function counted(value: number, one: string, other: string, ...values: readonly string[]): string {
  return t(plurals.select(value) === 'one' ? one : other, whole(value), ...values);
}

const grouped = new Intl.NumberFormat(languageTag);

/** A whole number with its thousands separated. */
export function whole(value: number): string {
  return grouped.format(value);
}
