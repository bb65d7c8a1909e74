/** What a result of the Branches experiment says. */
import { BranchLayout } from './layout';
import type { BeamRecord, BranchesResult, BranchNode } from './result';
import type { ResultToken } from '../kit/results';
import { visibleText, visibleToken } from '../../core/visibleText';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { counted, whole } from '../../l10n/language';
import { inPercent, powerOfTen, rounded } from '../../l10n/numbers';

export const branchesReport: ReportOf<BranchesResult> = { summary, tables };

/** How a token came into the tree, for people. */
export const ORIGINS: Readonly<Record<BranchNode['origin'], string>> = {
  root: 'the prompt',
  start: 'start',
  taken: 'taken',
  alternative: 'alternative',
};

/** Longest text that a sentence quotes, in characters. */
const QUOTED = 80;

/** Tokens in a row, with white space visible only where it would break the line. */
export function runningText(tokens: readonly ResultToken[]): string {
  return visibleText(tokens.map(({ text }) => text).join(''));
}

/** What the root of a tree shows. */
export function rootText(promptEnd: string): string {
  return promptEnd === '' ? '(empty prompt)' : visibleText(promptEnd.replace(/\s+/g, ' '));
}

function quoted(text: string): string {
  const shown = visibleText(text).trim();
  return shown.length > QUOTED ? `“…${shown.slice(shown.length - QUOTED)}”` : `“${shown}”`;
}

/** `0.0213 %`, or where that says nothing, the power of ten. */
export function smallPercent(logProbability: number): string {
  const p = Math.exp(logProbability);
  if (p >= 1e-5 || logProbability === -Infinity) return inPercent(p);
  const decades = logProbability / Math.LN10;
  const exponent = Math.floor(decades);
  const mantissa = (10 ** (decades - exponent)).toFixed(2);
  return mantissa === '10.00' ? `1.00·${powerOfTen(exponent + 1)}` : `${mantissa}·${powerOfTen(exponent)}`;
}

function nats(value: number): string {
  return `${rounded(value)} nats`;
}

function summary(result: BranchesResult): string[] {
  const { nodes, exact, beam } = result;
  if (nodes.length < 2) {
    const words = sampledWords(result);
    return words.length > 0 ? words : ['The run was stopped before there was a result.'];
  }
  if (exact) return exactSummary(result, exact);
  if (beam && beam.results.length > 0) return beamSummary(beam);
  return [...treeSummary(result), ...sampledWords(result)];
}

/** What the list of a server's tokens means for the samples. */
function sampledWords({ sampled }: BranchesResult): string[] {
  if (!sampled) return [];
  const { unlisted, off } = sampled;
  const words =
    off === null ? 'by how much they are off is not known' : `they are off by at most ${inPercent(off)}`;
  return [
    ...(unlisted > 0
      ? [
          `${counted(unlisted, '{0} sample', '{0} samples')} ended because the next token is one of those that the server does not list.`,
        ]
      : []),
    ...(off === 0 ? [] : [`The probabilities that tokens were drawn with are not exact: ${words}.`]),
  ];
}

type Exact = NonNullable<BranchesResult['exact']>;

function exactSummary({ stopped }: BranchesResult, exact: Exact): string[] {
  const { continuations, read, length } = exact;
  const [best] = continuations;
  if (!best) {
    return [
      `No continuation was finished within the budget of ${counted(read, '{0} beginning', '{0} beginnings')}; raise the budget or lower the length.`,
    ];
  }
  const name = `${quoted(best.text)}${best.ids.length < length ? ', which ends there' : ''}, with probability ${smallPercent(best.logProbability)} (${nats(best.logProbability)})`;
  const what = `continuation of ${counted(length, '{0} token', '{0} tokens')}`;
  return [
    best.proven
      ? `The most probable ${what} is ${name}.`
      : `The most probable ${what} found so far is ${name}; a better one is not ruled out.`,
    proofOf(exact, stopped),
    ...(stopped ? [] : [greedySentence(exact)]),
  ];
}

/** Why nothing better can have been missed, in words. */
function proofOf({ continuations, bound, read }: Exact, stopped: boolean): string {
  const proven = continuations.filter((continuation) => continuation.proven).length;
  const why =
    'A continuation is never more probable than its beginning, because each further token can only lower the product.';
  const others =
    bound === null
      ? 'There are no others'
      : `Every continuation that is not listed has at most ${smallPercent(bound)}`;
  if (proven === continuations.length) {
    return `Proof: ${counted(read, '{0} beginning', '{0} beginnings')} ${read === 1 ? 'was' : 'were'} evaluated, always the most probable one next. ${why} ${others}, so ${proven === 1 ? 'this one is' : `these ${whole(proven)} are`} the most probable.`;
  }
  const first =
    proven === 0 ? 'None is' : proven === 1 ? 'Only the first is' : `Only the first ${whole(proven)} are`;
  const end = stopped
    ? `the search was stopped after ${counted(read, '{0} beginning', '{0} beginnings')}`
    : `the budget of ${counted(read, '{0} beginning', '{0} beginnings')} ran out`;
  const limit = bound === null ? '' : ` Others may have up to ${smallPercent(bound)}.`;
  return `${first} proven: ${end}. ${why}${limit}${stopped ? '' : ' A larger budget would settle it.'}`;
}

