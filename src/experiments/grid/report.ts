/** What a grid says: which side matters, which cells are predictable or varied, and every number of it. */
import { meanInterval, type MeanInterval } from '../../core/statistics/meanInterval';
import { mean } from '../../core/sums';
import { axisLabel, type Side } from './axes';
import type { GridCell, GridResult } from './result';
import { gridTables } from './tables';
import type { ReportOf } from '../report/types';
import { counted, languageTag, t } from '../../l10n/language';
import { capitalized, inPercent, listed, rounded } from '../../l10n/numbers';

/** The same within a sentence; names of methods keep their capitals. */
const inSentence = (label: string): string =>
  /^\p{Lu}(?!.*\p{Lu})/u.test(label) && !label.startsWith('Mirostat')
    ? `${label.charAt(0).toLocaleLowerCase(languageTag)}${label.slice(1)}`
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

/** Per sample that is whole and not empty in all cells of both ends: the mean at the high end minus that at the low end. */
function pairedDifferences(
  low: readonly GridCell[],
  high: readonly GridCell[],
  of: (text: GridCell['texts'][number]) => number,
): number[] {
  const bySample = (cells: readonly GridCell[], sample: number): number | null => {
    const texts = cells.flatMap((cell) =>
      cell.texts.filter((text) => text.sample === sample && text.end !== 'stopped' && text.ids.length > 0),
    );
    return texts.length === cells.length && texts.length > 0 ? mean(texts.map(of)) : null;
  };
  const samples = Math.max(0, ...low.map(({ texts }) => texts.length));
  return Array.from({ length: samples }, (_, sample) => {
    const [a, b] = [bySample(low, sample), bySample(high, sample)];
    return a === null || b === null ? null : b - a;
  }).filter((difference) => difference !== null);
}

export const gridReport: ReportOf<GridResult> = { summary, tables: gridTables };

/** Whether all cells of a side's ends were reached: those of a stopped run may be few, and not of the same values. */
function hasEnds({ rows, columns, cells }: GridResult, side: Side): boolean {
  const [{ values }, other] = side === 'rows' ? [rows, columns] : [columns, rows];
  return [Math.min(...values), Math.max(...values)].every((value) => {
    const end = values.indexOf(value);
    return (
      cells.filter((cell) => (side === 'rows' ? cell.row : cell.column) === end).length ===
      other.values.length
    );
  });
}

function summary(result: GridResult): string[] {
  const { cells } = result;
  if (cells.length === 0) return [t('The run was stopped before the first cell was finished.')];
  const effects = (['rows', 'columns'] as const)
    .filter((side) => result[side].values.length > 1 && hasEnds(result, side))
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
  const [one, other] = ordered.map(changeWords) as [string, string | undefined];
  if (other === undefined) return [capitalized(`${one}.`)];
  const [first, second] = ordered as [SideEffect, SideEffect];
  return [
    strength(first) > strength(second) * NOTICEABLE
      ? capitalized(
          t(
            '{0} matters more than {1} after this prompt: {2}; {3}, averaged over the other axis.',
            inSentence(first.label),
            inSentence(second.label),
            one,
            other,
          ),
        )
      : capitalized(t('{0}; {1}, averaged over the other axis.', one, other)),
  ];
}

function changeWords(effect: SideEffect): string {
  const { label, low, high, vocabularyLow, vocabularyHigh } = effect;
  const raised = [inSentence(label), rounded(low), rounded(high)] as const;
  return strength(effect) < NOTICEABLE
    ? t('raising {0} from {1} to {2} changes nothing here', ...raised)
    : t(
        'raising {0} from {1} to {2} changes the effective vocabulary of the next token from {3} to {4} tokens',
        ...raised,
        rounded(vocabularyLow),
        rounded(vocabularyHigh),
      );
}

