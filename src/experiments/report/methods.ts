/** What a comparison of methods says: which varies most, which agrees with itself most, and how sure that is. */
import { meanInterval } from '../../core/statistics/meanInterval';
import type { MethodMeasure, MethodResult, MethodsResult } from '../methodsTypes';
import type { Cell, CellFormat, ReportOf, ReportTable } from './types';
import { counted, inPercent, listed, rounded } from './words';

/** What a measure is called and means, in single tokens and in whole texts. */
export interface MethodMeasureInfo {
  readonly id: string;
  readonly label: string;
  /** One sentence. */
  readonly explanation: string;
  readonly format: CellFormat;
}

const LOG_PROBABILITY: MethodMeasureInfo = {
  id: 'log-probability',
  label: 'Log-probability per token',
  explanation: 'How likely the model itself finds what is chosen, in nats per token, before any sampler.',
  format: 'nats',
};

export const TOKEN_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'diversity',
    label: 'Diversity',
    explanation: 'Distinct tokens / all tokens of a trial, as the chapter defines it.',
    format: 'percent',
  },
  {
    id: 'coherence',
    label: 'Coherence',
    explanation: 'Share of the most common token of a trial, as the chapter defines it.',
    format: 'percent',
  },
  LOG_PROBABILITY,
];

export const TEXT_MEASURES: readonly MethodMeasureInfo[] = [
  {
    id: 'distinct-2',
    label: 'Distinct-2',
    explanation: 'Distinct pairs of tokens / all pairs, over the texts of a trial together.',
    format: 'percent',
  },
  {
    id: 'self-bleu',
    label: 'Self-BLEU',
    explanation: 'How much the texts of a trial resemble each other: mean BLEU of each against the others.',
    format: 'percent',
  },
  {
    id: 'ngram-diversity',
    label: 'Freedom from repetition',
    explanation: 'How little a text repeats itself: product of (1 − rep-n) for n = 2 to 4, mean over texts.',
    format: 'percent',
  },
  LOG_PROBABILITY,
  {
    id: 'diversity',
    label: 'Diversity',
    explanation: 'Distinct texts / all texts of a trial: the chapter’s definition, with texts for tokens.',
    format: 'percent',
  },
  {
    id: 'coherence',
    label: 'Coherence',
    explanation: 'Share of the most common text of a trial: the chapter’s definition, with texts for tokens.',
    format: 'percent',
  },
  {
    id: 'distinct-1',
    label: 'Distinct-1',
    explanation: 'Distinct tokens / all tokens, over the texts of a trial together.',
    format: 'percent',
  },
  {
    id: 'distinct-3',
    label: 'Distinct-3',
    explanation: 'Distinct runs of three tokens / all of them, over the texts of a trial together.',
    format: 'percent',
  },
  {
    id: 'rep-2',
    label: 'Rep-2',
    explanation: 'Share of a text’s pairs of tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
  {
    id: 'rep-3',
    label: 'Rep-3',
    explanation: 'Share of a text’s runs of three tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
  {
    id: 'rep-4',
    label: 'Rep-4',
    explanation: 'Share of a text’s runs of four tokens that repeat an earlier one, mean over texts.',
    format: 'percent',
  },
];

export function measureInfos(form: MethodsResult['form']): readonly MethodMeasureInfo[] {
  return form === 'tokens' ? TOKEN_MEASURES : TEXT_MEASURES;
}

export function measureOfMethod(method: MethodResult, id: string): MethodMeasure | null {
  return method.measures.find((measure) => measure.id === id) ?? null;
}

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
      ...(unavailable.length > 0 ? [] : ['The run was stopped before its first trial.']),
    ];
  }
  const [variety, price] = mainMeasures(result.form);
  return [
    ranking(result, measured, variety),
    ranking(result, measured, price),
    ...certainty(result, measured, variety),
    ...exactness(result, measured),
    ...unavailable,
  ];
}

const show = (value: number, { format }: MethodMeasureInfo): string =>
  format === 'percent' ? inPercent(value) : `${rounded(value)} nats`;

/** The value that is known best: the exact one where there is one. */
const best = ({ exact, mean }: MethodMeasure): number => exact ?? mean;

