/** The tables of a result of Explore. */
import type { Cell, ReportTable } from '../report/types';
import { costOf } from '../kit/turnBack';
import { endWords } from '../report/ends';
import { counted, t, whole } from '../../l10n/language';
import { inPercent, written } from '../../l10n/numbers';
import { meanLogProbability, removerWords, tokenTexts, type Next } from './words';
import type { ExploreResult } from './result';

export function tables(result: ExploreResult): ReportTable[] {
  const { next, completions } = result;
  return [
    ...(next ? [nextTable(result, next)] : []),
    // How many unlisted tokens each has removed is known only where it removes them all.
    ...(next && (next.listed?.within ?? true) ? [samplersTable(next, result.provenance.parameters)] : []),
    ...(completions.length > 0 ? [completionsTable(result), tokensTable(result)] : []),
    ...(completions.some(({ turns }) => turns) ? [turnsTable(result)] : []),
  ];
}

function nextTable(result: ExploreResult, next: Next): ReportTable {
  const { rows, rest } = next;
  const text = tokenTexts(result);
  const others: Cell[] = [t('all others'), null, rest.raw, rest.processed, null, null];
  return {
    id: 'next',
    title: t('The next token'),
    note: nextNote(next),
    columns: [
      t('token'),
      t('id'),
      t('before samplers'),
      t('after samplers'),
      t({ message: 'removed by', comment: 'a token' }),
      t('logit'),
    ],
    formats: ['token', 'text', 'percent', 'percent', 'text', 'number'],
    keys: 2,
    rows: [
      ...rows.map(({ id, raw, processed, removedBy, logit }): Cell[] => [
        text(id),
        id,
        raw,
        processed,
        removedBy === null ? null : removerWords(removedBy),
        logit,
      ]),
      ...(rest.tokens > 0 ? [others] : []),
    ],
  };
}

function nextNote({ rest, listed }: Next): string {
  if (!listed || listed.within) {
    return t(
      'Most probable first. Of {0} the samplers keep {1}.',
      counted(rest.tokens, '{0} other token', '{0} other tokens'),
      whole(rest.kept),
    );
  }
  if (listed.exact) return t('Most probable first. The probabilities after the samplers: exact.');
  return listed.off === null
    ? t('Most probable first. The probabilities after the samplers: by how much they are off is not known.')
    : t(
        'Most probable first. The probabilities after the samplers: they are off by at most {0}.',
        inPercent(listed.off),
      );
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
    title: t('What the samplers do'),
    note: t(
      'The tokens that each sampler removes, with their probability before the samplers; and all samplers together.',
    ),
    columns: [
      t({ message: 'step', comment: 'of a chain' }),
      t({ message: 'settings', comment: 'of a sampler' }),
      t({ message: 'removed', comment: 'how many tokens' }),
      t('their probability'),
    ],
    formats: ['text', 'text', 'whole', 'percent'],
    keys: 1,
    rows: [
      ...rows,
      [t({ message: 'all', comment: 'samplers' }), null, next.vocabularySize - next.kept, 1 - next.keptMass],
    ],
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
    .map(([name, value]) => `${name} ${said(value)}`)
    .join(', ');
}

function said(value: unknown): string {
  if (typeof value === 'number') return written(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function completionsTable({ completions }: ExploreResult): ReportTable {
  const isShaped = completions.some(({ fitting }) => fitting !== undefined);
  const hasTurned = completions.some(({ turns }) => turns);
  const isOff = completions.some(({ off }) => off !== undefined);
  return {
    id: 'completions',
    title: t('Completions'),
    note: t(
      'ln p is the sum over the tokens of the natural logarithm of the probability before the samplers; the mean is per token.',
    ),
    columns: [
      t({ message: 'sample', comment: 'its number' }),
      t('text'),
      t({ message: 'tokens', comment: 'their number' }),
      'ln p',
      t('mean ln p'),
      t('perplexity'),
      t({ message: 'end', comment: 'of a text' }),
      ...(isShaped ? [t('shape left')] : []),
      ...(hasTurned ? [t({ message: 'went back', comment: 'how many times' }), t('cost')] : []),
      ...(isOff ? [t('off by at most')] : []),
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
    title: t('Where completions went back'),
    note: t(
      'The first token of what was taken back does not come there again: its probability after the samplers, and that of all that was taken back before them.',
    ),
    columns: [
      t({ message: 'sample', comment: 'its number' }),
      t('position'),
      t('taken back'),
      t('banned phrase'),
      t('after samplers'),
      t('before samplers'),
    ],
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
    title: t('Tokens of the completions'),
    note: t('Rank 1 is the most probable token before the samplers.'),
    columns: [
      t({ message: 'sample', comment: 'its number' }),
      t('position'),
      t('token'),
      t('id'),
      t('before samplers'),
      t('after samplers'),
      t('rank'),
      ...(isShaped ? [t('shape left'), t('wanted instead')] : []),
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
