import { expect, it } from 'vitest';
import { packMemory, unpackMemory } from '../../../../webview/frame/record';

const memory = { values: { draws: '100' }, drawerOpen: false, folds: { 'table-exact': true }, outcome: null };

it('a tab’s memory keeps what was unfolded', () => {
  const stored: unknown = JSON.parse(JSON.stringify(packMemory(memory)));
  expect(unpackMemory(stored, () => null)).toEqual(memory);
});

it('the memory of an earlier version, which had no folds, is read', () => {
  const { folds, ...earlier } = memory;
  expect(Object.keys(folds)).not.toEqual([]);
  expect(unpackMemory(earlier, () => null)).toEqual({ ...earlier, folds: {} });
});

it('a memory whose folds are something else is not taken', () => {
  expect(unpackMemory({ ...memory, folds: { 'table-exact': 'wide' } }, () => null)).toBeNull();
});
