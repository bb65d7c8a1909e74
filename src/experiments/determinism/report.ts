/** What a result of the Determinism experiment says. */
import type { DeterminismDifference, DeterminismResult, DeterminismStep, DeterminismVerdict } from './result';
import { visibleToken } from '../../core/visibleText';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted } from '../../l10n/language';
import { capitalized, inPercent, listed, rounded } from '../../l10n/numbers';

export const determinismReport: ReportOf<DeterminismResult> = { summary, tables };

function summary(result: DeterminismResult): string[] {
  const { verdicts, unavailable = [] } = result;
  const reasons = unavailable.map(({ reason }) => reason);
  if (verdicts.length === 0) {
    return result.stopped
      ? ['The run was stopped before the first configuration was finished.', ...reasons]
      : reasons;
  }
  const same = verdicts.filter(isIdentical);
  const varied = verdicts.filter((verdict) => !isIdentical(verdict));
  return [
    answer(verdicts, same),
    ...(same.length > 0 ? [comparedWithGreedy(same)] : []),
    ...(varied.length > 0
      ? [`Different from run to run: ${labels(varied)}. ${why(varied[0]!, varied[0]!.label)}`]
      : []),
    ...tieSentences(verdicts),
    logitsSentence(verdicts),
    ...reasons,
  ];
}

function answer(verdicts: readonly DeterminismVerdict[], same: readonly DeterminismVerdict[]): string {
  const runs = verdicts[0]!.runs.length;
  const of = `of ${counted(verdicts.length, '{0} configuration', '{0} configurations')} gave the same text in all ${runs} runs`;
  if (same.length === 0) return `None ${of}.`;
  const greedy = same.filter(({ fromSimple }) => fromSimple === null).length;
  const which = greedy === same.length ? '' : `${greedy === 0 ? 'none' : greedy} of them `;
  return `${same.length} ${of}, ${which}${which === '' ? 'that' : 'the text'} of greedy decoding.`;
}

const labels = (list: readonly DeterminismVerdict[]): string => listed(list.map(({ label }) => label));

function comparedWithGreedy(same: readonly DeterminismVerdict[]): string {
  const equal = same.filter(({ fromSimple }) => fromSimple === null);
  const parts = same.flatMap(({ label, fromSimple }) =>
    fromSimple ? [`${label} repeats itself but differs from it at token ${fromSimple.position + 1}`] : [],
  );
  const first =
    equal.length === 0
      ? 'None of them gives exactly the text of greedy decoding (the book’s generate_simple)'
      : `${labels(equal)} ${equal.length === 1 ? 'gives' : 'give'} exactly the text of greedy decoding (the book’s generate_simple)`;
  const sentence = [first, ...(parts.length > 0 ? [listed(parts)] : [])].join('; ');
  return `${capitalized(sentence)}.`;
}

function tieSentences(verdicts: readonly DeterminismVerdict[]): string[] {
  const tied = verdicts.filter(({ ties }) => ties > 0);
  if (tied.length === 0) return [];
  const most = Math.max(...tied.map(({ ties }) => ties));
  return [
    `At up to ${counted(most, '{0} step', '{0} steps')}, two or more tokens tie for the largest logit: greedy decoding then takes the lowest id, while top-k 1, min-p 1 and T → 0 keep all of them and draw one.`,
  ];
}

function logitsSentence(verdicts: readonly DeterminismVerdict[]): string {
  const apart = verdicts.filter(({ logitsApart }) => logitsApart > 0);
  if (apart.length === 0) return 'Identical contexts gave identical logits, to the last bit.';
  const most = apart.reduce((a, b) => (b.logitsApart > a.logitsApart ? b : a));
  return `Identical contexts did not always give identical logits: they differ by up to ${rounded(most.logitsApart)} in ${labels(apart)}, because sums are rounded in a different order when sequences are computed together. That can decide a near tie.`;
}

export function isIdentical({ distinct }: DeterminismVerdict): boolean {
  return distinct === 1;
}

/**
 * Why the runs of a configuration are the same, or are not.
 * @param label names it where the sentence stands alone.
 */
