/** A result of Branches in sentences. */
import { visibleText, visibleToken } from '../../core/visibleText';
import { counted, t, whole } from '../../l10n/language';
import { fixed, inPercent, powerOfTen, rounded, written } from '../../l10n/numbers';
import type { ResultToken } from '../kit/results';
import { BranchLayout } from './layout';
import type { BeamRecord, BranchesResult, BranchNode, ExactRecord } from './result';

/** How a token came into the tree, for people. */
export const ORIGINS: Readonly<Record<BranchNode['origin'], string>> = {
  root: t('the prompt'),
  start: t({ message: 'start', comment: 'origin of a token in a tree' }),
  taken: t({ message: 'taken', comment: 'origin of a token in a tree' }),
  alternative: t({ message: 'alternative', comment: 'origin of a token in a tree' }),
};

/** Longest text that a sentence quotes, in characters. */
const QUOTED = 80;

/** Tokens in a row, with white space visible only where it would break the line. */
export function runningText(tokens: readonly ResultToken[]): string {
  return visibleText(tokens.map(({ text }) => text).join(''));
}

/** What the root of a tree shows. */
export function rootText(promptEnd: string): string {
  return promptEnd === '' ? t('(empty prompt)') : visibleText(promptEnd.replace(/\s+/g, ' '));
}

function quoted(text: string): string {
  const shown = visibleText(text).trim();
  if (shown === '') return t('the empty text');
  return t('“{0}”', shown.length > QUOTED ? `…${shown.slice(shown.length - QUOTED)}` : shown);
}

/** `0.0213 %`, or where that says nothing, the power of ten. */
export function smallPercent(logProbability: number): string {
  const p = Math.exp(logProbability);
  if (p >= 1e-5 || logProbability === -Infinity) return inPercent(p);
  const decades = logProbability / Math.LN10;
  const exponent = Math.floor(decades);
  const mantissa = (10 ** (decades - exponent)).toFixed(2);
  return mantissa === '10.00'
    ? `${fixed(1, 2)}·${powerOfTen(exponent + 1)}`
    : `${written(mantissa)}·${powerOfTen(exponent)}`;
}

function nats(value: number): string {
  return t('{0} nats', rounded(value));
}

export function branchesSentences(result: BranchesResult): string[] {
  const { nodes, exact, beam } = result;
  if (nodes.length < 2) {
    const words = sampledWords(result);
    return words.length > 0 ? words : [t('The run was stopped before there was a result.')];
  }
  if (exact) return exactSummary(result, exact);
  if (beam && beam.results.length > 0) return beamSummary(beam);
  return [...treeSummary(result), ...sampledWords(result)];
}

/** What the list of a server's tokens means for the samples. */
function sampledWords({ sampled }: BranchesResult): string[] {
  if (!sampled) return [];
  const { unlisted, off } = sampled;
  const inexact =
    off === null
      ? t(
          'The probabilities that tokens were drawn with are not exact: by how much they are off is not known.',
        )
      : t(
          'The probabilities that tokens were drawn with are not exact: they are off by at most {0}.',
          inPercent(off),
        );
  return [
    ...(unlisted > 0
      ? [
          counted(
            unlisted,
            '{0} sample ended because the next token is one of those that the server does not list.',
            '{0} samples ended because the next token is one of those that the server does not list.',
          ),
        ]
      : []),
    ...(off === 0 ? [] : [inexact]),
  ];
}

const beginnings = (read: number): string => counted(read, '{0} beginning', '{0} beginnings');

function exactSummary({ stopped }: BranchesResult, exact: ExactRecord): string[] {
  const { continuations, read, length } = exact;
  const [best] = continuations;
  if (!best) {
    return [
      t(
        'No continuation was finished within the budget of {0}; raise the budget or lower the length.',
        beginnings(read),
      ),
    ];
  }
  return [
    bestSentence(best, length),
    continuations.every(({ proven }) => proven) ? proofOf(exact) : openSentence(exact, stopped),
    ...(stopped ? [] : [greedySentence(exact)]),
  ];
}

