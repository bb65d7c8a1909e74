import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

/** A value as JSON, as a sentence can say what was found: cut where it is long, `missing` where there is none. */
export function shownJson(value: unknown): string {
  if (value === undefined) return t('missing');
  if (typeof value === 'number') return asGiven(value);
  if (typeof value === 'bigint') return `${value}n`;
  const text =
    typeof value === 'function' || typeof value === 'symbol' ? typeof value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
