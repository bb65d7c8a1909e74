import { describe, expect, it } from 'vitest';
import { slideAt, slidesOf } from '../../../../webview/frame/presentation';
import type { Picture } from '../../../../webview/ui/picture';

const picture = (id: string): Picture => ({
  id,
  title: `Title of ${id}`,
  description: `What ${id} shows.`,
  draw: () => ({ options: {} }),
});

describe('slides of a result', () => {
  it('begin with the answer over the first picture, and go on with the others under their titles', () => {
    const [curve, entropy] = [picture('curve'), picture('entropy')];
    expect(slidesOf(['The answer.', 'More.'], [curve, entropy])).toEqual([
      { heading: 'The answer.', caption: 'Title of curve. What curve shows.', picture: curve },
      { heading: 'Title of entropy', caption: 'What entropy shows.', picture: entropy },
    ]);
  });

  it('say all of an answer that has no picture', () => {
    expect(slidesOf(['Continuity holds.', 'All 40 tensors.', 'To the last bit.'], [])).toEqual([
      { heading: 'Continuity holds.', caption: 'All 40 tensors. To the last bit.' },
    ]);
  });
});

it.each([
  ['ArrowRight', 0, 1],
  ['ArrowDown', 1, 2],
  ['PageDown', 3, 3],
  ['ArrowLeft', 0, 0],
  ['ArrowUp', 2, 1],
  ['PageUp', 3, 2],
  ['Home', 3, 0],
  ['End', 0, 3],
  ['Enter', 1, null],
  ['x', 1, null],
] as const)('%s on slide %d of four leads to %s', (key, from, to) => {
  expect(slideAt(key, from, 4)).toBe(to);
});
