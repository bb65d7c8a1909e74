/** What a comparison of methods says: which varies most, which agrees with itself most, and how sure that is. */
import { meanInterval } from '../../core/statistics/meanInterval';
import { namesToCome, type MethodMeasure, type MethodResult, type MethodsResult } from './result';
import { LOG_PROBABILITY, measureInfos, measureOfMethod, type MethodMeasureInfo } from './measures';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { costWords, endWords } from '../report/ends';
import { counted, t, whole } from '../../l10n/language';
import { clauses, inPercent, listed, lowered, rounded } from '../../l10n/numbers';
import { TO_COME } from '../report/words';
import { shownName } from './list';

export const methodsReport: ReportOf<MethodsResult> = { summary, tables };

/** What the comparison is about: the first measure of variety, and what it is traded for. */
function mainMeasures(form: MethodsResult['form']): readonly [MethodMeasureInfo, MethodMeasureInfo] {
  const infos = measureInfos(form);
  return form === 'tokens' ? [infos[0]!, infos[1]!] : [infos[0]!, LOG_PROBABILITY];
}

function summary(result: MethodsResult): string[] {
  const measured = result.methods.filter(({ measures }) => measures.length > 0);
  const unavailable = result.methods.flatMap((method) =>
    method.unavailable === null
      ? []
      : [t('{0} was left out: {1}', shownName(method.name), method.unavailable)],
  );
  if (measured.length === 0) {
    return [
      ...unavailable,
      ...(unavailable.length > 0 ? [] : [t('The run was stopped before its first trial was finished.')]),
    ];
  }
  const [variety, price] = mainMeasures(result.form);
  return [
    extremes(result, measured, variety),
    ...ranking(measured, variety),
    ...ranking(measured, price),
    ...certainty(result, measured, variety),
    ...exactness(result, measured),
    ...unavailable,
  ];
}

const show = (value: number, { format }: MethodMeasureInfo): string =>
  format === 'percent' ? inPercent(value) : t('{0} nats', rounded(value));

/** The value that is known best: the exact one where there is one. */
const best = ({ exact, mean }: MethodMeasure): number => exact ?? mean;

interface Ranked {
  /** As it is shown. */
  readonly name: string;
  readonly value: number;
}

/** The methods that have the measure, smallest value first. */
function ranked(methods: readonly MethodResult[], info: MethodMeasureInfo): Ranked[] {
  return methods
    .flatMap((method) => {
      const measure = measureOfMethod(method, info.id);
      return measure ? [{ name: shownName(method.name), value: best(measure) }] : [];
    })
    .sort((a, b) => a.value - b.value);
}

function extremes(
  { form, samples }: MethodsResult,
  methods: readonly MethodResult[],
  info: MethodMeasureInfo,
): string {
  const ordered = ranked(methods, info);
  const over =
    form === 'tokens' ? counted(samples, '{0} draw', '{0} draws') : counted(samples, '{0} text', '{0} texts');
  const value = ({ name, value: of }: Ranked): string => t('{0} ({1})', name, show(of, info));
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most) return t('{0} was not measured.', info.label);
  return most.value - least.value < 1e-12
    ? t('{0} over {1} is {2} for every method.', info.label, over, show(most.value, info))
    : t('{0} over {1} is highest for {2} and lowest for {3}.', info.label, over, value(most), value(least));
}

function ranking(methods: readonly MethodResult[], info: MethodMeasureInfo): string[] {
  const parts = ranked(methods, info).map(({ name, value }) =>
    t({ message: '{0} {1}', comment: 'a method or model and its value' }, name, show(value, info)),
  );
  return parts.length === 0 ? [] : [t('{0} from lowest to highest: {1}.', info.label, listed(parts))];
}

/** Whether neighbours in the ranking differ by more than chance, by their differences within the same random numbers. */
function certainty(
  result: MethodsResult,
  methods: readonly MethodResult[],
  info: MethodMeasureInfo,
): string[] {
  const sampled = methods
    .filter(({ deterministic }) => !deterministic)
    .flatMap((method) => {
      const measure = measureOfMethod(method, info.id);
      return measure && measure.values.length > 1 ? [{ name: shownName(method.name), measure }] : [];
    })
    .sort((a, b) => best(a.measure) - best(b.measure));
  const same = sampled.slice(1).flatMap((higher, i) => {
    const lower = sampled[i]!;
    const trials = Math.min(lower.measure.values.length, higher.measure.values.length);
    const differences = Array.from(
      { length: trials },
      (_, trial) => higher.measure.values[trial]! - lower.measure.values[trial]!,
    );
    const { low, high } = meanInterval(differences);
    return low <= 0 && high >= 0 ? [t('{0} and {1}', lower.name, higher.name)] : [];
  });
  if (sampled.length < 2) return [];
  const values = [lowered(info.label), counted(result.trials, '{0} trial', '{0} trials')];
  return [
    same.length === 0
      ? t(
          'Each method differs from the next by more than chance (95 %) in {0} in {1} with the same random numbers.',
          ...values,
        )
      : t(
          'In {0} in {1} with the same random numbers, the difference may be chance (95 %) between {2}.',
          ...values,
          clauses(same),
        ),
  ];
}

