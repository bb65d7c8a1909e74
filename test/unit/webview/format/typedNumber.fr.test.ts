/** Numbers in fields where VS Code's display language is French. */
import { afterAll, expect, it, vi } from 'vitest';

vi.stubGlobal('document', { documentElement: { dataset: { numbers: 'fr' } } });
const { listText, typedList, typedNumber, typingOf } = await import('../../../../webview/format/typedNumber');
afterAll(() => {
  vi.unstubAllGlobals();
});

it('they are read, and written, as the page’s HTML says', () => {
  expect(typedNumber('1,5')).toBe(1.5);
  expect(typedNumber('1.5')).toBe(1.5);
  expect(typedList('0,5 1,5')).toEqual([0.5, 1.5]);
  expect(typingOf(0.7)).toBe('0,7');
  expect(listText([0.5, 1, 1.5])).toBe('0,5; 1; 1,5');
});
