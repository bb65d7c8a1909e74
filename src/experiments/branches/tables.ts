/** The figures of a result of Branches. */
import { visibleText } from '../../core/visibleText';
import { t } from '../../l10n/language';
import type { Cell, ReportTable } from '../report/types';
import { BranchLayout } from './layout';
import type { BeamCandidate, BeamRecord, BranchesResult, BranchNode, ExactRecord } from './result';
import { ORIGINS, runningText } from './sentences';

export function branchesTables(result: BranchesResult): ReportTable[] {
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
    title: t('Paths'),
    note: t(
      'Every path, most probable first. Its probability is the product of the probabilities of its tokens.',
    ),
    columns: [t('path'), t('tokens'), t('probability'), 'ln p', t('nats per token')],
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
    title: t('Tokens of the tree'),
    note: t('The probability of every token given the text before it, and of the path up to it.'),
    columns: [t('ids'), t('token'), t('rank'), t('probability'), t('path so far'), t('origin')],
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
        pinned ? t('{0}, pinned', ORIGINS[origin]) : ORIGINS[origin],
      ]),
  };
}

function placesTable(layout: BranchLayout): ReportTable {
  const { nodes } = layout;
  return {
    id: 'places',
    title: t('What is not in the tree'),
    note: t(
      'After each path: the entropy of the next token, and the tokens that are not shown with their total probability.',
    ),
    columns: [
      t('after ids'),
      t('last token'),
      t('entropy in nats'),
      t('tokens not shown'),
      t('their probability'),
    ],
    formats: ['text', 'token', 'nats', 'whole', 'percent'],
    keys: 1,
    rows: nodes.flatMap(({ rest, entropy, token, parent }, index): Cell[][] =>
      rest === null
        ? []
        : [
            [
              idsOf(layout.way(index).map((at) => nodes[at]!)),
              parent < 0 ? t('(prompt)') : token.text,
              entropy,
              rest.tokens,
              rest.mass,
            ],
          ],
    ),
  };
}

function exactTable({ continuations, greedy }: ExactRecord): ReportTable {
  return {
    id: 'exact',
    title: t('The most probable continuations'),
    note: t('By exact enumeration. Proven: no other continuation can be more probable.'),
    columns: [
      t('rank'),
      t('continuation'),
      t('probability'),
      'ln p',
      t({ message: 'proven', comment: 'a continuation' }),
      t('greedy decoding'),
    ],
    formats: ['whole', 'text', 'percent', 'nats', 'text', 'text'],
    keys: 1,
    rows: continuations.map(({ ids, text, logProbability, proven }, i): Cell[] => [
      i + 1,
      visibleText(text),
      Math.exp(logProbability),
      logProbability,
      proven ? t('yes') : t('no'),
      ids.join() === greedy.ids.join() ? t('finds this') : '',
    ]),
  };
}

const ENDS: Readonly<Record<BeamRecord['results'][number]['end'], string>> = {
  length: t('full length'),
  'end of text': t('end of text'),
  'stop string': t('stop string'),
  stopped: t({ message: 'stopped', comment: 'a text' }),
};

const FATES: Readonly<Record<BeamCandidate['fate'], string>> = {
  kept: t({ message: 'kept', comment: 'a candidate' }),
  finished: t({ message: 'finished', comment: 'a candidate' }),
  dropped: t({ message: 'dropped', comment: 'a candidate' }),
};

function beamResultsTable({ results }: BeamRecord): ReportTable {
  return {
    id: 'beams',
    title: t('Results of beam search'),
    note: t('Score: the sum of ln p divided by the number of tokens to the power of the length penalty.'),
    columns: [
      t('rank'),
      t('continuation'),
      t('tokens'),
      t('score'),
      'ln p',
      t({ message: 'end', comment: 'of a text' }),
    ],
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
    title: t('Beam search, step by step'),
    note: t(
      'The candidates of every step by their sum of ln p, twice as many as there are beams. Beam 1 is the best.',
    ),
    columns: [t('step'), t('rank'), t('beam'), t('token'), 'ln p', t('sum'), t('fate')],
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
        FATES[fate],
      ]),
    ),
  };
}
