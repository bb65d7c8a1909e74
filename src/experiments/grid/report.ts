/** What a grid says: which side matters, which cells are predictable or varied, and every number of it. */
import { meanInterval, type MeanInterval } from '../../core/statistics/meanInterval';
import { mean } from '../../core/sums';
import { axisChoice } from './axes';
import type { GridAxis, GridCell, GridResult } from './result';
import { GRID_METRICS } from './metrics';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { endWords } from '../report/ends';
import { counted } from '../../l10n/language';
import { capitalized, inPercent, listed, rounded } from '../../l10n/numbers';

/** The name of a side for people, where it stands alone. */
export function axisLabel(axis: Pick<GridAxis, 'sampler' | 'parameter'>): string {
  return axisChoice(axis).label;
}

/** The same within a sentence; names of methods keep their capitals. */
const inSentence = (label: string): string =>
  /^[A-Z](?!.*[A-Z])/.test(label) && !label.startsWith('Mirostat')
    ? `${label.charAt(0).toLowerCase()}${label.slice(1)}`
    : label;

/** `Temperature 0.5, Top-k 3`. */
export function cellName(
  { rows, columns }: GridResult,
  cell: Pick<GridCell, 'row' | 'column'>,
  named: (label: string) => string = (label) => label,
): string {
  return [[rows, cell.row] as const, [columns, cell.column] as const]
    .map(([axis, index]) => `${named(axisLabel(axis))} ${rounded(axis.values[index]!, 6)}`)
    .join(', ');
}

type Side = 'rows' | 'columns';

/** What going from a side's lowest to its highest value does, the other side's values averaged. */
export interface SideEffect {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** Mean effective vocabulary of the next token at either end. */
  readonly vocabularyLow: number;
  readonly vocabularyHigh: number;
  /** High minus low, over samples that drew the same random numbers; null without two whole samples. */
  readonly logProbability: MeanInterval | null;
  readonly repetition: MeanInterval | null;
}

export function sideEffect(result: GridResult, side: Side): SideEffect {
  const axis = result[side];
  const [low, high] = [Math.min(...axis.values), Math.max(...axis.values)];
  const [lowCells, highCells] = [low, high].map((value) => {
    const index = axis.values.indexOf(value);
    return result.cells.filter((cell) => (side === 'rows' ? cell.row : cell.column) === index);
  }) as [GridCell[], GridCell[]];
  const vocabulary = (cells: readonly GridCell[]): number =>
    mean(cells.flatMap(({ exact }) => exact?.effectiveVocabulary ?? []));
  const paired = (of: (text: GridCell['texts'][number]) => number): MeanInterval | null => {
    const differences = pairedDifferences(lowCells, highCells, of);
    return differences.length < 2 ? null : meanInterval(differences);
  };
  return {
    label: axisLabel(axis),
    low,
    high,
    vocabularyLow: vocabulary(lowCells),
    vocabularyHigh: vocabulary(highCells),
    logProbability: paired(({ logProbability, ids }) => logProbability / ids.length),
    repetition: paired(({ repetition }) => repetition),
  };
}

/** Per sample that is whole in all cells of both ends: the mean at the high end minus that at the low end. */
function pairedDifferences(
  low: readonly GridCell[],
  high: readonly GridCell[],
  of: (text: GridCell['texts'][number]) => number,
): number[] {
  const bySample = (cells: readonly GridCell[], sample: number): number | null => {
    const texts = cells.flatMap((cell) =>
      cell.texts.filter((text) => text.sample === sample && text.end !== 'stopped'),
    );
    return texts.length === cells.length && texts.length > 0 ? mean(texts.map(of)) : null;
  };
  const samples = Math.max(0, ...low.map(({ texts }) => texts.length));
  return Array.from({ length: samples }, (_, sample) => {
    const [a, b] = [bySample(low, sample), bySample(high, sample)];
    return a === null || b === null ? null : b - a;
  }).filter((difference) => difference !== null);
}

export const gridReport: ReportOf<GridResult> = { summary, tables };

