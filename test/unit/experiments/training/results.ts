/** Random results of Training: completed, stopped at once, without a validation part, and checks of continuity. */
import fc from 'fast-check';
import { trainingSettings } from '../../../../src/experiments/training/parameters';
import type { TrainingResult } from '../../../../src/experiments/training/result';
import { ending, few, provenanceOf } from '../said';

const loss = fc.option(fc.constantFrom(0, 2.5, 2.5000001, 9));

const continuity = fc
  .record({
    steps: few,
    before: few,
    after: few,
    tensors: few,
    different: fc.subarray(['wte', 'wpe']),
  })
  .map((found) => ({ ...found, straight: 'a', interrupted: 'b' }));

export const trainingResults: fc.Arbitrary<TrainingResult> = fc
  .record({
    evaluations: fc.array(fc.record({ step: few, tokensSeen: few, training: loss, validation: loss }), {
      maxLength: 3,
    }),
    samples: fc.array(fc.constant({ step: 1, epoch: 1, text: 'x' }), { maxLength: 1 }),
    continuity: fc.option(continuity),
    tokensPerSecond: fc.option(fc.constantFrom(0.5, 1, 1234.5)),
    checkpoint: fc.constantFrom('x', null),
    progress: fc.record({ step: few, epoch: few, batch: few, tokensSeen: few, seconds: few }),
    ending,
    provenance: provenanceOf({}, 42),
  })
  .map(({ evaluations, samples, ending: ended, ...result }): TrainingResult => ({
    ...{ experiment: 'training', ...ended, ...result, status: 'completed', sentence: null },
    ...{ settings: trainingSettings.parse({}), directory: 'x', peakMemory: 1.5e9 },
    history: { steps: [], evaluations, samples },
    plan: {
      ...{ parameters: 1, trainingTokens: 1, validationTokens: 0, stepsPerEpoch: 1, steps: 1, memory: 1 },
      ...{ freeMemory: 1, checkpointBytes: 1, freeDisk: null, notes: [], problems: [] },
    },
  }));
