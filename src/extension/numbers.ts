/** Numbers and times as the language that is spoken writes them. */
import { languageTag } from '../l10n/language';

/** A whole number, its digits in groups. */
export const count = (value: number): string => value.toLocaleString(languageTag);

/** A number with so many digits behind the point. */
export const decimals = (value: number, digits: number): string =>
  value.toLocaleString(languageTag, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A number with three significant digits; in powers of ten where it is very small. */
export const significant = (value: number): string =>
  value.toLocaleString(languageTag, {
    minimumSignificantDigits: 3,
    maximumSignificantDigits: 3,
    notation: Math.abs(value) < 1e-6 && value !== 0 ? 'scientific' : 'standard',
  });

/** A date with its time, from milliseconds since 1970. */
export const moment = (at: number): string => new Date(at).toLocaleString(languageTag);
