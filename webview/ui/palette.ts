/** The colours of pictures: the theme's own on screen, fixed ones on white paper. */
import { cssColour, tintScale } from '../format/colour';

export interface Palette {
  readonly text: string;
  /** Axes' labels and other secondary text. */
  readonly quiet: string;
  /** Grid lines, frames, what is removed. */
  readonly line: string;
  readonly page: string;
  /** The result itself, and in comparisons the first of two. */
  readonly first: string;
  /** The second of two: an earlier result. */
  readonly second: string;
  /** Text on what is filled with the first or the second. */
  readonly onFirst: string;
  readonly onSecond: string;
  /** Further series, to be told apart by their labels too. */
  readonly series: readonly string[];
  /** Seven steps from the page's colour to the strongest tint: a sequential scale for probabilities. */
  readonly tints: readonly string[];
  /** Text on any of the tints. */
  readonly onTint: string;
  readonly font: string;
  readonly code: string;
}

/** Follows the theme by itself: the colours are its CSS variables. */
export const SCREEN: Palette = {
  text: 'var(--text)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  page: 'var(--page)',
  first: 'var(--chart-blue)',
  second: 'var(--chart-orange)',
  onFirst: 'var(--on-blue)',
  onSecond: 'var(--on-orange)',
  series: [
    'var(--chart-orange)',
    'var(--chart-green)',
    'var(--chart-purple)',
    'var(--chart-yellow)',
    'var(--chart-red)',
  ],
  tints: Array.from({ length: 7 }, (_, tint) => `var(--tint-${tint})`),
  onTint: 'var(--tint-text)',
  font: 'var(--vscode-font-family, sans-serif)',
  code: 'var(--vscode-editor-font-family, monospace)',
};

const paper = tintScale([255, 255, 255], [0, 94, 162], [31, 31, 31]);

/** For files, which have no theme. */
export const PAPER: Palette = {
  text: '#1f1f1f',
  quiet: '#5c5c5c',
  line: '#c8c8c8',
  page: '#ffffff',
  first: '#005ea2',
  second: '#b45309',
  onFirst: '#ffffff',
  onSecond: '#ffffff',
  series: ['#b45309', '#2e7d32', '#6a3d9a', '#8a6d00', '#c62828'],
  tints: paper.tints.map(cssColour),
  onTint: cssColour(paper.text),
  font: 'system-ui, sans-serif',
  code: 'ui-monospace, monospace',
};
