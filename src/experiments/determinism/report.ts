/** What a result of the Determinism experiment says. */
import type { DeterminismDifference, DeterminismResult, DeterminismStep, DeterminismVerdict } from './result';
import { visibleToken } from '../../core/visibleText';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, inPercent, listed, rounded } from '../report/words';

export const determinismReport: ReportOf<DeterminismResult> = { summary, tables };

function summary(result: DeterminismResult): string[] {
  const { verdicts } = result;
  if (verdicts.length === 0) return ['The run was stopped before a configuration was done.'];
  const same = verdicts.filter(isIdentical);
  const simple = same.filter(({ fromSimple }) => fromSimple === null);
  const varied = verdicts.filter((verdict) => !isIdentical(verdict));
  const runs = verdicts[0]!.runs.length;
  const labels = (list: readonly DeterminismVerdict[]): string => listed(list.map(({ label }) => label));
  const sentences = [
    `${counted(same.length, 'configuration')} of ${verdicts.length} gave the same text in all ${runs} runs${same.length > 0 ? `: ${labels(same)}` : ''}.`,
  ];
  if (same.length > 0) sentences.push(comparedWithSimple(same, simple));
  if (varied.length > 0) {
    sentences.push(`Not the same from run to run: ${labels(varied)}. ${why(varied[0]!)}`);
  }
  sentences.push(...tieSentences(verdicts), logitsSentence(verdicts));
  return sentences;
}

function comparedWithSimple(
  same: readonly DeterminismVerdict[],
  simple: readonly DeterminismVerdict[],
): string {
  const others = same.filter(({ fromSimple }) => fromSimple !== null);
  if (others.length === 0) return 'Each of them gives exactly the text of generate_simple.';
  const parts = others.map(
    ({ label, fromSimple }) =>
      `${label} repeats itself but parts from it at token ${fromSimple!.position + 1}`,
  );
  const equal =
    simple.length === 0
      ? 'None of them gives the text of generate_simple'
      : `${listed(simple.map(({ label }) => label))} ${simple.length === 1 ? 'gives' : 'give'} exactly the text of generate_simple`;
  return `${equal}; ${listed(parts)}.`;
}

function tieSentences(verdicts: readonly DeterminismVerdict[]): string[] {
  const tied = verdicts.filter(({ ties }) => ties > 0);
  if (tied.length === 0) return [];
  const most = Math.max(...tied.map(({ ties }) => ties));
  return [
    `At up to ${counted(most, 'step')} two or more tokens share the largest logit: greedy then takes the lowest id, while what keeps all of them (top-k 1, min-p 1, T → 0) draws one.`,
  ];
}

function logitsSentence(verdicts: readonly DeterminismVerdict[]): string {
  const apart = verdicts.filter(({ logitsApart }) => logitsApart > 0);
  if (apart.length === 0) {
    return 'Wherever the context was the same, the logits were computed the same to the last bit.';
  }
  const most = apart.reduce((a, b) => (b.logitsApart > a.logitsApart ? b : a));
  return `The same context did not always give the same logits: they differ by up to ${rounded(most.logitsApart)} in ${listed(apart.map(({ label }) => label))}, because sums are rounded in another order when sequences are computed side by side; a near tie can turn on it.`;
}

export function isIdentical({ distinct }: DeterminismVerdict): boolean {
  return distinct === 1;
}

/** Why the runs of a configuration are the same, or are not. */
export function why(verdict: DeterminismVerdict): string {
  const { difference, mostKept, leastChosen, seeds, greedy, runs } = verdict;
  if (difference) {
    const { position, second, firstStep, secondStep } = difference;
    const tie =
      difference.tied > 1 ? ` ${counted(difference.tied, 'token')} share the largest logit there.` : '';
    if (greedy) {
      return `Run 1 took ${taken(firstStep)} and run ${second + 1} ${taken(secondStep)} as token ${position + 1}, though nothing was drawn: their logits differ.${tie}`;
    }
    return `At token ${position + 1} run 1 drew ${drawn(firstStep)} and run ${second + 1} ${drawn(secondStep)}, of ${counted(firstStep.kept, 'token')} that were left.${tie}`;
  }
  if (greedy) return 'It takes the largest logit, the lowest id among equals; nothing is drawn.';
  if (mostKept === 1) return 'Every step left exactly one token, so the random numbers had no say.';
  if (seeds === 'same') {
    return `Up to ${counted(mostKept, 'token')} could be drawn, but every run drew with the same random numbers.`;
  }
  if (leastChosen === 1) {
    return `Up to ${counted(mostKept, 'token')} were left, but at every step one had all the probability that float64 can tell from nothing.`;
  }
  return leastChosen > 0.999
    ? `Up to ${counted(mostKept, 'token')} could be drawn, but those that were had a probability of ${inPercent(leastChosen)} or more.`
    : `More than one token could be drawn (${inPercent(leastChosen)} was the least probable that was), and the ${runs.length} runs agree by chance; more runs would part.`;
}

/** How the first run relates to `generate_simple`. */
export function againstSimple({ fromSimple }: DeterminismVerdict): string {
  if (!fromSimple) return 'equal';
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
    columns: ['configuration', 'same every time', 'different texts', 'generate_simple', 'why'],
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
      ['generate_simple', '', simple.text, simple.ids.join(' ')],
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
    note: 'Probability before the chain, and the one that it was drawn with.',
    columns: [
      'configuration',
      'between',
      'token number',
      'first',
      'before',
      'drawn with',
      'second',
      'its before',
      'its drawn with',
      'tokens left',
      'tied for best',
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
      ...(fromSimple ? [row(label, 'run 1 and generate_simple', fromSimple)] : []),
    ]),
  };
}

function logitTable({ verdicts }: DeterminismResult): ReportTable {
  return {
    id: 'steps',
    title: 'What could have been drawn',
    columns: [
      'configuration',
      'most tokens left',
      'least probable drawn',
      'steps with a tie',
      'logits apart',
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
