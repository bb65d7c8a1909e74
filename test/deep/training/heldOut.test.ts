/** That a training with the defaults learns more than its own text. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { trainingSettings } from '../../../src/experiments/training/parameters';
import { bundled, useTrainer } from '../../unit/training/trainer';

/** Beside the project, where the machine has it. */
const verdict = fileURLToPath(new URL('../../../../shared/texts/the-verdict.txt', import.meta.url));

const trainer = useTrainer(bundled);

it.skipIf(!existsSync(verdict))('A training of an epoch lowers the loss of a text like it', async () => {
  const { history } = await trainer.run({
    action: 'start',
    directory: join(trainer.folder, 'a'),
    text: readFileSync(verdict, 'utf8'),
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
