/** What a result of Explore says. */
import { visibleToken } from '../../core/visibleText';
import type { Cell, ReportOf, ReportTable } from '../report/types';
import { costOf } from '../kit/turnBack';
import { endWords } from '../report/ends';
import { counted, whole } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';
import type { ExploreResult } from './result';

export const exploreReport: ReportOf<ExploreResult> = { summary, tables };

type Next = NonNullable<ExploreResult['next']>;
type Completion = ExploreResult['completions'][number];

/** Texts of the tokens that a result names, by their ids. */
export function tokenTexts({ tokens }: ExploreResult): (id: number) => string {
  const texts = new Map(tokens.map(({ id, text }) => [id, text]));
  return (id) => texts.get(id) ?? `token ${id}`;
}

function quoted(text: string): string {
  return `“${visibleToken(text)}”`;
}

function summary(result: ExploreResult): string[] {
  const { next, completions, stopped } = result;
  const [first] = next?.rows ?? [];
  if (!next || !first) {
    return completions.length === 0
      ? ['The run was stopped before there was a result.']
      : [...likeliest(result)];
  }
  const name = quoted(tokenTexts(result)(first.id));
  const after =
    first.removedBy === null
      ? `${first.limits ? `between ${inPercent(first.limits.low)} and ${inPercent(first.limits.high)}` : inPercent(first.processed)} after them`
      : `but ${first.removedBy} removes it`;
  return [
    `${name} is the most probable next token: ${inPercent(first.raw)} before the samplers, ${after}.`,
    ...listedIn(next),
    ...kept(next),
    ...likeliest(result),
    ...endsAtList(result),
    ...offIn(result),
    ...wentBack(result),
    ...next.warnings,
    ...(stopped ? ['The run was stopped before all completions were finished.'] : []),
  ];
}

function kept({ kept: left, keptMass, vocabularySize, entropy, rawEntropy, listed }: Next): string[] {
  if (listed && !listed.within) return [];
  const of = `${whole(left)} of ${counted(vocabularySize, '{0} token', '{0} tokens')}`;
  const before = listed ? rangeWords(listed.rawEntropy) : `${rounded(rawEntropy)} nats`;
  return [
    `The samplers keep ${of} with ${inPercent(keptMass)} of the probability; the entropy is ${before} before them and ${rounded(entropy)} nats after.`,
  ];
}

function rangeWords({ least, most }: NonNullable<Next['listed']>['rawEntropy']): string {
  return `from ${rounded(least)} to ${rounded(most)} nats`;
}

/** `The model’s server lists 20 of 151,936 tokens holding 97.3 %.` */
function listedIn({ listed, kept: left, vocabularySize }: Next): string[] {
  if (!listed) return [];
  const { tokens, mass, exact, off, within, counted: certain, rawEntropy } = listed;
  return [
    `The model’s server lists ${whole(tokens)} of ${counted(vocabularySize, '{0} token', '{0} tokens')} holding ${inPercent(mass)}.`,
    ...(within
      ? []
      : [
          `The samplers keep ${certain ? `${whole(left)} tokens, some of them beyond these` : 'tokens beyond these, so how many is not known'}; the entropy before them is ${rangeWords(rawEntropy)}.`,
        ]),
    ...(exact ? [] : [`${AFTER} ${offWords(off)}.`]),
  ];
}

const AFTER = 'The probabilities after the samplers are not exact:';

function offWords(off: number | null): string {
  return off === null ? 'by how much they are off is not known' : `they are off by at most ${inPercent(off)}`;
}

/** Texts that ended because what was drawn is not listed. */
function endsAtList({ completions }: ExploreResult): string[] {
  const ended = completions.filter(({ end }) => end === 'unlisted').length;
  return ended === 0
    ? []
    : [
        `${counted(ended, '{0} completion', '{0} completions')} ended because the next token is one of those that the server does not list.`,
      ];
}

function offIn({ completions }: ExploreResult): string[] {
  const off = completions.flatMap((completion) => (completion.off === undefined ? [] : [completion.off]));
  if (off.length === 0) return [];
  const most = off.includes(null) ? null : Math.max(...off.map((each) => each ?? 0));
  return [
    `In ${counted(off.length, '{0} completion', '{0} completions')}, the probabilities after the samplers are not exact: ${offWords(most)}.`,
  ];
}