function bestSentence(
  { text, ids, logProbability, proven }: ExactRecord['continuations'][number],
  length: number,
): string {
  const what = [
    counted(length, '{0} token', '{0} tokens'),
    quoted(text),
    smallPercent(logProbability),
    nats(logProbability),
  ];
  if (ids.length < length) {
    return proven
      ? t(
          'The most probable continuation of {0} is {1}, which ends there, with probability {2} ({3}).',
          ...what,
        )
      : t(
          'The most probable continuation of {0} found so far is {1}, which ends there, with probability {2} ({3}); a better one is not ruled out.',
          ...what,
        );
  }
  return proven
    ? t('The most probable continuation of {0} is {1}, with probability {2} ({3}).', ...what)
    : t(
        'The most probable continuation of {0} found so far is {1}, with probability {2} ({3}); a better one is not ruled out.',
        ...what,
      );
}

const WHY = t(
  'A continuation is never more probable than its beginning, because each further token can only lower the product.',
);

/** Why nothing better can have been missed, in words. */
function proofOf({ continuations: { length }, bound, read }: ExactRecord): string {
  return [
    counted(
      read,
      'Proof: {0} beginning was evaluated, always the most probable one next.',
      'Proof: {0} beginnings were evaluated, always the most probable one next.',
    ),
    WHY,
    bound === null
      ? counted(
          length,
          'There are no others, so this one is the most probable.',
          'There are no others, so these {0} are the most probable.',
        )
      : counted(
          length,
          'Every continuation that is not listed has at most {1}, so this one is the most probable.',
          'Every continuation that is not listed has at most {1}, so these {0} are the most probable.',
          smallPercent(bound),
        ),
  ].join(' ');
}

/** What is not proven, and why. */
function openSentence({ continuations, bound, read }: ExactRecord, stopped: boolean): string {
  const proven = continuations.filter((continuation) => continuation.proven).length;
  return [
    stopped ? stoppedAfter(proven, beginnings(read)) : ranOut(proven, beginnings(read)),
    WHY,
    ...(bound === null
      ? []
      : [t('Other continuations may have a probability of up to {0}.', smallPercent(bound))]),
    ...(stopped ? [] : [t('A larger budget would settle it.')]),
  ].join(' ');
}

function stoppedAfter(proven: number, read: string): string {
  if (proven === 0) return t('None is proven: the search was stopped after {0}.', read);
  return counted(
    proven,
    'Only the first is proven: the search was stopped after {1}.',
    'Only the first {0} are proven: the search was stopped after {1}.',
    read,
  );
}

function ranOut(proven: number, read: string): string {
  if (proven === 0) return t('None is proven: the budget of {0} ran out.', read);
  return counted(
    proven,
    'Only the first is proven: the budget of {1} ran out.',
    'Only the first {0} are proven: the budget of {1} ran out.',
    read,
  );
}

function greedySentence({ continuations, greedy }: ExactRecord): string {
  const place = continuations.findIndex(({ ids }) => ids.join() === greedy.ids.join());
  const name = [quoted(greedy.text), smallPercent(greedy.logProbability)] as const;
  if (place === 0) return t('Greedy decoding finds it too.');
  if (place > 0)
    return t('Greedy decoding finds {0} with {1}, number {2} in this list.', ...name, whole(place + 1));
  return t(
    'Greedy decoding finds {0} with {1}, which is not among these {2}.',
    ...name,
    whole(continuations.length),
  );
}

function beamSummary({ steps, results }: BeamRecord): string[] {
  const [best] = results;
  const ranked = steps.reduce((count, candidates) => count + candidates.length, 0);
  const dropped = steps.flat().filter(({ fate }) => fate === 'dropped').length;
  return [
    t(
      'Beam search finds {0}, with probability {1} ({2}).',
      quoted(best!.text),
      smallPercent(best!.logProbability),
      nats(best!.logProbability),
    ),
    detour(steps, best!.ids),
    [
      t('Its score is {0}.', rounded(best!.score)),
      counted(
        ranked,
        'In {1}, {0} candidate was ranked and {2} of them dropped.',
        'In {1}, {0} candidates were ranked and {2} of them dropped.',
        counted(steps.length, '{0} step', '{0} steps'),
        whole(dropped),
      ),
      t('A dropped one could have led to something better; exact enumeration shows whether it does.'),
    ].join(' '),
  ];
}