function greedySentence({ continuations, greedy }: Exact): string {
  const place = continuations.findIndex(({ ids }) => ids.join() === greedy.ids.join());
  const name = `${quoted(greedy.text)} with ${smallPercent(greedy.logProbability)}`;
  if (place === 0) return 'Greedy decoding finds it too.';
  if (place > 0) return `Greedy decoding finds ${name}, number ${place + 1} in this list.`;
  return `Greedy decoding finds ${name}, which is not among these ${whole(continuations.length)}.`;
}

function beamSummary({ steps, results }: BeamRecord): string[] {
  const [best] = results;
  const ranked = steps.reduce((count, candidates) => count + candidates.length, 0);
  const dropped = steps.flat().filter(({ fate }) => fate === 'dropped').length;
  return [
    `Beam search finds ${quoted(best!.text)}, with probability ${smallPercent(best!.logProbability)} (${nats(best!.logProbability)}).`,
    detour(steps, best!.ids),
    `Its score is ${rounded(best!.score)}. In ${counted(steps.length, '{0} step', '{0} steps')}, ${counted(ranked, '{0} candidate', '{0} candidates')} were ranked and ${whole(dropped)} of them dropped. A dropped one could have led to something better; exact enumeration shows whether it does.`,
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
  const way =
    worst <= 0
      ? 'It ranked first at every step'
      : `It ranked only number ${worst + 1} at step ${places.indexOf(worst) + 1}`;
  if (parting < 0) return `${way}; greedy decoding finds it too.`;
  const other = steps[parting]!.find(({ beam }) => beam === steps[parting]![places[parting]!]!.beam)!;
  return `${way}; greedy decoding misses it at step ${parting + 1}, where it takes “${visibleToken(other.token.text)}”.`;
}

function treeSummary({ nodes, promptEnd }: BranchesResult): string[] {
  const layout = new BranchLayout(nodes);
  const [root] = nodes;
  const shown = layout.children(0);
  const ends = layout.ends.filter((index) => index > 0);
  if (ends.length === 0) {
    const best = nodes[shown[0]!]!;
    const all = shown.length + (root!.rest?.tokens ?? 0);
    return [
      `After ${promptEnd === '' ? 'the empty prompt' : quoted(promptEnd)} the most probable token is “${visibleToken(best.token.text)}” (${inPercent(Math.exp(best.logProbability))}).`,
      `The ${whole(shown.length)} of ${counted(all, '{0} token', '{0} tokens')} shown have ${inPercent(1 - (root!.rest?.mass ?? 0))} together. Choose one to continue with it.`,
    ];
  }
  const best = ends.reduce((a, b) => (nodes[b]!.total > nodes[a]!.total ? b : a));
  const mass = ends.reduce((sum, index) => sum + Math.exp(nodes[index]!.total), 0);
  const text = (index: number): string =>
    quoted(runningText(layout.way(index).map((at) => nodes[at]!.token)));
  const { total } = nodes[best]!;
  return [
    `${ends.length === 1 ? 'The only path' : `The most probable of ${counted(ends.length, '{0} path', '{0} paths')}`} is ${text(best)}, with probability ${smallPercent(total)} (${nats(total)}).`,
    ...(ends.length === 1
      ? []
      : [`Together they have ${smallPercent(Math.log(mass))} of the probability of all continuations.`]),
    ...widest(layout),
  ];
}

/** The place where the model is least certain. */
function widest({ nodes }: BranchLayout): string[] {
  const read = nodes.filter(({ entropy }) => entropy !== null);
  if (read.length < 2) return [];
  const most = read.reduce((a, b) => (b.entropy! > a.entropy! ? b : a));
  const after = most.parent < 0 ? 'the prompt' : `“${visibleToken(most.token.text)}”`;
  return [
    `The model is least certain after ${after}: the entropy is ${rounded(most.entropy!)} nats, as with ${rounded(Math.exp(most.entropy!))} equally probable tokens.`,
  ];
}

function tables(result: BranchesResult): ReportTable[] {
  if (result.nodes.length < 2) return [];
  const layout = new BranchLayout(result.nodes);
  const { exact, beam } = result;
  return [
    ...(exact ? [exactTable(exact)] : []),
    ...(beam ? [beamResultsTable(beam), beamStepsTable(beam)] : []),
    pathsTable(layout),
    tokensTable(layout),
    placesTable(layout),
  ];
}

function pathsTable(layout: BranchLayout): ReportTable {
  const { nodes } = layout;
  const ways = layout.ends
    .filter((index) => index > 0)
    .map((index) => layout.way(index).map((at) => nodes[at]!));
  const texts = ways.map((way) => runningText(way.map(({ token }) => token)));
  return {
    id: 'paths',
    title: 'Paths',
    note: 'Every path, most probable first. Its probability is the product of the probabilities of its tokens.',
    columns: ['path', 'tokens', 'probability', 'ln p', 'nats per token'],
    formats: ['text', 'whole', 'percent', 'nats', 'nats'],
    keys: 1,
    rows: ways
      .map((way, i): [string, number, number, number, number] => {
        const { total } = way.at(-1)!;
        const text = texts[i]!;
        // Other tokens may spell the same text.
        const name = texts.indexOf(text) === texts.lastIndexOf(text) ? text : `${text} (${idsOf(way)})`;
        return [name, way.length, Math.exp(total), total, total / way.length];
      })
      .sort((a, b) => b[3] - a[3]),
  };
}

function idsOf(way: readonly BranchNode[]): string {
  return way.map(({ token }) => token.id).join(' ');
}

function tokensTable(layout: BranchLayout): ReportTable {
  const { nodes } = layout;
  return {
    id: 'tokens',
    title: 'Tokens of the tree',
    note: 'The probability of every token given the text before it, and of the path up to it.',
    columns: ['ids', 'token', 'rank', 'probability', 'path so far', 'origin'],
    formats: ['text', 'token', 'whole', 'percent', 'percent', 'text'],
    keys: 1,
    rows: nodes
      .slice(1)
      .map(({ token, rank, logProbability, total, origin, pinned }, i): Cell[] => [
        idsOf(layout.way(i + 1).map((at) => nodes[at]!)),
        token.text,
        rank + 1,
        Math.exp(logProbability),
        Math.exp(total),
        `${ORIGINS[origin]}${pinned ? ', pinned' : ''}`,
      ]),
  };
}

function placesTable(layout: BranchLayout): ReportTable {
  const { nodes } = layout;
  return {
    id: 'places',
    title: 'What is not in the tree',
    note: 'After each path: the entropy of the next token, and the tokens that are not shown with their total probability.',
    columns: ['after ids', 'last token', 'entropy in nats', 'tokens not shown', 'their probability'],
    formats: ['text', 'token', 'nats', 'whole', 'percent'],
    keys: 1,
    rows: nodes.flatMap(({ rest, entropy, token, parent }, index): Cell[][] =>
      rest === null
        ? []
        : [
            [
              idsOf(layout.way(index).map((at) => nodes[at]!)),
              parent < 0 ? '(prompt)' : token.text,
              entropy,
              rest.tokens,
              rest.mass,
            ],
          ],
    ),
  };
}

function exactTable({ continuations, greedy }: Exact): ReportTable {
  return {
    id: 'exact',
    title: 'The most probable continuations',
    note: 'By exact enumeration. Proven: no other continuation can be more probable.',
    columns: ['rank', 'continuation', 'probability', 'ln p', 'proven', 'greedy decoding'],
    formats: ['whole', 'text', 'percent', 'nats', 'text', 'text'],
    keys: 1,
    rows: continuations.map(({ ids, text, logProbability, proven }, i): Cell[] => [
      i + 1,
      visibleText(text),
      Math.exp(logProbability),
      logProbability,
      proven ? 'yes' : 'no',
      ids.join() === greedy.ids.join() ? 'finds this' : '',
    ]),
  };
}

const ENDS: Readonly<Record<BeamRecord['results'][number]['end'], string>> = {
  length: 'full length',
  'end of text': 'end of text',
  'stop string': 'stop string',
  stopped: 'stopped',
};

function beamResultsTable({ results }: BeamRecord): ReportTable {
  return {
    id: 'beams',
    title: 'Results of beam search',
    note: 'Score: the sum of ln p divided by the number of tokens to the power of the length penalty.',
    columns: ['rank', 'continuation', 'tokens', 'score', 'ln p', 'end'],
    formats: ['whole', 'text', 'whole', 'nats', 'nats', 'text'],
    keys: 1,
    rows: results.map(({ ids, text, score, logProbability, end }, i): Cell[] => [
      i + 1,
      visibleText(text),
      ids.length,
      score,
      logProbability,
      ENDS[end],
    ]),
  };
}

function beamStepsTable({ steps }: BeamRecord): ReportTable {
  return {
    id: 'steps',
    title: 'Beam search, step by step',
    note: 'The candidates of every step by their sum of ln p, twice as many as there are beams. Beam 1 is the best.',
    columns: ['step', 'rank', 'beam', 'token', 'ln p', 'sum', 'fate'],
    formats: ['whole', 'whole', 'whole', 'token', 'nats', 'nats', 'text'],
    keys: 2,
    rows: steps.flatMap((candidates, step) =>
      candidates.map(({ beam, token, logProbability, total, fate }, place): Cell[] => [
        step + 1,
        place + 1,
        beam + 1,
        token.text,
        logProbability,
        total,
        fate,
      ]),
    ),
  };
}
