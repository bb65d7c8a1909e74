import { describe, expect, it } from 'vitest';
import { TOY_DEFAULT, ToyModel } from '../../../../../src/core/toyModel';
import { grid } from '../../../../../src/experiments/grid';
import { growGrid, type GridResult } from '../../../../../src/experiments/grid/result';
import { gridPictures } from '../../../../../webview/experiments/grid/charts';
import { SCREEN } from '../../../../../webview/ui/palette';
import { runExperiment } from '../../../experiments/running';

const parameters = {
  prompt: '',
  rows: { sampler: 'temperature', parameter: 'temperature', values: [0.5, 1] },
  columns: { sampler: 'top-k', parameter: 'k', values: [2, 5] },
  samples: 40,
  maxNewTokens: 3,
  seed: 1,
};

/** What the fields of a map say, in their order. */
function labels(result: GridResult, id: string): string[] {
  const picture = gridPictures(result).find((one) => one.id === id)!;
  const { marks } = picture.draw({ width: 400, palette: SCREEN });
  return [0, 1, 2, 3].map((index) => marks!['cell']!(index));
}

describe('The maps of a grid that fills', () => {
  it('have every field from the beginning, each at its place, and the same maps as at the end', async () => {
    const { result, events } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), parameters);
    const stages: GridResult[] = [];
    for (const event of events) {
      if (event.type === 'progress') continue;
      stages.push(growGrid(stages.at(-1) ?? null, event)!);
    }
    const ids = (one: GridResult): string[] => gridPictures(one).map(({ id }) => id);
    for (const stage of stages) expect(ids(stage)).toEqual(ids(result));
    const names = [
      'Temperature 0.5, Top-k 2',
      'Temperature 0.5, Top-k 5',
      'Temperature 1, Top-k 2',
      'Temperature 1, Top-k 5',
    ];
    expect(labels(stages[0]!, 'kept')).toEqual(names.map((name) => `${name}: Tokens kept still to come`));
    const kept = [2, 5, 2, 5];
    expect(labels(stages[1]!, 'kept')).toEqual(names.map((name, i) => `${name}: Tokens kept ${kept[i]}`));
    expect(labels(stages[1]!, 'distinct-1')).toEqual(
      names.map((name) => `${name}: Distinct-1 still to come`),
    );
    expect(labels(stages.at(-1)!, 'distinct-1')).toEqual(labels(result, 'distinct-1'));
  });

  it('keep a field at its place when one before it has no number', async () => {
    const { result } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), parameters);
    const [first, ...others] = result.cells;
    const stopped = { ...result, stopped: true, cells: [{ ...first!, measured: null }, ...others] };
    expect(labels(stopped, 'distinct-1')).toEqual([
      'Temperature 0.5, Top-k 2: Distinct-1 none',
      ...labels(result, 'distinct-1').slice(1),
    ]);
  });
});
