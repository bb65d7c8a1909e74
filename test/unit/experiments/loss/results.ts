/** Random results of Loss: with and without a validation part, equal losses, published figures, stopped. */
import fc from 'fast-check';
import type { LossResult, PartLoss } from '../../../../src/experiments/loss/result';
import { ending, few, provenanceOf } from '../said';

const value = fc.constantFrom(0, 1e-9, 2.5, 3.75475, 400);

const part: fc.Arbitrary<PartLoss> = fc
  .record({
    loss: fc.option(value),
    windows: fc.array(value, { maxLength: 3 }),
    characters: few,
    tokens: few,
  })
  .map(({ loss, windows, ...sizes }) => ({
    ...{ ...sizes, windows: 3, droppedWindows: 1, batches: 1, batchLosses: [], loss },
    perplexity: loss === null ? null : Math.exp(loss),
    bitsPerCharacter: loss,
    windowLosses: windows.map((one, index) => ({ index, start: index, end: index + 4, loss: one, batch: 0 })),
  }));

const published = fc.array(
  fc.record({
    ...{ model: fc.constant('GPT-2 124M'), parameters: fc.constant(124_439_808) },
    ...{ training: value, validation: value, sameSize: fc.boolean() },
  }),
  { maxLength: 2 },
);

export const lossResults: fc.Arbitrary<LossResult> = fc
  .record({
    ...{ ending, training: part, validation: fc.option(part), published },
    provenance: provenanceOf({ text: 'xxxxxxxxxxxx', context: 4 }, 42),
  })
  .map(({ ending: ended, ...result }): LossResult => ({ experiment: 'loss', ...ended, ...result }));
