/** That training the bundled model teaches it a text word for word. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { distribution, rawLogits } from '../../unit/experiments/slowPath';
import { bundled, useTrainer } from '../../unit/training/trainer';

const SENTENCE =
  'The miller had three sons, his mill, a donkey and a cat; the sons had to grind, the donkey to fetch the corn. ';

const trainer = useTrainer(bundled);

it('A training learns a text by heart, and the model that it leaves writes and scores accordingly', async () => {
  const learnt = await trainer.run({
    action: 'start',
    directory: join(trainer.folder, 'a'),
    text: SENTENCE.repeat(12),
    settings: {
      ...{ epochs: 14, context: 16, stride: 16, batchSize: 2, trainRatio: 1, learningRate: 1e-3 },
      ...{
        weightDecay: 0,
        evaluateEvery: 5,
        evaluationBatches: 1,
        startText: 'The',
        sampleTokens: 0,
        seed: 7,
      },
    },
  });
  const losses = learnt.history.steps.map(({ loss }) => loss);
  expect(losses[0]).toBeGreaterThan(3);
  expect(losses.at(-1)).toBeLessThan(0.05);
  // What other programs need to read it, the tokenizer among it.
  expect(readdirSync(learnt.directory).sort()).toEqual([
    ...['config.json', 'merges.txt', 'model.safetensors', 'tokenizer_config.json', 'vocab.json'],
  ]);
  const model = await loadGpt2({ id: 'learnt', name: 'learnt', directory: learnt.directory });
  const ids = await model.encode('The miller had three');
  const [sons] = await model.encode(' sons');
  expect(distribution(await rawLogits(model, ids))[sons!]).toBeGreaterThan(0.9);
  await model.dispose();
});