/** Mean over a completion's tokens of the natural log of the probability before the chain; null for no tokens. */
export function meanLogProbability({ ids, logProbability }: Completion): number | null {
  return ids.length === 0 ? null : logProbability / ids.length;
}

function likeliest({ completions }: ExploreResult): string[] {
  const means = completions.map((completion) => meanLogProbability(completion) ?? -Infinity);
  const best = Math.max(...means);
  if (best === -Infinity) return [];
  const sample = means.indexOf(best) + 1;
  const tokens = counted(
    completions.reduce((sum, { ids }) => sum + ids.length, 0),
    '{0} token',
    '{0} tokens',
  );
  return [
    completions.length === 1
      ? `The completion has ${tokens} and ${rounded(best)} nats per token (perplexity ${rounded(Math.exp(-best))}).`
      : `Of ${counted(completions.length, '{0} completion', '{0} completions')} with ${tokens}, number ${sample} is the most probable per token: ${rounded(best)} nats (perplexity ${rounded(Math.exp(-best))}).`,
  ];
}

/** How often completions went back over banned phrases, and how much of the probability that took. */
function wentBack({ completions }: ExploreResult): string[] {
  const turned = completions.flatMap(({ turns }) => (turns ? [turns] : []));
  if (turned.length === 0) return [];
  const times = turned.reduce((sum, turns) => sum + turns.length, 0);
  const cost = turned
    .map(costOf)
    .reduce<number | null>((sum, nats) => (sum === null || nats === null ? null : sum + nats), 0);
  const words = cost === null ? '' : `, which cost ${rounded(cost)} nats`;
  return [
    `${counted(turned.length, '{0} completion', '{0} completions')} went back over banned phrases, ${counted(times, '{0} time', '{0} times')} in all${words}.`,
  ];
}

function tables(result: ExploreResult): ReportTable[] {
  const { next, completions } = result;
  return [
    ...(next ? [nextTable(result, next)] : []),
    // How many unlisted tokens each has removed is known only where it removes them all.
    ...(next && (next.listed?.within ?? true) ? [samplersTable(next, result.provenance.parameters)] : []),
    ...(completions.length > 0 ? [completionsTable(result), tokensTable(result)] : []),
    ...(completions.some(({ turns }) => turns) ? [turnsTable(result)] : []),
  ];
}

function nextTable(result: ExploreResult, { rows, rest, listed }: Next): ReportTable {
  const text = tokenTexts(result);
  const others: Cell[] = ['all others', null, rest.raw, rest.processed, null, null];
  return {
    id: 'next',
    title: 'The next token',
    note:
      listed && !listed.within
        ? `Most probable first. The probabilities after the samplers: ${listed.exact ? 'exact' : offWords(listed.off)}.`
        : `Most probable first. Of ${counted(rest.tokens, '{0} other token', '{0} other tokens')} the samplers keep ${whole(rest.kept)}.`,
    columns: ['token', 'id', 'before samplers', 'after samplers', 'removed by', 'logit'],
    formats: ['token', 'text', 'percent', 'percent', 'text', 'number'],
    keys: 2,
    rows: [
      ...rows.map(({ id, raw, processed, removedBy, logit }): Cell[] => [
        text(id),
        id,
        raw,
        processed,
        removedBy,
        logit,
      ]),
      ...(rest.tokens > 0 ? [others] : []),
    ],
  };
}

function samplersTable(next: Next, parameters: unknown): ReportTable {
  const chain = chainIn(parameters);
  const rows = next.steps.map(({ sampler, removed, mass }, i): Cell[] => [
    `${i + 1}. ${sampler}`,
    settings(chain[i]),
    removed,
    mass,
  ]);
  return {
    id: 'chain',
    title: 'What the samplers do',
    note: 'The tokens that each sampler removes, with their probability before the samplers; and all samplers together.',
    columns: ['step', 'settings', 'removed', 'their probability'],
    formats: ['text', 'text', 'whole', 'percent'],
    keys: 1,
    rows: [...rows, ['all', null, next.vocabularySize - next.kept, 1 - next.keptMass]],
  };
}