function summary(result: GridResult): string[] {
  const { cells } = result;
  if (cells.length === 0) return ['The run was stopped before the first cell was finished.'];
  const effects = (['rows', 'columns'] as const)
    .filter((side) => result[side].values.length > 1)
    .map((side) => sideEffect(result, side));
  // Ends of which some cells are not known cannot be compared.
  const compared = cells.every(({ exact }) => exact !== null) ? effects : [];
  return [
    ...guidance(result, compared),
    ...whatMatters(compared),
    ...effects.flatMap((effect) => measuredEffect(result, effect)),
    ...extremes(result),
  ];
}

/** How much a side changes the effective vocabulary, as a factor of at least 1. */
function strength({ vocabularyLow, vocabularyHigh }: SideEffect): number {
  return Math.max(vocabularyLow / vocabularyHigh, vocabularyHigh / vocabularyLow);
}

/** Below this factor, a side changes nothing that a user would notice. */
const NOTICEABLE = 1.01;

function whatMatters(effects: readonly SideEffect[]): string[] {
  if (effects.length === 0) return [];
  const ordered = [...effects].sort((a, b) => strength(b) - strength(a));
  const parts = ordered.map(({ label, low, high, vocabularyLow, vocabularyHigh }) =>
    Math.max(vocabularyLow / vocabularyHigh, vocabularyHigh / vocabularyLow) < NOTICEABLE
      ? `raising ${inSentence(label)} from ${rounded(low)} to ${rounded(high)} changes nothing here`
      : `raising ${inSentence(label)} from ${rounded(low)} to ${rounded(high)} changes the effective vocabulary of the next token from ${rounded(vocabularyLow)} to ${rounded(vocabularyHigh)} tokens`,
  );
  const [first, second] = ordered;
  const winner =
    second && strength(first!) > strength(second) * NOTICEABLE
      ? `${first!.label} matters more than ${inSentence(second.label)} after this prompt: `
      : '';
  const sentence = `${winner}${parts.join('; ')}${second ? ', averaged over the other axis' : ''}.`;
  return [capitalized(sentence)];
}

const UNLISTED =
  'The samplers keep tokens that the model’s server does not list, so there are no exact figures, in';

/** Which end of each side to take for predictable and for varied text, from the entropies of this prompt. */
function guidance(result: GridResult, effects: readonly SideEffect[]): string[] {
  const known = result.cells.flatMap((cell) => (cell.exact ? [{ ...cell, exact: cell.exact }] : []));
  const missing = result.cells.length - known.length;
  if (missing > 0) return [`${UNLISTED} ${counted(missing, '{0} cell', '{0} cells')}.`];
  const ordered = known.sort((a, b) => a.exact.entropy - b.exact.entropy);
  const [calm, wild] = [ordered[0], ordered.at(-1)];
  if (!calm || !wild) return [];
  const chance = (cell: typeof calm): string => inPercent(cell.exact.coherence);
  const distinct = (cell: typeof calm): string => rounded(cell.exact.expectedDistinct);
  if (effects.length === 0 || wild.exact.entropy - calm.exact.entropy < 1e-9) {
    return [
      `Every cell gives the same distribution: in 10 draws the most common token makes up ${chance(calm)} on average, and ${distinct(calm)} of 10 ${distinct(calm) === '1' ? 'is' : 'are'} distinct.`,
    ];
  }
  const ends = (which: 'calm' | 'wild'): string =>
    listed(
      effects
        .filter((effect) => strength(effect) >= NOTICEABLE)
        .map(({ label, low, high, vocabularyLow, vocabularyHigh }) => {
          const useHigh = vocabularyHigh > vocabularyLow === (which === 'wild');
          return `${useHigh ? 'high' : 'low'} ${inSentence(label)} (${rounded(useHigh ? high : low)})`;
        }),
    );
  return [
    `Use ${ends('calm')} for predictable text, and ${ends('wild')} for varied text.`,
    `In 10 draws of the next token, the most common one makes up ${chance(calm)} on average at ${cellName(result, calm, inSentence)}; at ${cellName(result, wild, inSentence)} it makes up ${chance(wild)}, and ${distinct(wild)} of 10 are distinct.`,
  ];
}

