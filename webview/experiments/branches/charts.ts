/** The tree of continuations as a picture: a line for every stretch without a fork. */
import { link, rect, text } from '@observablehq/plot';
import { BranchLayout } from '../../../src/experiments/branches/layout';
import type { BranchesResult } from '../../../src/experiments/branches/result';
import { rootText, smallPercent } from '../../../src/experiments/branches/report';
import { visibleToken } from '../../../src/core/visibleText';
import { t } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { count } from '../../format/numbers';
import type { Frame, Picture } from '../../ui/picture';

const ROW = 24;
const BOX = 19;
const INDENT = 16;
/** Pixels of a letter, around a token's text, and of the figures at the right. */
const LETTER = 7.3;
const PAD = 3;
const FIGURES = 170;
/** Its id: on the page the tree stands in the picture's place, and is drawn as one in files and when it is shown large. */
export const TREE = 'tree';

/** Lines of a picture; larger trees are in the tables. */
const MOST_LINES = 80;

interface Box {
  readonly index: number;
  readonly x: number;
  readonly width: number;
  readonly line: number;
  readonly label: string;
}

interface Line {
  readonly x: number;
  readonly line: number;
  /** Line that it leaves, and where. */
  readonly from: number;
  readonly figures: string;
}

/** No picture where there is no path yet. */
export function treePicture({ nodes, promptEnd }: BranchesResult): Picture[] {
  if (nodes.length < 2) return [];
  const layout = new BranchLayout(nodes);
  const ends = layout.ends.filter((index) => index > 0);
  if (ends.length === 0) return [];
  const left = layout.branches.length - MOST_LINES;
  const paths = count(ends.length, '{0} path', '{0} paths');
  return [
    {
      id: TREE,
      title: t('Tree of continuations'),
      description: [
        promptEnd === ''
          ? t('After the empty prompt: {0}.', paths)
          : t('After {0}: {1}.', t('“{0}”', promptEnd.replace(/\s+/g, ' ')), paths),
        t(
          'One line for each stretch without a fork, its tokens tinted by their probability; on the right, the probability of the stretch (×) and of the whole path (=).',
        ),
        ...(left > 0 ? [count(left, '{0} more line not shown.', '{0} more lines not shown.')] : []),
      ].join(' '),
      draw: (frame) => draw(frame, layout, promptEnd),
    },
  ];
}

function draw(
  { width, palette }: Frame,
  layout: BranchLayout,
  promptEnd: string,
): ReturnType<Picture['draw']> {
  const { nodes } = layout;
  const lines: Line[] = [];
  const boxes: Box[] = [];
  const starts: number[] = [];
  layout.branches.slice(0, MOST_LINES).forEach((branch, line) => {
    const x = branch.parent < 0 ? 0 : 8 + branch.depth * INDENT;
    starts.push(x);
    if (branch.parent < 0) return;
    const last = nodes[branch.nodes.at(-1)!]!;
    const before = nodes[nodes[branch.nodes[0]!]!.parent]!.total;
    const isEnd = layout.gone(branch.nodes.at(-1)!).length === 0;
    lines.push({
      x,
      line,
      from: branch.parent,
      figures: `× ${smallPercent(last.total - before)}${isEnd ? `   = ${smallPercent(last.total)}` : ''}`,
    });
    let at = x + 4;
    for (const index of branch.nodes) {
      const label = visibleToken(nodes[index]!.token.text);
      const wide = label.length * LETTER + 2 * PAD;
      const room = width - FIGURES - at;
      const fits = wide <= room;
      if (room < LETTER + 2 * PAD) break;
      boxes.push({ index, x: at, width: fits ? wide : LETTER + 2 * PAD, line, label: fits ? label : '…' });
      if (!fits) break;
      at += wide + 1;
    }
  });
  const y = (line: number): number => 4 + line * ROW;
  const height = y(starts.length) + 2;
  const probability = ({ index }: Box): number => Math.exp(nodes[index]!.logProbability);
  return {
    options: {
      height,
      margin: 0,
      x: { axis: null, domain: [0, width], range: [0, width] },
      y: { axis: null, domain: [0, height], range: [0, height] },
      marks: [
        text([promptEnd], {
          x: 0,
          y: y(0) + BOX / 2,
          text: (end: string) => rootText(end).slice(0, Math.floor(width / LETTER)),
          textAnchor: 'start',
          fill: palette.quiet,
          fontFamily: palette.code,
        }),
        link(lines, {
          x1: ({ x }: Line) => x,
          x2: ({ x }: Line) => x,
          y1: ({ from }: Line) => y(from) + BOX,
          y2: ({ line }: Line) => y(line) + BOX,
          stroke: palette.line,
          strokeWidth: 2,
        }),
        rect(boxes, {
          x1: ({ x }: Box) => x,
          x2: (b: Box) => b.x + b.width,
          y1: ({ line }: Box) => y(line),
          y2: ({ line }: Box) => y(line) + BOX,
          fill: (b: Box) => palette.tints[tintOf(probability(b))]!,
        }),
        text(boxes, {
          x: (b: Box) => b.x + b.width / 2,
          y: ({ line }: Box) => y(line) + BOX / 2,
          text: 'label',
          fill: palette.onTint,
          fontFamily: palette.code,
          pointerEvents: 'none',
        }),
        text(lines, {
          x: width,
          y: ({ line }: Line) => y(line) + BOX / 2,
          text: 'figures',
          textAnchor: 'end',
          fill: palette.text,
        }),
      ],
    },
  };
}