export function why(verdict: DeterminismVerdict, label?: string): string {
  const { difference, mostKept, leastChosen, seeds, greedy, runs } = verdict;
  if (difference) {
    const { position, second, firstStep, secondStep } = difference;
    const tie =
      difference.tied > 1
        ? ` ${counted(difference.tied, '{0} token', '{0} tokens')} tie for the largest logit there.`
        : '';
    const at = `${label === undefined ? 'At' : `With ${label}, at`} token ${position + 1}`;
    if (greedy) {
      return `${at} run 1 took ${taken(firstStep)} and run ${second + 1} took ${taken(secondStep)} although nothing was drawn: their logits differ.${tie}`;
    }
    return `${at} run 1 drew ${drawn(firstStep)} and run ${second + 1} drew ${drawn(secondStep)} from ${counted(firstStep.kept, '{0} candidate', '{0} candidates')}.${tie}`;
  }
  if (greedy) return 'It takes the largest logit (the lowest id in a tie); nothing is drawn.';
  if (mostKept === 1) return 'Only one token was left at every step, so random numbers made no difference.';
  if (seeds === 'same') {
    return `Up to ${counted(mostKept, '{0} token', '{0} tokens')} could be drawn, but every run used the same random numbers.`;
  }
  if (leastChosen === 1) {
    return `Up to ${counted(mostKept, '{0} token', '{0} tokens')} were left, but at every step one of them had a probability that rounds to 1 in float64.`;
  }
  return leastChosen > 0.999
    ? `Up to ${counted(mostKept, '{0} token', '{0} tokens')} could be drawn, but each one that was drawn had a probability of at least ${inPercent(leastChosen)}.`
    : `Several tokens could be drawn, and the ${runs.length} runs agree by chance (the least probable token drawn had ${inPercent(leastChosen)}); more runs would differ.`;
}

/** How the first run relates to greedy decoding, the book’s `generate_simple`. */
export function againstSimple({ fromSimple }: DeterminismVerdict): string {
  if (!fromSimple) return 'same text';
  const { position, firstStep, secondStep } = fromSimple;
  return `from token ${position + 1}: ${visibleToken(firstStep.token.text)} instead of ${visibleToken(secondStep.token.text)}`;
}

function taken({ token, raw }: DeterminismStep): string {
  return `“${visibleToken(token.text)}” (${inPercent(raw)})`;
}

function drawn({ token, processed }: DeterminismStep): string {
  return `“${visibleToken(token.text)}” (${inPercent(processed)})`;
}

function tables(result: DeterminismResult): ReportTable[] {
  return [verdictTable(result), textTable(result), differenceTable(result), logitTable(result)];
}

function verdictTable({ verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'verdicts',
    title: 'Verdicts',
    columns: ['configuration', 'same every time', 'different texts', 'compared with greedy decoding', 'why'],
    formats: ['text', 'text', 'whole', 'text', 'text'],
    keys: 1,
    rows: verdicts.map((verdict) => [
      verdict.label,
      isIdentical(verdict) ? 'yes' : 'no',
      verdict.distinct,
      againstSimple(verdict),
      why(verdict),
    ]),
  };
}

function textTable({ simple, verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'texts',
    title: 'The texts',
    columns: ['configuration', 'run', 'text', 'ids'],
    formats: ['text', 'text', 'text', 'text'],
    keys: 2,
    rows: [
      ['greedy decoding (generate_simple)', '', simple.text, simple.ids.join(' ')],
      ...verdicts.flatMap(({ label, runs }) =>
        runs.map(({ text, ids }, i): Cell[] => [label, String(i + 1), text, ids.join(' ')]),
      ),
    ],
  };
}

function differenceTable({ verdicts }: DeterminismResult): ReportTable {
  const row = (label: string, between: string, difference: DeterminismDifference): Cell[] => [
    label,
    between,
    difference.position + 1,
    difference.firstStep.token.text,
    difference.firstStep.raw,
    difference.firstStep.processed,
    difference.secondStep.token.text,
    difference.secondStep.raw,
    difference.secondStep.processed,
    difference.firstStep.kept,
    difference.tied,
  ];
  return {
    id: 'differences',
    title: 'First differences',
    note: 'Probabilities before and after the samplers.',
    columns: [
      'configuration',
      'between',
      'token number',
      'first token',
      'first before samplers',
      'first after samplers',
      'second token',
      'second before samplers',
      'second after samplers',
      'candidates',
      'tied for first place',
    ],
    formats: [
      'text',
      'text',
      'whole',
      'token',
      'percent',
      'percent',
      'token',
      'percent',
      'percent',
      'whole',
      'whole',
    ],
    keys: 2,
    rows: verdicts.flatMap(({ label, difference, fromSimple }) => [
      ...(difference ? [row(label, `runs 1 and ${difference.second + 1}`, difference)] : []),
      ...(fromSimple ? [row(label, 'run 1 and greedy decoding', fromSimple)] : []),
    ]),
  };
}

function logitTable({ verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'steps',
    title: 'What could have been drawn',
    columns: [
      'configuration',
      'most candidates',
      'least probable token drawn',
      'steps with a tie',
      'largest difference of logits',
    ],
    formats: ['text', 'whole', 'percent', 'whole', 'number'],
    keys: 1,
    rows: verdicts.map(({ label, mostKept, leastChosen, ties, logitsApart }) => [
      label,
      mostKept,
      leastChosen,
      ties,
      logitsApart,
    ]),
  };
}
