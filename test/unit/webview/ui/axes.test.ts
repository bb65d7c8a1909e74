import { describe, expect, it } from 'vitest';
import { axisPercent } from '../../../../webview/ui/axes';

describe('axisPercent', () => {
  it.each([
    [0, '0 %'],
    [0.4, '40 %'],
    [0.005, '0.5 %'],
    [1e-5, '0.001 %'],
    [1e-6, '10⁻⁴ %'],
    [1e-12, '10⁻¹⁰ %'],
    [2e-7, '2·10⁻⁵ %'],
  ])('%d is %s', (probability, text) => {
    expect(axisPercent(probability)).toBe(text);
  });
});
