/** The picture of the Determinism experiment: where runs agree, token by token. */
import { axisX, axisY, cell, text } from '@observablehq/plot';
import type { DeterminismResult, DeterminismVerdict } from '../../../src/experiments/determinism/result';
import { isIdentical } from '../../../src/experiments/determinism/report';
import { visibleToken } from '../../../src/core/visibleText';
import { count } from '../../format/numbers';
import { cardView } from '../../ui/cardView';
import type { Frame, Picture } from '../../ui/picture';

type State = 'simple' | 'same' | 'apart';

interface Place {
  readonly verdict: DeterminismVerdict;
  readonly row: string;
  /** Number of the new token, from 1. */
  readonly position: number;
  readonly state: State;
}

const MEANING: Readonly<Record<State, string>> = {
  simple: 'all runs equal greedy decoding',
  same: 'all runs agree, but differ from greedy decoding',
  apart: 'runs differ',
};

const MARKS: Readonly<Record<State, string>> = { simple: '', same: '=', apart: '≠' };

export function determinismPictures(result: DeterminismResult): Picture[] {
  return result.verdicts.length === 0 ? [] : [agreementPicture(result)];
}

function agreementPicture({ verdicts, simple }: DeterminismResult): Picture {
  const places = verdicts.flatMap((verdict) =>
    simple.ids.map((id, i): Place => {
      const ids = verdict.runs.map((run) => run.ids[i]);
      const alike = ids.every((other) => other === ids[0]);
      const state = !alike ? 'apart' : ids[0] === id ? 'simple' : 'same';
      return { verdict, row: verdict.label, position: i + 1, state };
    }),
  );
  const length = simple.ids.length;
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = width < 520 ? 130 : 190;
    const room = (width - left - 12) / length;
    const fill: Record<State, string> = { simple: palette.first, same: palette.second, apart: palette.page };
    return {
      options: {
        height: 50 + verdicts.length * 24,
        marginLeft: left,
        marginRight: 12,
        marginTop: 6,
        marginBottom: 38,
        x: { domain: Array.from({ length }, (_, i) => i + 1), paddingInner: 0.08 },
        y: { domain: verdicts.map(({ label }) => label), label: null, paddingInner: 0.15 },
        marks: [
          axisX(everyFew(length, room), { label: 'new token →', tickSize: 0, color: palette.quiet }),
          axisY({ label: null, tickSize: 0, color: palette.text, lineWidth: left / 12 }),
          cell(places, {
            className: 'place',
            x: 'position',
            y: 'row',
            fill: ({ state }: Place) => fill[state],
            stroke: ({ state }: Place) => (state === 'apart' ? palette.quiet : fill[state]),
            strokeDasharray: '2 2',
          }),
          text(room >= 9 ? places : [], {
            x: 'position',
            y: 'row',
            text: ({ state }: Place) => MARKS[state],
            fill: ({ state }: Place) => (state === 'apart' ? palette.text : palette.page),
            pointerEvents: 'none',
          }),
        ],
      },
      marks: {
        place: (i) => {
          const { row, position, state } = places[i]!;
          return `${row}, token ${position}: ${MEANING[state]}`;
        },
      },
    };
  };
  const same = verdicts.filter(isIdentical).length;
  return {
    id: 'agreement',
    title: 'Where the runs agree',
    description: `One row per configuration, one cell per new token. Filled: all runs gave the token of greedy decoding. Second colour and “=”: all runs gave the same other token. Dashed and “≠”: the runs differ. In ${count(same, '{0} configuration', '{0} configurations')} of ${verdicts.length}, all runs are the same.`,
    draw,
    card: (_, index) => {
      const place = places[index];
      if (!place) return null;
      const { verdict, position } = place;
      const token = (tokens: readonly string[]): string => visibleToken(tokens[position - 1] ?? '');
      return cardView(
        `${verdict.label}, token ${position}`,
        [
          ['greedy decoding', token(simple.tokens), `id ${simple.ids[position - 1]!}`],
          ...verdict.runs.map(
            ({ tokens, ids }, run) => [`run ${run + 1}`, token(tokens), `id ${ids[position - 1]!}`] as const,
          ),
        ],
        `${MEANING[place.state]}.`,
      );
    },
  };
}

/** Numbers of tokens that have room for a label. */
function everyFew(length: number, room: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((s) => s * room >= 22) ?? 100;
  return Array.from({ length }, (_, i) => i + 1).filter((n) => n === 1 || n % step === 0);
}
