/** A grid of the bundled model, its cells in batches from one reading of the prompt, against its texts one by one. */
import type { LanguageModel } from '../../src/core/languageModel';
import type { RunContext } from '../../src/experiments/kit/experiment';
import { explore } from '../../src/experiments/explore';
import { gridParameters } from '../../src/experiments/grid/parameters';
import { grid } from '../../src/experiments/grid';
import { loadGpt2 } from '../../src/onnx/loadGpt2';

const SETTING = gridParameters.parse({
  prompt: 'Once upon a time there was a king who',
  rows: {
    sampler: 'temperature',
    parameter: 'temperature',
    values: [0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7],
  },
  columns: { sampler: 'top-k', parameter: 'k', values: [1, 2, 5, 10, 20, 50, 200, 1000] },
  samples: 8,
  maxNewTokens: 40,
  seed: 42,
});

/** Time spent in the model, and sequences that it continued. */
interface Use {
  milliseconds: number;
  sequences: number;
}

/** The same model, with its use counted. */
function counted(model: LanguageModel, use: Use): LanguageModel {
  return {
    info: model.info,
    vocabulary: model.vocabulary,
    encode: (text) => model.encode(text),
    decode: (ids) => model.decode(ids),
    dispose: () => model.dispose(),
    next: async (contexts, signal) => {
      const begin = performance.now();
      const answers = await model.next(contexts, signal);
      use.milliseconds += performance.now() - begin;
      use.sequences += contexts.length;
      return answers;
    },
  };
}

const quiet: RunContext<unknown> = {
  emit: () => undefined,
  pause: () => Promise.resolve(),
  signal: new AbortController().signal,
};

export async function run(): Promise<void> {
  const model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  const line = (name: string, figure: number, unit: string): void => {
    console.log(`  ${name.padEnd(64)} ${figure.toFixed(2).padStart(9)} ${unit}`);
  };
  try {
    const together: Use = { milliseconds: 0, sequences: 0 };
    const result = await grid.run(counted(model, together), SETTING, quiet);

    // One text of every cell, which stands for all eight: running them all takes minutes.
    const alone: Use = { milliseconds: 0, sequences: 0 };
    const { prompt, samples, maxNewTokens, seed } = SETTING;
    const begin = performance.now();
    for (const { chain } of result.cells) {
      const parameters = explore.parse({ prompt, chain, greedy: false, seed, samples: 1, maxNewTokens });
      await explore.run(counted(model, alone), parameters, quiet);
    }
    const oneByOne = (performance.now() - begin) * samples;

    const texts = result.cells.reduce((sum, cell) => sum + cell.texts.length, 0);
    line(`${texts} texts of ${maxNewTokens} tokens in 64 cells, in batches`, result.milliseconds / 1000, 's');
    line('  of that in the model', together.milliseconds / 1000, 's');
    line('  tokens read by the model', together.sequences, '');
    line('one by one (64 of them, times 8)', oneByOne / 1000, 's');
    line('  of that in the model', (alone.milliseconds * samples) / 1000, 's');
    line('  times faster in batches', oneByOne / result.milliseconds, 'x');
    line('  the model alone', (alone.milliseconds * samples) / together.milliseconds, 'x');
  } finally {
    await model.dispose();
  }
}
