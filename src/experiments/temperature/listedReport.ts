/** What a result says where the model's server lists only some tokens. */
import { DRAWN_COLUMNS, DRAWN_FORMATS } from './drawnColumns';
import { visibleToken } from '../../core/visibleText';
import type { Cell, ReportTable } from '../report/types';
import { counted, t, whole } from '../../l10n/language';
import { listed as inWords, rounded } from '../../l10n/numbers';
import type { ListedRow, ListedTemperature, TemperatureResult } from './result';
import { countWords, isInside, limitWords, nearestToOne, quoted } from './words';

export function listedSummary(result: TemperatureResult, listed: ListedTemperature): string[] {
  const { server } = result.provenance;
  return [
    answer(result, listed.rows),
    t(
      '{0} lists only {1} of {2} tokens: at T = 1 the probability is exact, at other temperatures it depends on tokens that are not listed.',
      server?.name ?? t('The server'),
      whole(server?.listed ?? 0),
      whole(result.vocabularySize),
    ),
    way(result, listed),
    ...draws(result, listed),
  ];
}

/** The temperature nearest to 1, and beside it the coldest and the hottest. */
function answer(result: TemperatureResult, rows: readonly ListedRow[]): string {
  const base = nearestToOne(rows);
  const others = [...new Set([rows[0]!, rows.at(-1)!])].filter((row) => row !== base);
  const [opening, ...more] = [base, ...others].map(({ least, most, temperature }, i) => {
    const values = [limitWords(least, most), rounded(temperature)];
    return i === 0
      ? t('{0} at temperature {1}', ...values)
      : t({ message: '{0} at {1}', comment: 'a probability at a temperature' }, ...values);
  });
  const values = [quoted(result), inWords([opening!, ...more])];
  return result.mostProbable
    ? t('The most probable token, {0}, has probability {1}.', ...values)
    : t('{0} has probability {1}.', ...values);
}

/** In which tokens it is counted, and how those are known that are not listed. */
function way(result: TemperatureResult, { scored }: ListedTemperature): string {
  const tokens = result.ways[0]?.tokens ?? [];
  const names = tokens.map(({ text }) => visibleToken(text)).join(' + ');
  const counting =
    tokens.length === 1
      ? t('It is counted as a single token; other ways to write it in tokens are not counted.')
      : t(
          'It is counted as {0} tokens, {1}; other ways to write it in tokens are not counted.',
          whole(tokens.length),
          names,
        );
  return scored === 0 ? counting : `${counting} ${scoredWords(scored, tokens.length)}`;
}

function scoredWords(scored: number, tokens: number): string {
  if (tokens === 1) return t('It is not listed, so the server scored the text.');
  return scored === tokens
    ? t('None of them is listed, so the server scored the text.')
    : counted(
        scored,
        '{0} of them is not listed, so the server scored the text.',
        '{0} of them are not listed, so the server scored the text.',
      );
}

function draws({ provenance }: TemperatureResult, { rows, refused }: ListedTemperature): string[] {
  const drawn = rows.filter((row) => row.draws > 0);
  const sentences: string[] = [];
  const [first] = drawn;
  if (first) {
    const outside = drawn.filter((row) => !isInside(row));
    const inDraws =
      provenance.drawnBy === 'server'
        ? counted(first.draws, '{0} draw of the server', '{0} draws of the server')
        : counted(first.draws, '{0} draw', '{0} draws');
    if (outside.length > 0) {
      const where = inWords(outside.map(countWords));
      sentences.push(
        `${t('The count in {0} lies outside what these probabilities give in 95 of 100 runs at {1}.', inDraws, where)} ${t('About 1 in 20 does so by chance.')}`,
      );
    } else {
      sentences.push(
        drawn.length === 1
          ? t(
              'At T = {0} the count in {1} is one that these probabilities give in 95 of 100 runs.',
              rounded(first.temperature),
              inDraws,
            )
          : t(
              'At all {0} temperatures that were drawn the count in {1} is one that these probabilities give in 95 of 100 runs.',
              whole(drawn.length),
              inDraws,
            ),
      );
    }
  }
  if (refused) {
    const where = inWords(refused.temperatures.map((temperature) => `T = ${rounded(temperature)}`));
    sentences.push(t('Not drawn at {0}: {1}', where, refused.reason));
  } else if (drawn.length < rows.length && provenance.drawnBy === 'here') {
    sentences.push(
      first
        ? t('Other temperatures are not drawn here: that needs the probability of every token.')
        : t('Temperatures other than 1 are not drawn here: that needs the probability of every token.'),
    );
  }
  return sentences;
}

export function listedTables(result: TemperatureResult, { rows, curve }: ListedTemperature): ReportTable[] {
  return [
    {
      id: 'target',
      title: t('{0} at each temperature', quoted(result)),
      note: t(
        'The probability lies between the least and the most; both are the same where it is exact. The frequency in the draws with its Wilson 95 % interval, and the counts expected in 95 of 100 runs.',
      ),
      columns: ['T', t('least'), t('most'), ...DRAWN_COLUMNS],
      formats: ['number', 'percent', 'percent', ...DRAWN_FORMATS],
      keys: 1,
      rows: rows.map((row): Cell[] => [
        row.temperature,
        row.least,
        row.most,
        ...(row.draws === 0
          ? [null, 0, null, null, null, null, null, null]
          : [
              row.count,
              row.draws,
              row.count / row.draws,
              row.low,
              row.high,
              row.expectedLow,
              row.expectedHigh,
              isInside(row) ? t('yes') : t('no'),
            ]),
      ]),
    },
    {
      id: 'tokens',
      title: t('Next tokens drawn (the book’s print_sampled_tokens)'),
      columns: [
        'T',
        t('token'),
        t({ message: 'drawn', comment: 'how often' }),
        t('frequency'),
        t('least'),
        t('most'),
        t({ message: 'from', comment: 'of an interval' }),
        t({ message: 'to', comment: 'of an interval' }),
      ],
      formats: ['number', 'token', 'whole', 'percent', 'percent', 'percent', 'percent', 'percent'],
      keys: 2,
      rows: rows.flatMap((row) =>
        row.tokens.map(({ token, count, least, most, low, high }): Cell[] => [
          row.temperature,
          token ? token.text : t('all others'),
          ...(row.draws === 0
            ? [null, null, least, most, null, null]
            : [count, count / row.draws, least, most, low, high]),
        ]),
      ),
    },
    {
      id: 'curve',
      title: t('The curve'),
      note: t('Between which limits the probability lies at the temperatures of the picture.'),
      columns: ['T', t('least'), t('most')],
      formats: ['number', 'percent', 'percent'],
      keys: 1,
      rows: curve.temperatures.map((temperature, i) => [temperature, curve.least[i]!, curve.most[i]!]),
    },
  ];
}
