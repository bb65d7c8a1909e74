/** What a result of the Temperature experiment says. */
import { DRAWN_COLUMNS, DRAWN_FORMATS } from './drawnColumns';
import { listedSummary, listedTables } from './listedReport';
import { drawsToTellApart } from '../../core/statistics/sampleSize';
import type { TemperatureResult, TemperatureRow } from './result';
import { visibleToken } from '../../core/visibleText';
import { TEN_DRAWS, TEN_DRAWS_FORMATS, tenDrawsCells } from '../report/tenDraws';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { isInside, nearestToOne, quoted } from './words';
import { counted, whole } from '../../l10n/language';
import { inPercent, listed, rounded } from '../../l10n/numbers';

/** As many draws can be asked for. */
const WITHIN_REACH = 1_000_000;

/** More draws than this are no advice. */
const TOO_MANY = 1e12;

export const temperatureReport: ReportOf<TemperatureResult> = { summary, tables };

function summary(result: TemperatureResult): string[] {
  if (result.listed) return [...listedSummary(result, result.listed), limits(result)];
  if (result.rows.length === 0) return ['The run was stopped before there was a result.'];
  return [
    answer(result),
    tellingApart(result),
    trend(result),
    limits(result),
    chance(result),
    ...chapter(result),
    ...ways(result),
  ];
}

/** The temperature nearest to 1, and beside it the hottest and the coldest. */
function answer(result: TemperatureResult): string {
  const { rows, mostProbable } = result;
  const base = nearestToOne(rows);
  const others = [...new Set([rows.at(-1)!, rows[0]!])].filter((row) => row !== base);
  const changes = others.map(({ temperature, probability }) => {
    const [is, was] = [inPercent(probability), inPercent(base.probability)];
    const verb = is === was ? 'stays at' : probability > base.probability ? 'rises to' : 'falls to';
    return `${verb} ${is} at ${rounded(temperature)}`;
  });
  const name = mostProbable ? `The most probable token, ${quoted(result)},` : quoted(result);
  const opening = `has probability ${inPercent(base.probability)} at temperature ${rounded(base.temperature)}`;
  return `${name} ${listed([opening, ...changes])}.`;
}

interface Pair {
  readonly a: TemperatureRow;
  readonly b: TemperatureRow;
  readonly needed: number;
}

/** Of neighbouring temperatures, the pair that is hardest to distinguish by counting. */
function tellingApart({ rows }: TemperatureResult): string {
  if (rows.length < 2) {
    return 'Enter at least two temperatures to see how many draws it takes to distinguish them.';
  }
  const pairs = rows.slice(1).map((b, i): Pair => {
    const a = rows[i]!;
    return { a, b, needed: drawsToTellApart(a.probability, b.probability) };
  });
  const { draws } = rows[0]!;
  const names = ({ a, b }: Pair): string =>
    `T = ${rounded(a.temperature)} from T = ${rounded(b.temperature)}`;
  const about = ({ needed }: Pair): string => whole(Number(needed.toPrecision(2)));
  const blurred = pairs.filter(({ needed }) => needed > draws);
  if (blurred.length === 0) {
    const hardest = pairs.reduce((x, y) => (y.needed > x.needed ? y : x));
    return pairs.length === 1
      ? `${counted(draws, '{0} draw', '{0} draws')} are enough to distinguish ${names(hardest)}; about ${about(hardest)} are needed (${TEST}).`
      : `${counted(draws, '{0} draw', '{0} draws')} are enough to distinguish each temperature from the next; the hardest pair, ${names(hardest)}, needs about ${about(hardest)} (${TEST}).`;
  }
  const pair = hardestWithinReach(blurred);
  const enough = pairs.length - blurred.length;
  const others =
    pairs.length > 1
      ? ` They are enough for ${enough === 0 ? 'none' : whole(enough)} of the ${pairs.length} neighbouring pairs.`
      : '';
  if (pair.needed > TOO_MANY) {
    return `${counted(draws, '{0} draw', '{0} draws')} are too few to distinguish ${names(pair)}, and no practical number would be enough.${others}`;
  }
  return `${counted(draws, '{0} draw', '{0} draws')} are too few to distinguish ${names(pair)}; about ${about(pair)} are needed (${TEST}).${others}`;
}

