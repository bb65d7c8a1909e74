/** What a result of the Temperature experiment says. */
import { drawsToTellApart } from '../../core/statistics/sampleSize';
import type { TemperatureResult, TemperatureRow } from './result';
import { visibleToken } from '../../core/visibleText';
import { TEN_DRAWS, TEN_DRAWS_FORMATS, tenDrawsCells } from '../report/tenDraws';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, inPercent, listed, rounded, timesIn100, whole } from '../report/words';

/** As many draws can be asked for. */
const WITHIN_REACH = 1_000_000;

/** More draws than this are no advice. */
const TOO_MANY = 1e12;

export const temperatureReport: ReportOf<TemperatureResult> = { summary, tables };

function summary(result: TemperatureResult): string[] {
  if (result.rows.length === 0) return ['The run was stopped before anything was computed.'];
  return [
    answer(result),
    tellingApart(result),
    trend(result),
    limits(result),
    luck(result),
    ...chapter(result),
    ...ways(result),
  ];
}

/** The target as sentences name it. */
export function quoted({ target }: TemperatureResult): string {
  return `“${visibleToken(target)}”`;
}

/** The coldest, the one nearest to 1 and the hottest. */
function answer(result: TemperatureResult): string {
  const { rows } = result;
  const nearOne = rows.reduce((a, b) =>
    Math.abs(Math.log(b.temperature)) < Math.abs(Math.log(a.temperature)) ? b : a,
  );
  const [first, ...rest] = [...new Set([rows[0]!, nearOne, rows.at(-1)!])];
  const others = rest.map(
    ({ temperature, probability }) =>
      `${timesIn100(probability).replace(' times in 100', '')} at T = ${rounded(temperature)}`,
  );
  const opening = `${timesIn100(first!.probability)} at T = ${rounded(first!.temperature)}`;
  return `${quoted(result)} is drawn ${listed([opening, ...others])}.`;
}

interface Pair {
  readonly a: TemperatureRow;
  readonly b: TemperatureRow;
  readonly needed: number;
}

/** Of neighbouring temperatures, the pair that is hardest to tell apart by counting. */
function tellingApart({ rows }: TemperatureResult): string {
  if (rows.length < 2) {
    return 'Give two temperatures or more to see how many draws tell them apart.';
  }
  const pairs = rows.slice(1).map((b, i): Pair => {
    const a = rows[i]!;
    return { a, b, needed: drawsToTellApart(a.probability, b.probability) };
  });
  const { draws } = rows[0]!;
  const name = ({ temperature, probability }: TemperatureRow): string =>
    `T = ${rounded(temperature)} (${timesIn100(probability)})`;
  const names = ({ a, b }: Pair): string => `${name(a)} from ${name(b)}`;
  const blurred = pairs.filter(({ needed }) => needed > draws);
  if (blurred.length === 0) {
    const hardest = pairs.reduce((x, y) => (y.needed > x.needed ? y : x));
    return `${counted(draws, 'draw')} tell every temperature from the next; the hardest, ${names(hardest)}, takes ${whole(hardest.needed)} (${TEST}).`;
  }
  const pair = hardestWithinReach(blurred);
  const others =
    pairs.length > 1
      ? ` Of ${pairs.length} neighbouring pairs they tell ${pairs.length - blurred.length} apart.`
      : '';
  if (pair.needed > TOO_MANY) {
    return `No number of draws that one could wait for tells ${names(pair)}.${others}`;
  }
  return `${counted(draws, 'draw')} cannot tell ${names(pair)}; ${whole(pair.needed)} can (${TEST}).${others}`;
}

/** What telling apart means here; see `drawsToTellApart`. */
const TEST = 'a difference at the 5 % level, in 4 of 5 attempts';

/** The pair that takes the most draws, of those for which enough can be asked for; else the easiest. */
function hardestWithinReach(pairs: readonly Pair[]): Pair {
  const within = pairs.filter(({ needed }) => needed <= WITHIN_REACH);
  return within.length > 0
    ? within.reduce((x, y) => (y.needed > x.needed ? y : x))
    : pairs.reduce((x, y) => (y.needed < x.needed ? y : x));
}