/** Which end of each side to take for predictable and for varied text, from the entropies of this prompt. */
function guidance(result: GridResult, effects: readonly SideEffect[]): string[] {
  const known = result.cells.flatMap((cell) => (cell.exact ? [{ ...cell, exact: cell.exact }] : []));
  const missing = result.cells.length - known.length;
  if (missing > 0) {
    return [
      counted(
        missing,
        'The samplers keep tokens that the model’s server does not list, so there are no exact figures, in {0} cell.',
        'The samplers keep tokens that the model’s server does not list, so there are no exact figures, in {0} cells.',
      ),
    ];
  }
  const ordered = known.sort((a, b) => a.exact.entropy - b.exact.entropy);
  const [calm, wild] = [ordered[0], ordered.at(-1)];
  if (!calm || !wild) return [];
  const chance = (cell: typeof calm): string => inPercent(cell.exact.coherence);
  const distinct = (cell: typeof calm): string => rounded(cell.exact.expectedDistinct);
  if (wild.exact.entropy - calm.exact.entropy < 1e-9) {
    return [
      distinct(calm) === '1'
        ? t(
            'Every cell gives the same distribution: in 10 draws the most common token makes up {0} on average, and {1} of 10 is distinct.',
            chance(calm),
            distinct(calm),
          )
        : t(
            'Every cell gives the same distribution: in 10 draws the most common token makes up {0} on average, and {1} of 10 are distinct.',
            chance(calm),
            distinct(calm),
          ),
    ];
  }
  const noticeable = effects.filter((effect) => strength(effect) >= NOTICEABLE);
  return [
    ...(noticeable.length > 0
      ? [
          t(
            'Use {0} for predictable text, and {1} for varied text.',
            listed(noticeable.map((effect) => endWords(effect, 'calm'))),
            listed(noticeable.map((effect) => endWords(effect, 'wild'))),
          ),
        ]
      : []),
    t(
      'In 10 draws of the next token, the most common one makes up {0} on average at {1}; at {2} it makes up {3}, and {4} of 10 are distinct.',
      chance(calm),
      cellName(result, calm, inSentence),
      cellName(result, wild, inSentence),
      chance(wild),
      distinct(wild),
    ),
  ];
}

/** The end of a side at which texts are predictable, or varied. */
function endWords(
  { label, low, high, vocabularyLow, vocabularyHigh }: SideEffect,
  which: 'calm' | 'wild',
): string {
  return vocabularyHigh > vocabularyLow === (which === 'wild')
    ? t('high {0} ({1})', inSentence(label), rounded(high))
    : t('low {0} ({1})', inSentence(label), rounded(low));
}

/** What the sampled texts say about a side, with an interval: differences within the same random numbers. */
function measuredEffect(result: GridResult, effect: SideEffect): string[] {
  const { label, low, high, logProbability, repetition } = effect;
  if (!logProbability || !repetition) return [];
  return [
    t(
      'With {0} raised from {1} to {2} ({3}, the same random numbers), {4}, and {5}.',
      inSentence(label),
      rounded(low),
      rounded(high),
      counted(result.samples, '{0} sample', '{0} samples'),
      logProbabilityChange(logProbability),
      repetitionChange(repetition),
    ),
  ];
}

const rangeOf = ({ low, high }: MeanInterval): string =>
  t('95 % interval {0} to {1}', rounded(low), rounded(high));

function logProbabilityChange(change: MeanInterval): string {
  const { mean: difference, low, high } = change;
  if (low === 0 && high === 0) return t('the log-probability of a text does not change');
  if (low <= 0 && high >= 0) {
    return t('the change in the log-probability of a text may be chance ({0})', rangeOf(change));
  }
  const by = [rounded(Math.abs(difference)), rangeOf(change)] as const;
  return difference > 0
    ? t('the log-probability of a text rises by {0} nats per token ({1})', ...by)
    : t('the log-probability of a text falls by {0} nats per token ({1})', ...by);
}

function repetitionChange(change: MeanInterval): string {
  const { mean: difference, low, high } = change;
  if (low === 0 && high === 0) return t('its repetition does not change');
  if (low <= 0 && high >= 0) return t('the change in its repetition may be chance ({0})', rangeOf(change));
  const by = [rounded(Math.abs(difference)), rangeOf(change)] as const;
  return difference > 0
    ? t('its repetition rises by {0} ({1})', ...by)
    : t('its repetition falls by {0} ({1})', ...by);
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
    t(
      'The texts are most probable at {0} ({1} nats per token, repetition {2}) and least repetitive at {3} ({4} nats per token, repetition {5}).',
      cellName(result, likely, inSentence),
      rounded(meanLogProbability),
      inPercent(repetition),
      cellName(result, fresh, inSentence),
      rounded(fresh.measured!.meanLogProbability),
      inPercent(fresh.measured!.repetition),
    ),
  ];
}