/** How far behind the best sequence was on the way, and whether greedy search finds it too. */
function detour(steps: BeamRecord['steps'], ids: readonly number[]): string {
  const places = steps.slice(0, ids.length).map((candidates, step) => {
    const key = ids.slice(0, step + 1).join();
    return candidates.findIndex((candidate) => candidate.ids.join() === key);
  });
  const worst = Math.max(...places);
  // Greedy search takes the best continuation of what it has; it ranks first among those of its beam.
  const parting = places.findIndex((place, step) => {
    const candidates = steps[step]!;
    return candidates.findIndex(({ beam }) => beam === candidates[place]?.beam) !== place;
  });
  const way = [whole(worst + 1), whole(places.indexOf(worst) + 1)] as const;
  if (parting < 0) {
    return worst <= 0
      ? t('It ranked first at every step; greedy decoding finds it too.')
      : t('It ranked only number {0} at step {1}; greedy decoding finds it too.', ...way);
  }
  const other = steps[parting]!.find(({ beam }) => beam === steps[parting]![places[parting]!]!.beam)!;
  const miss = [whole(parting + 1), tokenWords(other.token)] as const;
  return worst <= 0
    ? t('It ranked first at every step; greedy decoding misses it at step {0}, where it takes {1}.', ...miss)
    : t(
        'It ranked only number {0} at step {1}; greedy decoding misses it at step {2}, where it takes {3}.',
        ...way,
        ...miss,
      );
}

function tokenWords({ text }: ResultToken): string {
  return t('“{0}”', visibleToken(text));
}

function treeSummary({ nodes, promptEnd }: BranchesResult): string[] {
  const layout = new BranchLayout(nodes);
  const [root] = nodes;
  const shown = layout.children(0);
  const ends = layout.ends.filter((index) => index > 0);
  if (ends.length === 0) {
    const best = nodes[shown[0]!]!;
    const all = shown.length + (root!.rest?.tokens ?? 0);
    const first = [tokenWords(best.token), inPercent(Math.exp(best.logProbability))] as const;
    return [
      promptEnd === ''
        ? t('After the empty prompt the most probable token is {0} ({1}).', ...first)
        : t('After {0} the most probable token is {1} ({2}).', quoted(promptEnd), ...first),
      t(
        'The {0} of {1} shown have {2} together. Choose one to continue with it.',
        whole(shown.length),
        counted(all, '{0} token', '{0} tokens'),
        inPercent(1 - (root!.rest?.mass ?? 0)),
      ),
    ];
  }
  const best = ends.reduce((a, b) => (nodes[b]!.total > nodes[a]!.total ? b : a));
  const mass = ends.reduce((sum, index) => sum + Math.exp(nodes[index]!.total), 0);
  const text = (index: number): string =>
    quoted(runningText(layout.way(index).map((at) => nodes[at]!.token)));
  const { total } = nodes[best]!;
  const path = [text(best), smallPercent(total), nats(total)] as const;
  return [
    ...(ends.length === 1
      ? [t('The only path is {0}, with probability {1} ({2}).', ...path)]
      : [
          t(
            'The most probable of {0} is {1}, with probability {2} ({3}).',
            counted(ends.length, '{0} path', '{0} paths'),
            ...path,
          ),
          t('Together they have {0} of the probability of all continuations.', smallPercent(Math.log(mass))),
        ]),
    ...widest(layout),
  ];
}

/** The place where the model is least certain. */
function widest({ nodes }: BranchLayout): string[] {
  const read = nodes.filter(({ entropy }) => entropy !== null);
  if (read.length < 2) return [];
  const most = read.reduce((a, b) => (b.entropy! > a.entropy! ? b : a));
  const figures = [nats(most.entropy!), rounded(Math.exp(most.entropy!))] as const;
  return [
    most.parent < 0
      ? t(
          'The model is least certain after the prompt: the entropy is {0}, as with {1} equally probable tokens.',
          ...figures,
        )
      : t(
          'The model is least certain after {0}: the entropy is {1}, as with {2} equally probable tokens.',
          tokenWords(most.token),
          ...figures,
        ),
  ];
}