/** What the sampled texts say about a side, with an interval: differences within the same random numbers. */
function measuredEffect(result: GridResult, effect: SideEffect): string[] {
  const { label, low, high, logProbability, repetition } = effect;
  if (!logProbability || !repetition) return [];
  const raised = `With ${inSentence(label)} raised from ${rounded(low)} to ${rounded(high)}`;
  const parts = [
    change('the log-probability of a text', 'nats per token', logProbability),
    change('its repetition', '', repetition),
  ];
  return [
    `${raised} (${counted(result.samples, '{0} sample', '{0} samples')}, the same random numbers), ${parts.join(', and ')}.`,
  ];
}

function change(what: string, unit: string, { mean: difference, low, high }: MeanInterval): string {
  const range = `95 % interval ${rounded(low)} to ${rounded(high)}`;
  if (low === 0 && high === 0) return `${what} does not change`;
  if (low <= 0 && high >= 0) return `the change in ${what} may be chance (${range})`;
  const by = [rounded(Math.abs(difference)), unit].filter((part) => part !== '').join(' ');
  return `${what} ${difference > 0 ? 'rises' : 'falls'} by ${by} (${range})`;
}

/** The cells whose texts stand out. */
function extremes(result: GridResult): string[] {
  const measured = result.cells.filter((cell) => cell.measured !== null);
  if (measured.length < 2) return [];
  const best = (of: (cell: GridCell) => number): GridCell =>
    measured.reduce((found, cell) => (of(cell) > of(found) ? cell : found));
  const likely = best(({ measured: m }) => m!.meanLogProbability);
  const fresh = best(({ measured: m }) => -m!.repetition);
  const { meanLogProbability, repetition } = likely.measured!;
  return [
    `The texts are most probable at ${cellName(result, likely, inSentence)} (${rounded(meanLogProbability)} nats per token, repetition ${inPercent(repetition)}) and least repetitive at ${cellName(result, fresh, inSentence)} (${rounded(fresh.measured!.meanLogProbability)} nats per token, repetition ${inPercent(fresh.measured!.repetition)}).`,
  ];
}

function tables(result: GridResult): ReportTable[] {
  const names = [axisLabel(result.rows), axisLabel(result.columns)];
  const values = ({ row, column }: GridCell): Cell[] => [
    result.rows.values[row]!,
    result.columns.values[column]!,
  ];
  const metrics = GRID_METRICS.filter(({ of }) => result.cells.some((cell) => of(cell) !== null));
  const cells: ReportTable = {
    id: 'cells',
    title: 'Every cell',
    note: `Diversity and coherence are expectations over ${result.draws} draws of the next token; the other measures come from ${counted(result.samples, '{0} text', '{0} texts')} of up to ${counted(result.maxNewTokens, '{0} token', '{0} tokens')} per cell.`,
    columns: [...names, ...metrics.map(({ label }) => label), 'Greedy token most often in 10'],
    formats: ['number', 'number', ...metrics.map(({ format }) => format), 'percent'],
    keys: 2,
    rows: result.cells.map((cell) => [
      ...values(cell),
      ...metrics.map(({ of }) => of(cell)),
      cell.exact?.greedyIsMode?.uniqueMode ?? null,
    ]),
  };
  const next: ReportTable = {
    id: 'next-tokens',
    title: 'The most probable next tokens in every cell',
    columns: [...names, 'Token', 'Before samplers', 'After samplers'],
    formats: ['number', 'number', 'token', 'percent', 'percent'],
    keys: 3,
    rows: result.cells.flatMap((cell) =>
      cell.top.map(({ token, raw, processed }) => [...values(cell), token.text, raw, processed]),
    ),
  };
  const texts: ReportTable = {
    id: 'texts',
    title: 'Every text',
    columns: [...names, 'Sample', 'Text', 'Tokens', 'Log-probability per token', 'Repetition', 'End'],
    formats: ['number', 'number', 'whole', 'text', 'whole', 'nats', 'percent', 'text'],
    keys: 3,
    rows: result.cells.flatMap((cell) =>
      cell.texts.map(({ sample, text, ids, logProbability, repetition, end, stop }) => [
        ...values(cell),
        sample + 1,
        text,
        ids.length,
        logProbability / ids.length,
        repetition,
        endWords({ end, stop }).label,
      ]),
    ),
  };
  return [cells, next, ...(texts.rows.length > 0 ? [texts] : [])];
}