function trend(result: TemperatureResult): string {
  const { temperatures, target } = result.curve;
  const peak = target.indexOf(Math.max(...target));
  const name = quoted(result);
  const range = `from T = ${rounded(temperatures[0]!)} to ${rounded(temperatures.at(-1)!)}`;
  const falls = target.every((p, i) => i === 0 || p <= target[i - 1]!);
  if (falls && target[0] !== target.at(-1))
    return `The higher the temperature, the rarer ${name} is, ${range}.`;
  if (target.every((p, i) => i === 0 || p >= target[i - 1]!)) {
    return target[0] === target.at(-1)
      ? `The temperature makes no difference to ${name} ${range}.`
      : `The higher the temperature, the more often ${name} comes, ${range}.`;
  }
  return `${name} is most probable near T = ${rounded(temperatures[peak]!)}, ${inPercent(target[peak]!)}; colder, the best tokens take its place, and hotter, all the others.`;
}

function limits(result: TemperatureResult): string {
  const { zero, infinity } = result.limits;
  const best = zero.best.map(({ text }) => `“${visibleToken(text)}”`);
  const share =
    best.length === 1
      ? `${best[0]!} alone is left`
      : `${counted(best.length, 'token')} tie for the best place`;
  return `As T → 0 its probability goes to ${inPercent(zero.probability)}, since ${share}; as T → ∞ it goes to ${inPercent(infinity.probability)}, since all ${whole(result.vocabularySize)} tokens become alike.`;
}

/** Whether the counts are such as chance gives. */
function luck(result: TemperatureResult): string {
  const { rows } = result;
  const outside = rows.filter((row) => !isInside(row));
  const { draws } = rows[0]!;
  if (outside.length === 0) {
    return `The ${counted(draws, 'draw')} gave it as often as the exact 95 % interval says at every temperature.`;
  }
  const where = listed(
    outside.map(
      ({ temperature, count, expectedLow, expectedHigh }) =>
        `T = ${rounded(temperature)} (${whole(count)}, not ${whole(expectedLow)} to ${whole(expectedHigh)})`,
    ),
  );
  return `The ${counted(draws, 'draw')} gave it outside of the exact 95 % interval at ${where}: 1 in 20 does so by chance, and all temperatures share their luck, because they share their random numbers.`;
}

export function isInside({ count, expectedLow, expectedHigh }: TemperatureRow): boolean {
  return count >= expectedLow && count <= expectedHigh;
}

function chapter(result: TemperatureResult): string[] {
  if (!result.chapter) return [];
  const name = ({ temperature, printed }: { temperature: number; printed: number }): string =>
    `${printed} at T = ${temperature}`;
  const outside = result.chapter.filter(({ inside }) => !inside);
  const verdict =
    outside.length === 0
      ? 'all lie inside of the exact 95 % intervals'
      : `${listed(outside.map(name))} ${outside.length === 1 ? 'lies' : 'lie'} outside of the exact 95 % interval, the others inside`;
  return [`Of the chapter’s printed counts in 100 draws, ${listed(result.chapter.map(name))}, ${verdict}.`];
}

function ways(result: TemperatureResult): string[] {
  const { ways: found, wayCount, rows } = result;
  const name = quoted(result);
  const sentences: string[] = [];
  const [first] = found;
  if (wayCount > 1 && first) {
    const tokens = first.tokens.map(({ text }) => visibleToken(text)).join(' + ');
    sentences.push(
      `${name} is counted in each of the ${whole(wayCount)} ways to write it in tokens that were read; the most probable at T = 1 is ${tokens}, ${inPercent(first.probability)}.`,
    );
  } else if (first && first.tokens.length > 1) {
    sentences.push(
      `${name} takes ${counted(first.tokens.length, 'token')}; its probability is that of the sequence.`,
    );
  }
  const missing = rows.filter(({ probability, unexplored }) => unexplored > 1e-3 * probability);
  if (missing.length > 0) {
    const most = missing.reduce((a, b) => (b.unexplored > a.unexplored ? b : a));
    sentences.push(
      `Not every way was read: at T = ${rounded(most.temperature)} the true probability may be higher by up to ${inPercent(most.unexplored)}.`,
    );
  }
  return sentences;
}

function tables(result: TemperatureResult): ReportTable[] {
  return [
    targetTable(result),
    ...(result.chapter ? [chapterTable(result.chapter)] : []),
    tokensTable(result),
    distributionTable(result),
    limitsTable(result),
    ...(result.wayCount > 1 ? [waysTable(result)] : []),
    curveTable(result),
  ];
}

