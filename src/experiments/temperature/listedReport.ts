/** What a result says where the model's server lists only some tokens. */
import { DRAWN_COLUMNS, DRAWN_FORMATS } from './drawnColumns';
import { visibleToken } from '../../core/visibleText';
import type { Cell, ReportTable } from '../report/types';
import { counted, whole } from '../../l10n/language';
import { listed as inWords, rounded } from '../../l10n/numbers';
import type { ListedRow, ListedTemperature, TemperatureResult } from './result';
import { isInside, limitWords, nearestToOne, quoted } from './words';

export function listedSummary(result: TemperatureResult, listed: ListedTemperature): string[] {
  const name = result.mostProbable ? `The most probable token, ${quoted(result)},` : quoted(result);
  const { server } = result.provenance;
  return [
    answer(name, listed.rows),
    `${server?.name ?? 'The server'} lists only ${whole(server?.listed ?? 0)} of ${counted(result.vocabularySize, '{0} token', '{0} tokens')}: at T = 1 the probability is exact, at other temperatures it depends on tokens that are not listed.`,
    way(result, listed),
    ...draws(result, listed),
  ];
}

/** The temperature nearest to 1, and beside it the coldest and the hottest. */
function answer(name: string, rows: readonly ListedRow[]): string {
  const base = nearestToOne(rows);
  const others = [...new Set([rows[0]!, rows.at(-1)!])].filter((row) => row !== base);
  const [opening, ...more] = [base, ...others].map(({ least, most, temperature }, i) => {
    const at = i === 0 ? `temperature ${rounded(temperature)}` : rounded(temperature);
    return `${limitWords(least, most)} at ${at}`;
  });
  return `${name} has probability ${inWords([opening!, ...more])}.`;
}

/** In which tokens it is counted, and how those are known that are not listed. */
function way(result: TemperatureResult, { scored }: ListedTemperature): string {
  const tokens = result.ways[0]?.tokens ?? [];
  const names = tokens.map(({ text }) => visibleToken(text)).join(' + ');
  const written =
    tokens.length === 1
      ? 'It is counted as a single token'
      : `It is counted as ${counted(tokens.length, '{0} token', '{0} tokens')}, ${names}`;
  return `${written}; other ways to write it in tokens are not counted.${scoredWords(scored, tokens.length)}`;
}

function scoredWords(scored: number, tokens: number): string {
  if (scored === 0) return '';
  const which =
    tokens === 1
      ? 'It is not'
      : scored === tokens
        ? 'None of them is'
        : `${whole(scored)} of them ${scored === 1 ? 'is' : 'are'} not`;
  return ` ${which} listed, so the server scored the text.`;
}

function draws({ provenance }: TemperatureResult, { rows, refused }: ListedTemperature): string[] {
  const drawn = rows.filter((row) => row.draws > 0);
  const sentences: string[] = [];
  const [first] = drawn;
  if (first) {
    const outside = drawn.filter((row) => !isInside(row));
    const by = provenance.drawnBy === 'server' ? ' of the server' : '';
    const where = inWords(outside.map(countWords));
    sentences.push(
      outside.length === 0
        ? `At ${drawn.length === 1 ? `T = ${rounded(first.temperature)}` : `all ${whole(drawn.length)} temperatures that were drawn`} the count in ${counted(first.draws, '{0} draw', '{0} draws')}${by} is one that these probabilities give in 95 of 100 runs.`
        : `The count in ${counted(first.draws, '{0} draw', '{0} draws')}${by} lies outside what these probabilities give in 95 of 100 runs at ${where}. About 1 in 20 does so by chance.`,
    );
  }
  if (refused) {
    const where = inWords(refused.temperatures.map((t) => `T = ${rounded(t)}`));
    sentences.push(`Not drawn at ${where}: ${refused.reason}`);
  } else if (drawn.length < rows.length && provenance.drawnBy === 'here') {
    sentences.push(
      `${first ? 'Other temperatures' : 'Temperatures other than 1'} are not drawn here: that needs the probability of every token.`,
    );
  }
  return sentences;
}

function countWords({ temperature, count, expectedLow, expectedHigh }: ListedRow): string {
  return `T = ${rounded(temperature)} (${whole(count)}, expected ${whole(expectedLow)} to ${whole(expectedHigh)})`;
}

export function listedTables(result: TemperatureResult, { rows, curve }: ListedTemperature): ReportTable[] {
  return [
    {
      id: 'target',
      title: `${quoted(result)} at each temperature`,
      note: 'The probability lies between the least and the most; both are the same where it is exact. The frequency in the draws with its Wilson 95 % interval, and the counts expected in 95 of 100 runs.',
      columns: ['T', 'least', 'most', ...DRAWN_COLUMNS],
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
              isInside(row) ? 'yes' : 'no',
            ]),
      ]),
    },
    {
      id: 'tokens',
      title: 'Next tokens drawn (the book’s print_sampled_tokens)',
      columns: ['T', 'token', 'drawn', 'frequency', 'least', 'most', 'from', 'to'],
      formats: ['number', 'token', 'whole', 'percent', 'percent', 'percent', 'percent', 'percent'],
      keys: 2,
      rows: rows.flatMap((row) =>
        row.tokens.map(({ token, count, least, most, low, high }): Cell[] => [
          row.temperature,
          token ? token.text : 'all others',
          ...(row.draws === 0
            ? [null, null, least, most, null, null]
            : [count, count / row.draws, least, most, low, high]),
        ]),
      ),
    },
    {
      id: 'curve',
      title: 'The curve',
      note: 'Between which limits the probability lies at the temperatures of the picture.',
      columns: ['T', 'least', 'most'],
      formats: ['number', 'percent', 'percent'],
      keys: 1,
      rows: curve.temperatures.map((t, i) => [t, curve.least[i]!, curve.most[i]!]),
    },
  ];
}
