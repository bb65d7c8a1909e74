import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contrast,
  inkOn,
  luminance,
  parseColour,
  TINT_LIMITS,
  tintOf,
  tintScale,
  type Rgb,
} from '../../../../webview/format/colour';
import { PAPER } from '../../../../webview/ui/palette';

const hex = (text: string): Rgb => {
  const channel = (at: number): number => parseInt(text.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
};

describe('contrast', () => {
  // Values of WCAG's own examples: black on white is 21, #777777 on white just fails 4.5, #767676 just passes.
  it.each([
    ['#000000', '#ffffff', 21],
    ['#777777', '#ffffff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#ffffff', '#ffffff', 1],
  ])('of %s on %s is %d', (a, b, ratio) => {
    expect(contrast(hex(a), hex(b))).toBeCloseTo(ratio, 2);
    expect(contrast(hex(b), hex(a))).toBeCloseTo(ratio, 2);
  });
});

describe('what is written on a colour', () => {
  it('can be read on every colour', () => {
    const channel = fc.double({ min: 0, max: 255, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(channel, channel, channel), (colour) => {
        // The worst colour, of luminance 0.179, has √21 = 4.58 with both.
        expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.58);
      }),
    );
  });

  it('can be read on the paper of exported pictures', () => {
    expect(contrast(hex(PAPER.onFirst), hex(PAPER.first))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(hex(PAPER.onSecond), hex(PAPER.second))).toBeGreaterThanOrEqual(4.5);
  });

  // Orange of the charts in the high contrast themes: white would have 2.9 on it.
  it.each([
    ['#d18616', '#000000'],
    ['#0063d3', '#ffffff'],
    ['#59a4f9', '#000000'],
  ])('is on %s %s', (colour, ink) => {
    expect(inkOn(hex(colour))).toEqual(hex(ink));
  });
});

describe('parseColour', () => {
  it.each([
    ['rgb(31, 31, 31)', [31, 31, 31]],
    ['rgb(31 31 31)', [31, 31, 31]],
    ['rgba(0, 0, 0, 0.5)', [127.5, 127.5, 127.5]],
    ['color(srgb 1 0 0.2)', [255, 0, 51]],
    ['color(srgb 0 0 0 / 0.5)', [127.5, 127.5, 127.5]],
  ])('reads %s', (text, colour) => {
    parseColour(text)!.forEach((value, i) => {
      expect(value).toBeCloseTo(colour[i]!, 6);
    });
  });

  it.each(['', 'red', 'oklch(1 0 0)', 'rgb(a, b, c)'])('refuses %j', (text) => {
    expect(parseColour(text)).toBeNull();
  });
});

describe('tints', () => {
  interface Theme {
    readonly variables: Readonly<Record<string, string>>;
  }
  const path = join(import.meta.dirname, '../../../../webview/dev/themes.json');
  const themes = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Theme>;

  const scaleOf = (background: string, hue: string, text: string): ReturnType<typeof tintScale> =>
    tintScale(hex(background), hex(hue), hex(text));

  const check = ({ tints, text }: ReturnType<typeof tintScale>): void => {
    for (const tint of tints) expect(contrast(text, tint)).toBeGreaterThanOrEqual(4.5);
    const light = tints.map(luminance);
    const rises = light.every((value, i) => i === 0 || value > light[i - 1]!);
    const falls = light.every((value, i) => i === 0 || value < light[i - 1]!);
    expect(rises || falls).toBe(true);
  };

  it.each(Object.entries(themes))(
    'of VS Code’s %s theme can be read and differ in lightness',
    (_, { variables }) => {
      check(
        scaleOf(
          variables['--vscode-editor-background']!,
          variables['--vscode-charts-blue']!,
          variables['--vscode-foreground']!,
        ),
      );
    },
  );

  it('take black or white where a theme’s own text is too weak', () => {
    const scale = scaleOf('#1e1e1e', '#3794ff', '#6a6a6a');
    expect(scale.text).toEqual([255, 255, 255]);
    check(scale);
  });

  it('rise with the probability, by half decades', () => {
    expect([0, 0.0005, 0.001, 0.05, 0.299, 0.3, 1].map(tintOf)).toEqual([0, 0, 1, 4, 5, 6, 6]);
    expect(TINT_LIMITS.map(tintOf)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
