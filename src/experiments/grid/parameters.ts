/** What Grid is asked. */
import { chat, drawnBy, maxNewTokens, prompt, samples, seed, stop } from '../kit/commonParameters';
import { custom, declare, type Parameter, type ParametersOf } from '../kit/parameters';
import { cellChain, MOST_CELLS, parseAxis } from './axes';
import type { GridAxis } from './result';

/** Tokens of all texts together: a result of so many is some 40 MB of JSON, which the history still takes. */
const MOST_TOKENS = 1_000_000;

function side(name: string, standard: GridAxis): Parameter<GridAxis> {
  return custom({ name, default: standard, read: (value) => parseAxis(name, value) });
}

export const gridParameters = declare(
  'Grid',
  {
    prompt,
    rows: side('The rows', {
      sampler: 'temperature',
      parameter: 'temperature',
      values: [0.1, 0.7, 1, 1.5, 2],
    }),
    columns: side('The columns', { sampler: 'top-k', parameter: 'k', values: [1, 5, 20, 50, 200] }),
    /** Texts per cell; 0 shows what is exact and draws nothing. */
    samples: samples({ least: 0, most: 64, default: 4 }),
    /** New tokens per text. */
    maxNewTokens: maxNewTokens({ default: 24 }),
    /** Texts that end a text as soon as it holds one; it is cut before that. */
    stop,
    seed,
    chat,
    drawnBy,
  },
  {
    check: ({ rows, columns, samples, maxNewTokens }) => {
      checkSize(rows.values.length, columns.values.length, samples, maxNewTokens);
      if (rows.sampler === columns.sampler && rows.parameter === columns.parameter) {
        throw new RangeError(
          `Rows and columns both vary ${rows.sampler} ${rows.parameter}; choose another parameter for one of them.`,
        );
      }
      // Two numbers of one sampler may each be allowed and yet not go together.
      rows.values.forEach((_, row) => {
        columns.values.forEach((__, column) => cellChain(rows, row, columns, column));
      });
    },
  },
);
export type GridParameters = ParametersOf<typeof gridParameters>;

function checkSize(height: number, width: number, samples: number, maxNewTokens: number): void {
  const cells = height * width;
  if (cells > MOST_CELLS) {
    throw new RangeError(
      `The grid has ${height} x ${width} = ${cells.toLocaleString('en-US')} cells; the limit is ${MOST_CELLS.toLocaleString('en-US')}. Use fewer values.`,
    );
  }
  const tokens = cells * samples * maxNewTokens;
  if (tokens > MOST_TOKENS) {
    throw new RangeError(
      `${cells.toLocaleString('en-US')} cells with ${samples} samples of ${maxNewTokens.toLocaleString('en-US')} tokens are ${tokens.toLocaleString('en-US')} tokens; the limit for a result is ${MOST_TOKENS.toLocaleString('en-US')}. Use fewer cells, samples or tokens.`,
    );
  }
}
