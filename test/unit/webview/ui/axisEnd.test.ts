import { describe, expect, it } from 'vitest';
import { axisEnd } from '../../../../webview/ui/axisEnd';

describe('the axis', () => {
  it.each([
    [0.449, 0.5],
    [0.5, 0.5],
    [0.51, 1],
    [0.2, 0.2],
    [0.17, 0.2],
    [0.0099, 0.01],
    [1, 1],
  ])('of bars up to %d ends at %d', (raw, end) => {
    expect(axisEnd([{ raw, processed: 0 }])).toBeCloseTo(end, 12);
  });
});
