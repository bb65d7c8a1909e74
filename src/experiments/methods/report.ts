/** What a comparison of methods says: which varies most, which agrees with itself most, and how sure that is. */
import { meanInterval } from '../../core/statistics/meanInterval';
import { namesToCome, type MethodMeasure, type MethodResult, type MethodsResult } from './result';
import { LOG_PROBABILITY, measureInfos, measureOfMethod, type MethodMeasureInfo } from './measures';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { costWords, endWords } from '../report/ends';
import { counted } from '../../l10n/language';
import { inPercent, listed, rounded } from '../../l10n/numbers';
import { TO_COME } from '../report/words';

export const methodsReport: ReportOf<MethodsResult> = { summary, tables };

/** What the comparison is about: the first measure of variety, and what it is traded for. */
function mainMeasures(form: MethodsResult['form']): readonly [MethodMeasureInfo, MethodMeasureInfo] {
  const infos = measureInfos(form);
  return form === 'tokens' ? [infos[0]!, infos[1]!] : [infos[0]!, LOG_PROBABILITY];
}

function summary(result: MethodsResult): string[] {
  const measured = result.methods.filter(({ measures }) => measures.length > 0);
  const unavailable = result.methods.flatMap((method) =>
    method.unavailable === null ? [] : [`${method.name} was left out: ${method.unavailable}`],
  );
  if (measured.length === 0) {
    return [
      ...unavailable,
      ...(unavailable.length > 0 ? [] : ['The run was stopped before its first trial was finished.']),
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
  format === 'percent' ? inPercent(value) : `${rounded(value)} nats`;

/** The value that is known best: the exact one where there is one. */
const best = ({ exact, mean }: MethodMeasure): number => exact ?? mean;

interface Ranked {
  readonly name: string;
  readonly value: number;
}

/** The methods that have the measure, smallest value first. */
function ranked(methods: readonly MethodResult[], info: MethodMeasureInfo): Ranked[] {
  return methods
    .flatMap((method) => {
      const measure = measureOfMethod(method, info.id);
      return measure ? [{ name: method.name, value: best(measure) }] : [];
    })
    .sort((a, b) => a.value - b.value);
}

function extremes(
  { form, samples }: MethodsResult,
  methods: readonly MethodResult[],
  info: MethodMeasureInfo,
): string {
  const ordered = ranked(methods, info);
  const over = `over ${form === 'tokens' ? counted(samples, '{0} draw', '{0} draws') : counted(samples, '{0} text', '{0} texts')}`;
  const value = ({ name, value: of }: Ranked): string => `${name} (${show(of, info)})`;
  const [least, most] = [ordered[0], ordered.at(-1)];
  if (!least || !most || most.value - least.value < 1e-12) {
    return most
      ? `${info.label} ${over} is ${show(most.value, info)} for every method.`
      : `${info.label} was not measured.`;
  }
  return `${info.label} ${over} is highest for ${value(most)} and lowest for ${value(least)}.`;
}

function ranking(methods: readonly MethodResult[], info: MethodMeasureInfo): string[] {
  const parts = ranked(methods, info).map(({ name, value }) => `${name} ${show(value, info)}`);
  return parts.length === 0 ? [] : [`${info.label} from lowest to highest: ${listed(parts)}.`];
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
      return measure && measure.values.length > 1 ? [{ name: method.name, measure }] : [];
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
    return low <= 0 && high >= 0 ? [`${lower.name} and ${higher.name}`] : [];
  });
  if (sampled.length < 2) return [];
  const of = `${info.label.toLowerCase()} in ${counted(result.trials, '{0} trial', '{0} trials')} with the same random numbers`;
  return same.length === 0
    ? [`Each method differs from the next by more than chance (95 %) in ${of}.`]
    : [`In ${of}, the difference may be chance (95 %) between ${same.join('; ')}.`];
}

/** How the sampled means compare with what is exact. */
function exactness({ form, trials }: MethodsResult, methods: readonly MethodResult[]): string[] {
  if (form !== 'tokens' || trials < 2) return [];
  const checks = methods.flatMap((method) =>
    method.measures.flatMap(({ id, exact, low, high }) =>
      exact === null || low === null || high === null
        ? []
        : [{ what: `${method.name}: ${id}`, inside: low - 1e-12 <= exact && exact <= high + 1e-12 }],
    ),
  );
  if (checks.length === 0) return [];
  const outside = checks.filter(({ inside }) => !inside);
  const count = `${checks.length - outside.length} of ${checks.length}`;
  return [
    outside.length === 0
      ? `All ${checks.length} exact values lie within the 95 % intervals of the trials.`
      : `${count} exact values lie within the 95 % intervals of the trials; outside: ${listed(outside.map(({ what }) => what))}. About 1 in 20 lies outside by chance.`,
  ];
}

function tables(result: MethodsResult): ReportTable[] {
  const infos = measureInfos(result.form);
  const measures: ReportTable = {
    id: 'measures',
    title: 'Measures',
    note: `Means over ${counted(result.trials, '{0} trial', '{0} trials')} of ${result.form === 'tokens' ? counted(result.samples, '{0} token', '{0} tokens') : counted(result.samples, '{0} text', '{0} texts')}, with Student’s 95 % interval; searches draw nothing and run once.`,
    columns: ['Method', 'Measure', 'Exact', 'Mean', 'From', 'To', 'Trials'],
    formats: ['text', 'text', 'number', 'number', 'number', 'number', 'whole'],
    keys: 2,
    rows: [
      ...result.methods.flatMap((method) =>
        infos.flatMap((info): Cell[][] => {
          const measure = measureOfMethod(method, info.id);
          if (!measure) return [];
          const { exact, mean, low, high, values } = measure;
          return [[method.name, info.label, exact, mean, low, high, values.length]];
        }),
      ),
      ...namesToCome(result).map((name): Cell[] => [name, TO_COME, null, null, null, null, null]),
    ],
  };
  const shared = infos.filter(
    ({ id, rare }) => !rare || result.methods.some((method) => measureOfMethod(method, id)),
  );
  const trials: ReportTable = {
    id: 'trials',
    title: 'Trial by trial',
    columns: ['Method', 'Trial', ...shared.map(({ label }) => label)],
    formats: ['text', 'whole', ...shared.map(({ format }) => format)],
    keys: 2,
    rows: result.methods.flatMap((method) =>
      (method.measures[0]?.values ?? []).map((_, trial): Cell[] => [
        method.name,
        trial + 1,
        ...shared.map(({ id }) => measureOfMethod(method, id)?.values[trial] ?? null),
      ]),
    ),
  };
  return [measures, ...distributions(result), ...textTable(result), trials];
}

function distributions(result: MethodsResult): ReportTable[] {
  const known = result.methods.flatMap(({ name, next }) => (next ? [{ name, next }] : []));
  if (known.length === 0) return [];
  const single = result.form === 'tokens';
  const support: ReportTable = {
    id: 'support',
    title: 'What each method draws the next token from',
    columns: [
      'Method',
      'Tokens kept',
      'Probability kept',
      'Entropy',
      'Effective vocabulary',
      'Greedy token most often',
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
    title: single ? 'Next tokens: probability and how often each was drawn' : 'Next tokens',
    columns: ['Method', 'Token', 'Before samplers', 'After samplers', ...(single ? ['Drawn'] : [])],
    formats: ['text', 'token', 'percent', 'percent', ...(single ? (['whole'] as const) : [])],
    keys: 2,
    rows: known.flatMap(({ name, next: { top, others } }) =>
      [...top.map((row) => ({ ...row, text: row.token.text })), { ...others, text: 'all others' }].map(
        ({ text, raw, processed, count }): Cell[] => [name, text, raw, processed, ...(single ? [count] : [])],
      ),
    ),
  };
  return [support, next];
}

function textTable(result: MethodsResult): ReportTable[] {
  const rows = result.methods.flatMap(({ name, texts }) =>
    texts.map(({ text, ids, logProbability, ...own }, i): Cell[] => [
      name,
      i + 1,
      text,
      ids.length,
      logProbability / ids.length,
      [endWords(own).label, ...costWords(own)].join('; '),
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      id: 'texts',
      title: 'The texts of the first trial',
      columns: ['Method', 'Number', 'Text', 'Tokens', 'Log-probability per token', 'End'],
      formats: ['text', 'whole', 'text', 'whole', 'nats', 'text'],
      keys: 2,
      rows,
    },
  ];
}
