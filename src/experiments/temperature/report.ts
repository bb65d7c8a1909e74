/** What a result of the Temperature experiment says. */
import { listedSummary } from './listedReport';
import { tables } from './tables';
import { drawsToTellApart } from '../../core/statistics/sampleSize';
import type { TemperatureResult, TemperatureRow } from './result';
import { visibleToken } from '../../core/visibleText';
import type { ReportOf } from '../report/types';
import { countWords, inQuotes, isInside, nearestToOne, quoted } from './words';
import { counted, t, whole } from '../../l10n/language';
import { inPercent, listed, rounded, written } from '../../l10n/numbers';

/** As many draws can be asked for. */
const WITHIN_REACH = 1_000_000;

/** More draws than this are no advice. */
const TOO_MANY = 1e12;

export const temperatureReport: ReportOf<TemperatureResult> = { summary, tables };

function summary(result: TemperatureResult): string[] {
  if (result.listed) return [...listedSummary(result, result.listed), limits(result)];
  if (result.rows.length === 0) return [t('The run was stopped before there was a result.')];
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
    const at = rounded(temperature);
    if (is === was) return t('stays at {0} at {1}', is, at);
    return probability > base.probability
      ? t('rises to {0} at {1}', is, at)
      : t('falls to {0} at {1}', is, at);
  });
  const values = [quoted(result), inPercent(base.probability), rounded(base.temperature)];
  const opening = mostProbable
    ? t('The most probable token, {0}, has probability {1} at temperature {2}', ...values)
    : t('{0} has probability {1} at temperature {2}', ...values);
  return `${listed([opening, ...changes])}.`;
}

interface Pair {
  readonly a: TemperatureRow;
  readonly b: TemperatureRow;
  readonly needed: number;
}

/** Of neighbouring temperatures, the pair that is hardest to distinguish by counting. */
function tellingApart({ rows }: TemperatureResult): string {
  if (rows.length < 2) {
    return t('Enter at least two temperatures to see how many draws it takes to distinguish them.');
  }
  const pairs = rows.slice(1).map((b, i): Pair => {
    const a = rows[i]!;
    return { a, b, needed: drawsToTellApart(a.probability, b.probability) };
  });
  const { draws } = rows[0]!;
  const values = ({ a, b, needed }: Pair): string[] => [
    rounded(a.temperature),
    rounded(b.temperature),
    whole(Number(needed.toPrecision(2))),
  ];
  const blurred = pairs.filter(({ needed }) => needed > draws);
  if (blurred.length === 0) {
    const hardest = pairs.reduce((x, y) => (y.needed > x.needed ? y : x));
    return pairs.length === 1
      ? counted(
          draws,
          '{0} draw is enough to distinguish T = {1} from T = {2}; about {3} are needed (5 % level, 80 % power).',
          '{0} draws are enough to distinguish T = {1} from T = {2}; about {3} are needed (5 % level, 80 % power).',
          ...values(hardest),
        )
      : counted(
          draws,
          '{0} draw is enough to distinguish each temperature from the next; the hardest pair, T = {1} from T = {2}, needs about {3} (5 % level, 80 % power).',
          '{0} draws are enough to distinguish each temperature from the next; the hardest pair, T = {1} from T = {2}, needs about {3} (5 % level, 80 % power).',
          ...values(hardest),
        );
  }
  const pair = hardestWithinReach(blurred);
  const [a, b, needed] = values(pair) as [string, string, string];
  const sentence =
    pair.needed > TOO_MANY
      ? counted(
          draws,
          '{0} draw is too few to distinguish T = {1} from T = {2}, and no practical number would be enough.',
          '{0} draws are too few to distinguish T = {1} from T = {2}, and no practical number would be enough.',
          a,
          b,
        )
      : counted(
          draws,
          '{0} draw is too few to distinguish T = {1} from T = {2}; about {3} are needed (5 % level, 80 % power).',
          '{0} draws are too few to distinguish T = {1} from T = {2}; about {3} are needed (5 % level, 80 % power).',
          a,
          b,
          needed,
        );
  return pairs.length > 1
    ? `${sentence} ${enoughFor(pairs.length - blurred.length, pairs.length)}`
    : sentence;
}

