/** Sizes of files and of memory, as the language writes them. */
import prettyBytes from 'pretty-bytes';
import { t } from './language';
import { written } from './numbers';

/** A number of bytes with three significant digits and the unit that suits it: `1.23 MB`. */
export function inBytes(bytes: number): string {
  const [digits = '', unit = ''] = prettyBytes(bytes).split(' ');
  const number = written(digits);
  switch (unit) {
    case 'kB':
      return t('{0} kB', number);
    case 'MB':
      return t('{0} MB', number);
    case 'GB':
      return t('{0} GB', number);
    case 'TB':
      return t('{0} TB', number);
    case 'PB':
      return t('{0} PB', number);
    case 'B':
      return t('{0} B', number);
    default:
      return `${number} ${unit}`;
  }
}
