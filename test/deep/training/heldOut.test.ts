/** That a training with the defaults learns more than its own text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { THE_VERDICT_PATH } from '../../../src/experiments/kit/theVerdict';
import { trainingSettings } from '../../../src/experiments/training/parameters';
import { bundled, useTrainer } from '../../unit/training/trainer';

const trainer = useTrainer(bundled);

it('A training of an epoch lowers the loss of a text like it', async () => {
  const { history } = await trainer.run({
    action: 'start',
    directory: join(trainer.folder, 'a'),
    text: readFileSync(THE_VERDICT_PATH, 'utf8'),
    settings: {
      ...trainingSettings.parse({}),
      context: 256,
      stride: 256,
      batchSize: 2,
      trainRatio: 0.9,
      sampleTokens: 0,
    },
  });
  const first = history.evaluations[0]!.validation!;
  const last = history.evaluations.at(-1)!.validation!;
  expect(first - last).toBeGreaterThan(0.1);
});