function targetTable(result: TemperatureResult): ReportTable {
  return {
    id: 'target',
    title: `${quoted(result)} at every temperature`,
    note: 'Exact probability; what the draws gave, with its Wilson 95 % interval; and the counts that 95 of 100 such runs give.',
    columns: [
      'T',
      'exact',
      'drawn',
      'draws',
      'frequency',
      'from',
      'to',
      'expected from',
      'expected to',
      'inside',
    ],
    formats: [
      'number',
      'percent',
      'whole',
      'whole',
      'percent',
      'percent',
      'percent',
      'whole',
      'whole',
      'text',
    ],
    keys: 1,
    rows: result.rows.map((row) => [
      row.temperature,
      row.probability,
      row.count,
      row.draws,
      row.draws === 0 ? null : row.count / row.draws,
      row.low,
      row.high,
      row.expectedLow,
      row.expectedHigh,
      isInside(row) ? 'yes' : 'no',
    ]),
  };
}

function chapterTable(rows: NonNullable<TemperatureResult['chapter']>): ReportTable {
  return {
    id: 'chapter',
    title: 'The chapter’s printed frequencies',
    note: 'Its 100 draws per temperature are random; the counts that 95 of 100 such runs give are exact.',
    columns: ['T', 'printed', 'draws', 'exact', 'expected from', 'expected to', 'inside'],
    formats: ['number', 'whole', 'whole', 'percent', 'whole', 'whole', 'text'],
    keys: 1,
    rows: rows.map((row) => [
      row.temperature,
      row.printed,
      row.draws,
      row.probability,
      row.low,
      row.high,
      row.inside ? 'yes' : 'no',
    ]),
  };
}

function tokensTable({ rows }: TemperatureResult): ReportTable {
  return {
    id: 'tokens',
    title: 'print_sampled_tokens: what was drawn as the next token',
    columns: ['T', 'token', 'drawn', 'frequency', 'exact', 'from', 'to'],
    formats: ['number', 'token', 'whole', 'percent', 'percent', 'percent', 'percent'],
    keys: 2,
    rows: rows.flatMap(({ temperature, draws, tokens }) =>
      tokens.map(({ token, count, probability, low, high }): Cell[] => [
        temperature,
        token ? token.text : 'all others',
        count,
        draws === 0 ? null : count / draws,
        probability,
        low,
        high,
      ]),
    ),
  };
}

function distributionTable({ rows }: TemperatureResult): ReportTable {
  return {
    id: 'distribution',
    title: 'The whole distribution at every temperature',
    note: 'The effective vocabulary is exp(entropy): as many equally probable tokens would be as hard to guess. The fit is the probability of draws at least as far from the exact values (chi-square test).',
    columns: ['T', 'entropy in nats', 'effective vocabulary', 'fit', ...TEN_DRAWS],
    formats: ['number', 'nats', 'number', 'number', ...TEN_DRAWS_FORMATS],
    keys: 1,
    rows: rows.map(({ temperature, entropy, fit, tenDraws }) => [
      temperature,
      entropy,
      Math.exp(entropy),
      fit,
      ...tenDrawsCells(tenDraws),
    ]),
  };
}

function limitsTable({ limits: { zero, infinity }, target }: TemperatureResult): ReportTable {
  return {
    id: 'limits',
    title: 'The limits',
    columns: ['limit', `exact probability of ${visibleToken(target)}`, 'entropy in nats'],
    formats: ['text', 'percent', 'nats'],
    keys: 1,
    rows: [
      ['T → 0', zero.probability, zero.entropy],
      ['T → ∞', infinity.probability, infinity.entropy],
    ],
  };
}

function waysTable({ ways: found, wayCount }: TemperatureResult): ReportTable {
  return {
    id: 'ways',
    title: 'Ways to write it in tokens',
    note:
      found.length < wayCount
        ? `The ${found.length} most probable at T = 1 of ${whole(wayCount)}.`
        : 'At T = 1.',
    columns: ['tokens', 'ids', 'exact'],
    formats: ['text', 'text', 'percent'],
    keys: 2,
    rows: found.map(({ tokens, probability }) => [
      tokens.map(({ text }) => visibleToken(text)).join(' + '),
      tokens.map(({ id }) => id).join(' '),
      probability,
    ]),
  };
}

function curveTable({ curve, target }: TemperatureResult): ReportTable {
  const names = curve.tokens.map(({ token }) => visibleToken(token.text));
  return {
    id: 'curve',
    title: 'The curves',
    note: 'Exact probabilities on the grid of the picture.',
    columns: ['T', `${visibleToken(target)} (target)`, 'entropy in nats', ...names],
    formats: ['number', 'percent', 'nats', ...names.map(() => 'percent' as const)],
    keys: 1,
    rows: curve.temperatures.map((t, i) => [
      t,
      curve.target[i]!,
      curve.entropy[i]!,
      ...curve.tokens.map(({ probabilities }) => probabilities[i]!),
    ]),
  };
}