/** What it takes to distinguish two here; see `drawsToTellApart`. */
const TEST = '5 % level, 80 % power';

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
  const range = `between T = ${rounded(temperatures[0]!)} and ${rounded(temperatures.at(-1)!)}`;
  const falls = target.every((p, i) => i === 0 || p <= target[i - 1]!);
  if (falls && target[0] !== target.at(-1))
    return `The higher the temperature, the less probable ${name} becomes, ${range}.`;
  if (target.every((p, i) => i === 0 || p >= target[i - 1]!)) {
    return target[0] === target.at(-1)
      ? `Temperature makes no difference to ${name} ${range}.`
      : `The higher the temperature, the more probable ${name} becomes, ${range}.`;
  }
  return `${name} is most probable near T = ${rounded(temperatures[peak]!)} (${inPercent(target[peak]!)}): at lower temperatures more probable tokens take its share, at higher ones all the others do.`;
}

function limits(result: TemperatureResult): string {
  const { zero, infinity } = result.limits;
  const best = zero.best.map(({ text }) => `“${visibleToken(text)}”`);
  const share =
    best.length === 1
      ? `only ${best[0]!} is left`
      : `${counted(best.length, '{0} token', '{0} tokens')} tie for first place`;
  return `As T → 0 its probability tends to ${inPercent(zero.probability)}, because ${share}; as T → ∞ it tends to ${inPercent(infinity.probability)}, because all ${whole(result.vocabularySize)} tokens become equally probable.`;
}

/** Whether the counts are such as chance gives. */
function chance(result: TemperatureResult): string {
  const { rows, commonRandomNumbers = true } = result;
  const outside = rows.filter((row) => !isInside(row));
  const { draws } = rows[0]!;
  const together = commonRandomNumbers && rows.length > 1;
  if (outside.length === 0) {
    const why = together ? '; all temperatures use the same random numbers, so they err together' : '';
    return `At ${rows.length === 1 ? 'this' : 'every'} temperature the count in ${counted(draws, '{0} draw', '{0} draws')} lies inside its exact 95 % interval${why}.`;
  }
  const where = listed(
    outside.map(
      ({ temperature, count, expectedLow, expectedHigh }) =>
        `T = ${rounded(temperature)} (${whole(count)}, expected ${whole(expectedLow)} to ${whole(expectedHigh)})`,
    ),
  );
  const why = together
    ? 'All temperatures use the same random numbers, so they err together.'
    : 'About 1 in 20 does so by chance.';
  return `The count in ${counted(draws, '{0} draw', '{0} draws')} lies outside its exact 95 % interval at ${where}. ${why}`;
}

function chapter(result: TemperatureResult): string[] {
  if (!result.chapter) return [];
  const name = ({ temperature, printed }: { temperature: number; printed: number }): string =>
    `${printed} at T = ${temperature}`;
  const outside = result.chapter.filter(({ inside }) => !inside);
  const verdict =
    outside.length === 0
      ? 'all lie inside the exact 95 % intervals'
      : `${listed(outside.map(name))} ${outside.length === 1 ? 'lies' : 'lie'} outside the exact 95 % interval and the others inside`;
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
      `${name} can be written in tokens in ${whole(wayCount)} ways, and its probability is their sum; the most probable way at T = 1 is ${tokens} (${inPercent(first.probability)}).`,
    );
  } else if (first && first.tokens.length > 1) {
    sentences.push(
      `${name} takes ${counted(first.tokens.length, '{0} token', '{0} tokens')}; its probability is that of the whole sequence.`,
    );
  }
  const missing = rows.filter(({ probability, unexplored }) => unexplored > 1e-3 * probability);
  if (missing.length > 0) {
    const most = missing.reduce((a, b) => (b.unexplored > a.unexplored ? b : a));
    sentences.push(
      `Not every way was evaluated: at T = ${rounded(most.temperature)} the true probability may be up to ${inPercent(most.unexplored)} higher.`,
    );
  }
  return sentences;
}

function tables(result: TemperatureResult): ReportTable[] {
  if (result.listed) return [...listedTables(result, result.listed), limitsTable(result)];
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
    title: `${quoted(result)} at each temperature`,
    note: 'The exact probability; the frequency in the draws with its Wilson 95 % interval; and the range of counts expected in 95 of 100 such runs.',
    columns: ['T', 'exact', ...DRAWN_COLUMNS],
    formats: ['number', 'percent', ...DRAWN_FORMATS],
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
    note: 'The chapter made 100 draws per temperature. The range expected in 95 of 100 such runs is exact.',
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
    title: 'Next tokens drawn (the book’s print_sampled_tokens)',
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
    note: 'The effective vocabulary is exp(entropy): the number of equally probable tokens with the same entropy. The fit is the p-value of a chi-square test of the draws against the exact probabilities.',
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
        ? `The ${found.length} most probable of ${whole(wayCount)} at T = 1.`
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
    note: 'Exact probabilities at the temperatures of the picture.',
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
