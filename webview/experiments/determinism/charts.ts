/** The picture of the Determinism experiment: where runs agree, token by token. */
import { axisX, axisY, cell, text } from '@observablehq/plot';
import type { DeterminismResult, DeterminismVerdict } from '../../../src/experiments/determinism/result';
import { configurationName } from '../../../src/experiments/determinism/decodings';
import { isIdentical } from '../../../src/experiments/determinism/report';
import { t } from '../../../src/l10n/language';
import { visibleToken } from '../../../src/core/visibleText';
import { count, thousands } from '../../format/numbers';
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
  simple: t('all runs equal greedy decoding'),
  same: t('all runs agree, but differ from greedy decoding'),
  apart: t('runs differ'),
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
      return { verdict, row: configurationName(verdict), position: i + 1, state };
    }),
  );
  const length = simple.ids.length;
  const draw = ({ width, palette }: Frame): ReturnType<Picture['draw']> => {
    const left = width < 520 ? 130 : 190;
    const room = (width - left - 12) / length;
    const fill: Record<State, string> = { simple: palette.first, same: palette.second, apart: palette.page };
    const ink: Record<State, string> = {
      simple: palette.onFirst,
      same: palette.onSecond,
      apart: palette.text,
    };
    return {
      options: {
        height: 50 + verdicts.length * 24,
        marginLeft: left,
        marginRight: 12,
        marginTop: 6,
        marginBottom: 38,
        x: { domain: Array.from({ length }, (_, i) => i + 1), paddingInner: 0.08 },
        y: { domain: verdicts.map(configurationName), label: null, paddingInner: 0.15 },
        marks: [
          axisX(everyFew(length, room), { label: t('new token →'), tickSize: 0, color: palette.quiet }),
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
            fill: ({ state }: Place) => ink[state],
            pointerEvents: 'none',
          }),
        ],
      },
      marks: {
        place: (i) => {
          const { row, position, state } = places[i]!;
          return t('{0}, token {1}: {2}', row, thousands(position), MEANING[state]);
        },
      },
    };
  };
  const same = verdicts.filter(isIdentical).length;
  return {
    id: 'agreement',
    title: t('Where the runs agree'),
    description: t(
      'One row per configuration, one cell per new token. Filled: all runs gave the token of greedy decoding. Second colour and “=”: all runs gave the same other token. Dashed and “≠”: the runs differ. In {0} of {1}, all runs are the same.',
      count(same, '{0} configuration', '{0} configurations'),
      thousands(verdicts.length),
    ),
    draw,
    card: (_, index) => {
      const place = places[index];
      if (!place) return null;
      const { verdict, position } = place;
      const token = (tokens: readonly string[]): string => visibleToken(tokens[position - 1] ?? '');
      const id = (ids: readonly number[]): string => t('id {0}', String(ids[position - 1]!));
      return cardView(
        t('{0}, token {1}', configurationName(verdict), thousands(position)),
        [
          [t('greedy decoding'), token(simple.tokens), id(simple.ids)],
          ...verdict.runs.map(
            ({ tokens, ids }, run) => [t('run {0}', thousands(run + 1)), token(tokens), id(ids)] as const,
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
