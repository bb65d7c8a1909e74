/** What Grid is asked. */
import { chat, drawnBy, maxNewTokens, prompt, samples, seed, stop } from '../kit/commonParameters';
import { declare, type Parameter, type ParametersOf } from '../kit/declaration';
import { custom } from '../kit/parameters';
import { counted, t, whole } from '../../l10n/language';
import { cellChain, MOST_CELLS, parseAxis, sideName, type Side } from './axes';
import type { GridAxis } from './result';

/** Tokens of all texts together: a result of so many is some 40 MB of JSON, which the history still takes. */
const MOST_TOKENS = 1_000_000;

function axis(side: Side, standard: GridAxis): Parameter<GridAxis> {
  return custom({ name: sideName(side), default: standard, read: (value) => parseAxis(side, value) });
}

export const gridParameters = declare(
  t('Grid'),
  {
    prompt,
    rows: axis('rows', {
      sampler: 'temperature',
      parameter: 'temperature',
      values: [0.1, 0.7, 1, 1.5, 2],
    }),
    columns: axis('columns', { sampler: 'top-k', parameter: 'k', values: [1, 5, 20, 50, 200] }),
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
          t(
            'Rows and columns both vary {0} {1}; choose another parameter for one of them.',
            rows.sampler,
            rows.parameter,
          ),
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
      t(
        'The grid has {0} x {1} = {2} cells; the limit is {3}. Use fewer values.',
        String(height),
        String(width),
        whole(cells),
        whole(MOST_CELLS),
      ),
    );
  }
  const tokens = cells * samples * maxNewTokens;
  if (tokens > MOST_TOKENS) {
    throw new RangeError(
      t(
        '{0} with {1} of {2} are {3} tokens; the limit for a result is {4}. Use fewer cells, samples or tokens.',
        counted(cells, '{0} cell', '{0} cells'),
        counted(samples, '{0} sample', '{0} samples'),
        counted(maxNewTokens, '{0} token', '{0} tokens'),
        whole(tokens),
        whole(MOST_TOKENS),
      ),
    );
  }
}
