import { expect, it } from 'vitest';
import { filled } from '../../../../webview/ui/filled';

it('a sentence has its parts in the order of its language, whatever they contain', () => {
  expect(filled('{1} of {0}', '{1}', 7)).toEqual(['', 7, ' of ', '{1}', '']);
  expect(filled('Nothing.')).toEqual(['Nothing.']);
  expect(filled('{0} and {3}', 'a')).toEqual(['', 'a', ' and ', '{3}', '']);
});