function enoughFor(enough: number, pairs: number): string {
  return enough === 0
    ? t('They are enough for none of the {0} neighbouring pairs.', whole(pairs))
    : t('They are enough for {0} of the {1} neighbouring pairs.', whole(enough), whole(pairs));
}

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
  const values = [name, rounded(temperatures[0]!), rounded(temperatures.at(-1)!)];
  const falls = target.every((p, i) => i === 0 || p <= target[i - 1]!);
  if (falls && target[0] !== target.at(-1))
    return t(
      'The higher the temperature, the less probable {0} becomes, between T = {1} and {2}.',
      ...values,
    );
  if (target.every((p, i) => i === 0 || p >= target[i - 1]!)) {
    return target[0] === target.at(-1)
      ? t('Temperature makes no difference to {0} between T = {1} and {2}.', ...values)
      : t('The higher the temperature, the more probable {0} becomes, between T = {1} and {2}.', ...values);
  }
  return t(
    '{0} is most probable near T = {1} ({2}): at lower temperatures more probable tokens take its share, at higher ones all the others do.',
    name,
    rounded(temperatures[peak]!),
    inPercent(target[peak]!),
  );
}

function limits(result: TemperatureResult): string {
  const { zero, infinity } = result.limits;
  const [best] = zero.best;
  const values = [inPercent(zero.probability), inPercent(infinity.probability), whole(result.vocabularySize)];
  return best && zero.best.length === 1
    ? t(
        'As T → 0 its probability tends to {0}, because only {3} is left; as T → ∞ it tends to {1}, because all {2} tokens become equally probable.',
        ...values,
        inQuotes(best.text),
      )
    : t(
        'As T → 0 its probability tends to {0}, because {3} tokens tie for first place; as T → ∞ it tends to {1}, because all {2} tokens become equally probable.',
        ...values,
        whole(zero.best.length),
      );
}

/** Whether the counts are such as chance gives. */
function chance(result: TemperatureResult): string {
  const { rows, commonRandomNumbers = true } = result;
  const outside = rows.filter((row) => !isInside(row));
  const { draws } = rows[0]!;
  const together = commonRandomNumbers && rows.length > 1;
  const inDraws = counted(draws, '{0} draw', '{0} draws');
  if (outside.length === 0) {
    if (together) {
      return t(
        'At every temperature the count in {0} lies inside its exact 95 % interval; all temperatures use the same random numbers, so they err together.',
        inDraws,
      );
    }
    return rows.length === 1
      ? t('At this temperature the count in {0} lies inside its exact 95 % interval.', inDraws)
      : t('At every temperature the count in {0} lies inside its exact 95 % interval.', inDraws);
  }
  const where = listed(outside.map(countWords));
  const why = together
    ? t('All temperatures use the same random numbers, so they err together.')
    : t('About 1 in 20 does so by chance.');
  return `${t('The count in {0} lies outside its exact 95 % interval at {1}.', inDraws, where)} ${why}`;
}

function chapter(result: TemperatureResult): string[] {
  if (!result.chapter) return [];
  const name = ({ temperature, printed }: { temperature: number; printed: number }): string =>
    t('{0} at T = {1}', whole(printed), written(temperature));
  const outside = result.chapter.filter(({ inside }) => !inside);
  const all = listed(result.chapter.map(name));
  return [
    outside.length === 0
      ? t('Of the chapter’s printed counts in 100 draws, {0}, all lie inside the exact 95 % intervals.', all)
      : counted(
          outside.length,
          'Of the chapter’s printed counts in 100 draws, {1}, {2} lies outside the exact 95 % interval and the others inside.',
          'Of the chapter’s printed counts in 100 draws, {1}, {2} lie outside the exact 95 % interval and the others inside.',
          all,
          listed(outside.map(name)),
        ),
  ];
}

function ways(result: TemperatureResult): string[] {
  const { ways: found, wayCount, rows } = result;
  const name = quoted(result);
  const sentences: string[] = [];
  const [first] = found;
  if (wayCount > 1 && first) {
    const tokens = first.tokens.map(({ text }) => visibleToken(text)).join(' + ');
    sentences.push(
      t(
        '{0} can be written in tokens in {1} ways, and its probability is their sum; the most probable way at T = 1 is {2} ({3}).',
        name,
        whole(wayCount),
        tokens,
        inPercent(first.probability),
      ),
    );
  } else if (first && first.tokens.length > 1) {
    sentences.push(
      t(
        '{0} takes {1} tokens; its probability is that of the whole sequence.',
        name,
        whole(first.tokens.length),
      ),
    );
  }
  const missing = rows.filter(({ probability, unexplored }) => unexplored > 1e-3 * probability);
  if (missing.length > 0) {
    const most = missing.reduce((a, b) => (b.unexplored > a.unexplored ? b : a));
    sentences.push(
      t(
        'Not every way was evaluated: at T = {0} the true probability may be up to {1} higher.',
        rounded(most.temperature),
        inPercent(most.unexplored),
      ),
    );
  }
  return sentences;
}
