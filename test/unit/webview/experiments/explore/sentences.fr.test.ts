/** What Explore's page says in French where numbers decide. */
import '../../../l10n/inFrench';
import { expect, it } from 'vitest';
import { lastWords } from '../../../../../webview/experiments/explore/lastWords';
import { offWords, points } from '../../../../../webview/experiments/explore/listedView';
import { biasWords } from '../../../../../webview/experiments/explore/tokenActions';

it('differences are in points, with a comma', () => {
  expect(points(0.0123)).toBe('1,2\u00A0pt');
  expect(points(1e-9)).toBe('moins de 0,001 point');
  expect(offWords([{ off: 0.0123 }, {}])).toBe(
    'L’écart de leurs probabilités après les échantillonneurs est d’au plus 1,2\u00A0pt, car le serveur ne liste qu’une partie des jetons le long d’un texte.',
  );
  expect(offWords([{ off: null }])).toBe(
    'L’écart de leurs probabilités après les échantillonneurs n’est pas connu.',
  );
});

it('a bias has its sign and its odds', () => {
  expect(biasWords(-0.5)).toBe('biais −0,5, cote × 0,607');
});

it('the last words stand in French quotation marks', () => {
  expect(lastWords('in the well ', false)).toBe('«\u00A0in the well·\u00A0»');
});
