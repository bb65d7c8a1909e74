import { describe, expect, it } from 'vitest';
import { BranchLayout } from '../../../../../src/experiments/branches/layout';
import type { BranchEdit, BranchStart } from '../../../../../src/experiments/branches/parameters';
import type { BranchNode } from '../../../../../src/experiments/branches/result';
import { wayIn } from '../../../../../webview/frame/way';
import {
  branchGroups,
  branchParameters,
  packEdits,
  readParameters,
  startOf,
  startValues,
  treeKey,
  unpackEdits,
} from '../../../../../webview/experiments/branches/form';
import { Form } from '../../../../../webview/form/form';
import { nextNode } from '../../../../../webview/experiments/branches/treeView';

describe('the controls', () => {
  const starts: readonly BranchStart[] = [
    { kind: 'alternatives' },
    { kind: 'greedy', length: 7 },
    { kind: 'samples', length: 9, count: 3, temperature: 0.5, topK: 40, seed: 8 },
    { kind: 'samples', length: 9, count: 3, temperature: 2, topK: null, seed: 8 },
    { kind: 'exact', length: 3, count: 20, budget: 777 },
    { kind: 'beam', length: 15, beams: 6, lengthPenalty: 0.7 },
  ];

  it.each(starts)('%j comes back from what it fills in', (start) => {
    const form = new Form(branchGroups);
    form.fill(startValues(start));
    expect(startOf(form.values)).toEqual(start);
    expect(form.firstError()).toBeNull();
  });

  it('show and check only what the chosen start has', () => {
    const form = new Form(branchGroups);
    const shown = (): string[] => form.groups.flatMap((group) => form.shown(group)).map(({ name }) => name);
    expect(shown()).toEqual(['start', 'length', 'alternatives', 'ahead', 'stop']);
    form.fill({ start: 'beam', beams: '33' });
    expect(shown()).toContain('beams');
    expect(form.firstError()).toEqual({
      field: 'beams',
      sentence: 'The number of beams is 33; it must be a whole number from 1 to 32.',
    });
    form.set('start', 'exact');
    expect(form.firstError()).toBeNull();
  });
});

describe('edits', () => {
  const edits: readonly BranchEdit[] = [
    { edit: 'take', path: [1, 2], ahead: 3 },
    { edit: 'prune', path: [4] },
  ];
  const start: BranchStart = { kind: 'greedy', length: 5 };
  const key = treeKey('fireside', 'Once upon', start);

  it('come back for their own tree only', () => {
    const packed = packEdits(key, edits);
    expect(unpackEdits(packed, key)).toEqual(edits);
    expect(unpackEdits(packed, treeKey('fireside', 'Once upo', start))).toEqual([]);
    expect(unpackEdits(packed, treeKey('toy', 'Once upon', start))).toEqual([]);
    expect(unpackEdits(packed, treeKey('fireside', 'Once upon', { kind: 'greedy', length: 6 }))).toEqual([]);
  });

  it.each(['', '{', '[]', 'null', JSON.stringify({ key, edits: [{ edit: 'fell' }] })])(
    'are none where %j was kept',
    (packed) => {
      expect(unpackEdits(packed, key)).toEqual([]);
    },
  );

  it('are read from what another tab asks for, and from nothing else', () => {
    const way = { prompt: 'Once', ids: [1, 2], index: 1, id: 3 };
    expect(wayIn({ way })).toEqual(way);
    for (const other of [undefined, null, {}, { way: { ...way, ids: 'all' } }])
      expect(wayIn(other)).toBeNull();
  });

  it('of a text that is taken over are ones that the experiment accepts', () => {
    const ids = Array.from({ length: 300 }, (_, i) => i);
    const same = branchParameters({ prompt: 'Once', ids, index: 250, id: 250 });
    expect(readParameters(same)).toEqual(same);
    expect(same.edits).toHaveLength(2);
    const other = branchParameters({ prompt: 'Once', ids, index: 4, id: 99 });
    expect(other.edits.at(-1)).toEqual({ edit: 'take', path: [0, 1, 2, 3, 99], ahead: 8 });
    expect(other.edits[1]).toEqual({ edit: 'expand', path: [0, 1, 2, 3] });
  });
});

describe('arrows', () => {
  const node = (parent: number, id: number): BranchNode => ({
    parent,
    token: { id, text: String(id) },
    logProbability: -1,
    rank: 0,
    total: -1,
    origin: parent < 0 ? 'root' : 'start',
    pinned: false,
    entropy: null,
    expanded: false,
    rest: null,
    end: false,
  });
  // root - 1 - 2 -+- 3 - 4
  //               +- 5
  const layout = new BranchLayout([node(-1, -1), node(0, 1), node(1, 2), node(2, 3), node(3, 4), node(2, 5)]);

  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 2, 3],
    ['ArrowRight', 4, 4],
    ['ArrowLeft', 5, 2],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 2, 4],
    ['ArrowDown', 4, 5],
    ['ArrowDown', 5, 5],
    ['ArrowUp', 5, 3],
    ['ArrowUp', 1, 0],
    ['Home', 4, 3],
    ['End', 1, 2],
    ['x', 1, null],
  ])('%s from %i leads to %j', (key, from, to) => {
    expect(nextNode(layout, from, key)).toBe(to);
  });
});
