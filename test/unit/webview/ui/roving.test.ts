import { expect, it } from 'vitest';
import { roveTo } from '../../../../webview/ui/roving';

it.each([
  ['ArrowRight', 'horizontal', 0, 1],
  ['ArrowRight', 'horizontal', 4, 4],
  ['ArrowLeft', 'horizontal', 0, 0],
  ['ArrowDown', 'horizontal', 1, null],
  ['ArrowDown', 'vertical', 1, 2],
  ['ArrowRight', 'vertical', 1, null],
  ['ArrowUp', 'both', 3, 2],
  ['Home', 'vertical', 3, 0],
  ['End', 'horizontal', 0, 4],
  ['Tab', 'both', 0, null],
] as const)('%s in a %s group of five leads from %d to %s', (key, axis, from, to) => {
  expect(roveTo(key, from, 5, axis)).toBe(to);
});