/** A result's parameters are as they were kept: what is no chain has no settings. */
function chainIn(parameters: unknown): readonly unknown[] {
  if (typeof parameters !== 'object' || parameters === null || !('chain' in parameters)) return [];
  return Array.isArray(parameters.chain) ? parameters.chain : [];
}

function settings(step: unknown): string {
  return Object.entries(step ?? {})
    .filter(([name]) => name !== 'sampler')
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}

function completionsTable({ completions }: ExploreResult): ReportTable {
  const isShaped = completions.some(({ fitting }) => fitting !== undefined);
  const hasTurned = completions.some(({ turns }) => turns);
  const isOff = completions.some(({ off }) => off !== undefined);
  return {
    id: 'completions',
    title: 'Completions',
    note: 'ln p is the sum over the tokens of the natural logarithm of the probability before the samplers; the mean is per token.',
    columns: [
      ...['sample', 'text', 'tokens', 'ln p', 'mean ln p', 'perplexity', 'end'],
      ...(isShaped ? ['shape left'] : []),
      ...(hasTurned ? ['went back', 'cost'] : []),
      ...(isOff ? ['off by at most'] : []),
    ],
    formats: [
      ...(['whole', 'text', 'whole', 'nats', 'nats', 'number', 'text'] as const),
      ...(isShaped ? (['percent'] as const) : []),
      ...(hasTurned ? (['whole', 'nats'] as const) : []),
      ...(isOff ? (['percent'] as const) : []),
    ],
    keys: 1,
    rows: completions.map((completion, i): Cell[] => {
      const { text, ids, logProbability, fitting, turns = [], off } = completion;
      const mean = meanLogProbability(completion);
      const perplexity = mean === null ? null : Math.exp(-mean);
      return [
        ...[i + 1, text, ids.length, logProbability, mean, perplexity, endWords(completion).label],
        ...(isShaped ? [fitting === undefined ? null : Math.exp(fitting)] : []),
        ...(hasTurned ? [turns.length, costOf(turns)] : []),
        ...(isOff ? [off === undefined ? 0 : off] : []),
      ];
    }),
  };
}

function turnsTable({ completions }: ExploreResult): ReportTable {
  return {
    id: 'turns',
    title: 'Where completions went back',
    note: 'The first token of what was taken back does not come there again: its probability after the samplers, and that of all that was taken back before them.',
    columns: ['sample', 'position', 'taken back', 'banned phrase', 'after samplers', 'before samplers'],
    formats: ['whole', 'whole', 'text', 'text', 'percent', 'percent'],
    keys: 3,
    rows: completions.flatMap(({ turns = [] }, sample) =>
      turns.map(({ place, text, phrase, processed, raw }): Cell[] => [
        sample + 1,
        place + 1,
        text,
        phrase,
        processed,
        raw,
      ]),
    ),
  };
}

function tokensTable(result: ExploreResult): ReportTable {
  const text = tokenTexts(result);
  const isShaped = result.completions.some(({ fitting }) => fitting !== undefined);
  return {
    id: 'tokens',
    title: 'Tokens of the completions',
    note: 'Rank 1 is the most probable token before the samplers.',
    columns: [
      ...['sample', 'position', 'token', 'id', 'before samplers', 'after samplers', 'rank'],
      ...(isShaped ? ['shape left', 'wanted instead'] : []),
    ],
    formats: [
      ...(['whole', 'whole', 'token', 'text', 'percent', 'percent', 'whole'] as const),
      ...(isShaped ? (['percent', 'token'] as const) : []),
    ],
    keys: 2,
    rows: result.completions.flatMap(({ steps }, sample) =>
      steps.map(({ id, raw, processed, rank, fitting, wanted }, place): Cell[] => [
        sample + 1,
        place + 1,
        text(id),
        id,
        raw,
        processed,
        rank < 0 ? null : rank + 1,
        ...(isShaped ? [fitting ?? null, wanted === undefined ? null : text(wanted)] : []),
      ]),
    ),
  };
}