function ranking(
  { form, samples }: MethodsResult,
  methods: readonly MethodResult[],
  info: MethodMeasureInfo,
): string {
  const ordered = methods
    .flatMap((method) => {
      const measure = measureOfMethod(method, info.id);
      return measure ? [{ name: method.name, value: best(measure) }] : [];
    })
    .sort((a, b) => a.value - b.value);
  const parts = ordered.map(({ name, value }) => `${name} ${show(value, info)}`);
  const of = form === 'tokens' ? counted(samples, 'draw') : counted(samples, 'text');
  return `${info.label} over ${of}, least first: ${listed(parts)}.`;
}

/** Whether neighbours in the ranking can be told apart, by their differences within the same random numbers. */
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
  const of = `${info.label.toLowerCase()} measured in ${counted(result.trials, 'trial')}`;
  return same.length === 0
    ? [
        `Every neighbouring pair differs by more than chance (95 %) in the ${of} with the same random numbers.`,
      ]
    : [
        `In the ${of} with the same random numbers, chance cannot be told from a difference (95 %) between ${listed(same)}.`,
      ];
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
      : `${count} exact values lie within the 95 % intervals of the trials; outside: ${listed(outside.map(({ what }) => what))}. About 1 in 20 is to be expected.`,
  ];
}

function tables(result: MethodsResult): ReportTable[] {
  const infos = measureInfos(result.form);
  const measures: ReportTable = {
    id: 'measures',
    title: 'What was measured',
    note: `Means over ${counted(result.trials, 'trial')} of ${counted(result.samples, result.form === 'tokens' ? 'token' : 'text')}, with Student’s 95 % interval; searches draw nothing and run once.`,
    columns: ['Method', 'Measure', 'Exact', 'Mean', 'From', 'To', 'Trials'],
    formats: ['text', 'text', 'number', 'number', 'number', 'number', 'whole'],
    keys: 2,
    rows: result.methods.flatMap((method) =>
      infos.flatMap((info): Cell[][] => {
        const measure = measureOfMethod(method, info.id);
        if (!measure) return [];
        const { exact, mean, low, high, values } = measure;
        return [[method.name, info.label, exact, mean, low, high, values.length]];
      }),
    ),
  };
  const trials: ReportTable = {
    id: 'trials',
    title: 'Trial by trial',
    columns: ['Method', 'Trial', ...infos.map(({ label }) => label)],
    formats: ['text', 'whole', ...infos.map(({ format }) => format)],
    keys: 2,
    rows: result.methods.flatMap((method) =>
      (method.measures[0]?.values ?? []).map((_, trial): Cell[] => [
        method.name,
        trial + 1,
        ...infos.map(({ id }) => measureOfMethod(method, id)?.values[trial] ?? null),
      ]),
    ),
  };
  return [measures, ...distributions(result), ...textTable(result), trials];
}

function distributions(result: MethodsResult): ReportTable[] {
  const known = result.methods.flatMap(({ name, next }) => (next ? [{ name, next }] : []));
  if (known.length === 0) return [];
  const counted_ = result.form === 'tokens';
  const support: ReportTable = {
    id: 'support',
    title: 'What each method draws the next token from',
    columns: ['Method', 'Tokens kept', 'Mass kept', 'Entropy', 'Effective vocabulary', 'Greedy is the mode'],
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
    title: counted_ ? 'Next tokens: probability and how often each was drawn' : 'Next tokens',
    columns: ['Method', 'Token', 'Before', 'After', ...(counted_ ? ['Drawn'] : [])],
    formats: ['text', 'token', 'percent', 'percent', ...(counted_ ? (['whole'] as const) : [])],
    keys: 2,
    rows: known.flatMap(({ name, next: { top, others } }) =>
      [...top.map((row) => ({ ...row, text: row.token.text })), { ...others, text: 'all others' }].map(
        ({ text, raw, processed, count }): Cell[] => [
          name,
          text,
          raw,
          processed,
          ...(counted_ ? [count] : []),
        ],
      ),
    ),
  };
  return [support, next];
}

function textTable(result: MethodsResult): ReportTable[] {
  const rows = result.methods.flatMap(({ name, texts }) =>
    texts.map(({ text, ids, logProbability, end }, i): Cell[] => [
      name,
      i + 1,
      text,
      ids.length,
      logProbability / ids.length,
      end,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      id: 'texts',
      title: 'The texts of the first trial',
      columns: ['Method', 'Text', 'What it says', 'Tokens', 'Log-probability per token', 'End'],
      formats: ['text', 'whole', 'text', 'whole', 'nats', 'text'],
      keys: 2,
      rows,
    },
  ];
}
