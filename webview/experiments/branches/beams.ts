/** The picture of a beam search: its candidates step by step, and which of them went on. */
import { link, rect, text } from '@observablehq/plot';
import type { BeamCandidate, BranchesResult } from '../../../src/experiments/branches/result';
import { visibleToken } from '../../../src/core/visibleText';
import { t } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { full, percent, significant, thousands } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

interface Place {
  readonly candidate: BeamCandidate;
  readonly step: number;
  readonly place: number;
  /** Place in the step before of what it goes on from; -1 at the first step. */
  readonly from: number;
}

const ROW = 40;
const BOX = 24;
const LEFT = 54;
const TOP = 30;
/** Pixels of a letter, and the fewest of a box that has text. */
const LETTER = 7.3;
const LEAST = 30;

const FATES: Readonly<Record<BeamCandidate['fate'], string>> = {
  kept: t('was kept'),
  finished: t('ended here, among the best'),
  dropped: t('was dropped'),
};

const FATE_SENTENCES: Readonly<Record<BeamCandidate['fate'], string>> = {
  kept: t('It was kept.'),
  finished: t('It ended here, among the best.'),
  dropped: t('It was dropped.'),
};

export function beamPictures({ beam }: BranchesResult): Picture[] {
  if (!beam || beam.steps.length === 0) return [];
  const places = beam.steps.flatMap((candidates, step) =>
    candidates.map((candidate, place): Place => {
      const before = candidate.ids.slice(0, -1).join();
      const from = step === 0 ? -1 : beam.steps[step - 1]!.findIndex(({ ids }) => ids.join() === before);
      return { candidate, step, place, from };
    }),
  );
  const columns = Math.max(...beam.steps.map(({ length }) => length));
  const best = beam.results[0]?.ids.join() ?? '';
  const isBest = ({ candidate }: Place): boolean => `${best},`.startsWith(`${candidate.ids.join()},`);
  return [
    {
      id: 'beam',
      title: t('Beam search, step by step'),
      description: t(
        'One row per step, its candidates from left to right by their sum of ln p. Filled by the token’s probability: kept. Double frame: ended among the best. Struck out: dropped. Lines connect each candidate to the one it continues; the thick line is the best sequence.',
      ),
      draw: (frame) => draw(frame, places, columns, isBest),
      card: (_, index) => {
        const found = places[index];
        return found ? placeCard(found) : null;
      },
    },
  ];
}

function draw(
  { width, palette }: Frame,
  places: readonly Place[],
  columns: number,
  isBest: (place: Place) => boolean,
): ReturnType<Picture['draw']> {
  const column = (width - LEFT) / columns;
  const box = Math.max(3, Math.min(column - 6, 130));
  const steps = Math.max(...places.map(({ step }) => step)) + 1;
  const height = TOP + steps * ROW;
  const x = (place: number): number => LEFT + column * place + 2;
  const middle = (place: number): number => x(place) + box / 2;
  const y = (step: number): number => TOP + step * ROW;
  const went = ({ candidate }: Place): boolean => candidate.fate !== 'dropped';
  const lines = places.filter(({ from }) => from >= 0);
  const label = ({ candidate }: Place): string => {
    const shown = visibleToken(candidate.token.text);
    const room = Math.floor((box - 4) / LETTER);
    return box < LEAST ? '' : shown.length > room ? `${shown.slice(0, Math.max(1, room - 1))}…` : shown;
  };
  const struck = places.filter((p) => !went(p) && box >= LEAST);
  return {
    options: {
      height,
      margin: 0,
      x: { axis: null, domain: [0, width], range: [0, width] },
      y: { axis: null, domain: [0, height], range: [0, height] },
      marks: [
        text([t('most probable so far first')], {
          x: LEFT + 2,
          y: 12,
          text: (name: string) => name,
          textAnchor: 'start',
          fill: palette.quiet,
        }),
        text(
          Array.from({ length: steps }, (_, i) => i),
          {
            x: 0,
            y: (step: number) => y(step) + BOX / 2,
            text: (step: number) => t('step {0}', thousands(step + 1)),
            textAnchor: 'start',
            fill: palette.quiet,
          },
        ),
        link(lines, {
          x1: ({ from }: Place) => middle(from),
          y1: ({ step }: Place) => y(step - 1) + BOX,
          x2: ({ place }: Place) => middle(place),
          y2: ({ step }: Place) => y(step),
          stroke: (p: Place) => (isBest(p) ? palette.first : went(p) ? palette.quiet : palette.line),
          strokeWidth: (p: Place) => (isBest(p) ? 3 : 1),
        }),
        rect(places, {
          className: 'candidate',
          x1: ({ place }: Place) => x(place),
          x2: ({ place }: Place) => x(place) + box,
          y1: ({ step }: Place) => y(step),
          y2: ({ step }: Place) => y(step) + BOX,
          fill: (p: Place) =>
            went(p) ? palette.tints[tintOf(Math.exp(p.candidate.logProbability))]! : palette.page,
          stroke: (p: Place) => (isBest(p) ? palette.first : palette.quiet),
          strokeWidth: (p: Place) => (isBest(p) ? 2 : 1),
        }),
        rect(
          places.filter(({ candidate }) => candidate.fate === 'finished'),
          {
            x1: ({ place }: Place) => x(place) + 3,
            x2: ({ place }: Place) => x(place) + box - 3,
            y1: ({ step }: Place) => y(step) + 3,
            y2: ({ step }: Place) => y(step) + BOX - 3,
            fill: 'none',
            stroke: palette.quiet,
            pointerEvents: 'none',
          },
        ),
        text(places, {
          x: ({ place }: Place) => middle(place),
          y: ({ step }: Place) => y(step) + BOX / 2,
          text: label,
          fill: (p: Place) => (went(p) ? palette.onTint : palette.quiet),
          fontFamily: palette.code,
          pointerEvents: 'none',
        }),
        link(struck, {
          x1: (p: Place) => middle(p.place) - (label(p).length * LETTER) / 2,
          x2: (p: Place) => middle(p.place) + (label(p).length * LETTER) / 2,
          y1: ({ step }: Place) => y(step) + BOX / 2,
          y2: ({ step }: Place) => y(step) + BOX / 2,
          stroke: palette.quiet,
          pointerEvents: 'none',
        }),
      ],
    },
    marks: { candidate: (i) => spoken(places[i]!) },
  };
}

function spoken({ candidate, step, place }: Place): string {
  const { token, total, fate } = candidate;
  return t(
    'step {0}, place {1}: {2}, sum {3}, {4}',
    thousands(step + 1),
    thousands(place + 1),
    visibleToken(token.text),
    significant(total, 4),
    FATES[fate],
  );
}

function placeCard({ candidate, step, place }: Place): ReturnType<typeof cardView> {
  const { token, logProbability, total, beam, fate } = candidate;
  const p = Math.exp(logProbability);
  const number = t('beam {0}', thousands(beam + 1));
  return cardView(
    t('Step {0}, place {1}: {2}', thousands(step + 1), thousands(place + 1), visibleToken(token.text)),
    [
      [t('continues'), step === 0 ? t('the prompt') : number, number],
      [t('probability'), percent(p), full(p)],
      ['ln p', significant(logProbability, 4), full(logProbability)],
      [t('sum of ln p'), significant(total, 4), full(total)],
    ],
    FATE_SENTENCES[fate],
  );
}