/** The measures that are known exactly. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['diversity', t('diversity')],
  ['coherence', t('coherence')],
  ['log-probability', t('log-probability')],
]);

/** How the sampled means compare with what is exact. */
function exactness({ form, trials }: MethodsResult, methods: readonly MethodResult[]): string[] {
  if (form !== 'tokens' || trials < 2) return [];
  const checks = methods.flatMap((method) =>
    method.measures.flatMap(({ id, exact, low, high }) =>
      exact === null || low === null || high === null
        ? []
        : [
            {
              what: t('{0}: {1}', shownName(method.name), SHORT.get(id) ?? id),
              inside: low - 1e-12 <= exact && exact <= high + 1e-12,
            },
          ],
    ),
  );
  if (checks.length === 0) return [];
  const outside = checks.filter(({ inside }) => !inside);
  return [
    outside.length === 0
      ? counted(
          checks.length,
          'The only exact value lies within the 95 % interval of the trials.',
          'All {0} exact values lie within the 95 % intervals of the trials.',
        )
      : t(
          '{0} of {1} exact values lie within the 95 % intervals of the trials; outside: {2}. About 1 in 20 lies outside by chance.',
          whole(checks.length - outside.length),
          whole(checks.length),
          listed(outside.map(({ what }) => what)),
        ),
  ];
}

function tables(result: MethodsResult): ReportTable[] {
  const infos = measureInfos(result.form);
  const measures: ReportTable = {
    id: 'measures',
    title: t('Measures'),
    note: t(
      'Means over {0} of {1}, with Student’s 95 % interval; searches draw nothing and run once.',
      counted(result.trials, '{0} trial', '{0} trials'),
      result.form === 'tokens'
        ? counted(result.samples, '{0} token', '{0} tokens')
        : counted(result.samples, '{0} text', '{0} texts'),
    ),
    columns: [
      t('Method'),
      t('Measure'),
      t({ message: 'Exact', comment: 'value' }),
      t('Mean'),
      t({ message: 'From', comment: 'end of an interval' }),
      t({ message: 'To', comment: 'end of an interval' }),
      t('Trials'),
    ],
    formats: ['text', 'text', 'number', 'number', 'number', 'number', 'whole'],
    keys: 2,
    rows: [
      ...result.methods.flatMap((method) =>
        infos.flatMap((info): Cell[][] => {
          const measure = measureOfMethod(method, info.id);
          if (!measure) return [];
          const { exact, mean, low, high, values } = measure;
          return [[shownName(method.name), info.label, exact, mean, low, high, values.length]];
        }),
      ),
      ...namesToCome(result).map((name): Cell[] => [shownName(name), TO_COME, null, null, null, null, null]),
    ],
  };
  const shared = infos.filter(
    ({ id, rare }) => !rare || result.methods.some((method) => measureOfMethod(method, id)),
  );
  const trials: ReportTable = {
    id: 'trials',
    title: t('Trial by trial'),
    columns: [t('Method'), t('Trial'), ...shared.map(({ label }) => label)],
    formats: ['text', 'whole', ...shared.map(({ format }) => format)],
    keys: 2,
    rows: result.methods.flatMap((method) =>
      (method.measures[0]?.values ?? []).map((_, trial): Cell[] => [
        shownName(method.name),
        trial + 1,
        ...shared.map(({ id }) => measureOfMethod(method, id)?.values[trial] ?? null),
      ]),
    ),
  };
  return [measures, ...distributions(result), ...textTable(result), trials];
}

function distributions(result: MethodsResult): ReportTable[] {
  const known = result.methods.flatMap(({ name, next }) => (next ? [{ name: shownName(name), next }] : []));
  if (known.length === 0) return [];
  const single = result.form === 'tokens';
  const support: ReportTable = {
    id: 'support',
    title: t('What each method draws the next token from'),
    columns: [
      t('Method'),
      t('Tokens kept'),
      t('Probability kept'),
      t('Entropy'),
      t('Effective vocabulary'),
      t('Greedy token is the most common'),
    ],
    formats: ['text', 'whole', 'percent', 'nats', 'number', 'percent'],
    keys: 1,
    rows: known.map(({ name, next }) => [
      name,
      next.kept,
      next.keptMass,
      next.entropy,
      next.effectiveVocabulary,
      next.greedyIsMode?.uniqueMode ?? null,
    ]),
  };
  const next: ReportTable = {
    id: 'next-tokens',
    title: single
      ? t('Next tokens: probability and how often each was drawn')
      : t({ message: 'Next tokens', comment: 'title' }),
    columns: [
      t('Method'),
      t('Token'),
      t('Before samplers'),
      t('After samplers'),
      ...(single ? [t({ message: 'Drawn', comment: 'how many times' })] : []),
    ],
    formats: ['text', 'token', 'percent', 'percent', ...(single ? (['whole'] as const) : [])],
    keys: 2,
    rows: known.flatMap(({ name, next: { top, others } }) =>
      [...top.map((row) => ({ ...row, text: row.token.text })), { ...others, text: t('all others') }].map(
        ({ text, raw, processed, count }): Cell[] => [name, text, raw, processed, ...(single ? [count] : [])],
      ),
    ),
  };
  return [support, next];
}

function textTable(result: MethodsResult): ReportTable[] {
  const rows = result.methods.flatMap(({ name, texts }) =>
    texts.map(({ text, ids, logProbability, ...own }, i): Cell[] => [
      shownName(name),
      i + 1,
      text,
      ids.length,
      logProbability / ids.length,
      clauses([endWords(own).label, ...costWords(own)]),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      id: 'texts',
      title: t('The texts of the first trial'),
      columns: [
        t('Method'),
        t({ message: 'Number', comment: 'of a text' }),
        t('Text'),
        t('Tokens'),
        t('Log-probability per token'),
        t({ message: 'End', comment: 'of a text' }),
      ],
      formats: ['text', 'whole', 'text', 'whole', 'nats', 'text'],
      keys: 2,
      rows,
    },
  ];
}
