/** Results of Determinism on small models: with ties, with a list that ends, stopped. */
import fc from 'fast-check';
import { LETTERS } from '../../core/search/models';
import { determinism } from '../../../../src/experiments/determinism';
import { CONFIGURATIONS } from '../../../../src/experiments/determinism/decodings';
import { determinismReport } from '../../../../src/experiments/determinism/report';
import { LetterModel, letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

const asked = fc.record({
  seed: fc.nat(99_999),
  size: fc.integer({ min: 3, max: 6 }),
  kind: fc.constantFrom('random', 'tied', 'certain'),
  listed: fc.constantFrom(null, null, 2),
  configurations: fc.subarray(
    CONFIGURATIONS.map(({ id }) => id),
    { minLength: 1 },
  ),
  repeats: fc.integer({ min: 2, max: 4 }),
  maxNewTokens: fc.integer({ min: 1, max: 5 }),
  events: fc.constantFrom(Infinity, Infinity, 0, 3, 9),
});

/** What a random result says. */
export const determinismSayings: fc.Arbitrary<Promise<string[]>> = asked.map(
  async ({ seed, size, kind, listed, events, ...parameters }) => {
    const logits = (): number[] =>
      Array.from({ length: size }, (_, id) => (kind === 'tied' ? 0 : id === 0 ? 40 : 0));
    const whole = kind === 'random' ? letters(seed, size) : new LetterModel(LETTERS.slice(0, size), logits);
    const model = listed === null ? whole : serve(whole, { listed }).model;
    let left = events;
    const given = { prompt: 'a', seed, ...parameters };
    const { result } = await runExperiment(determinism, model, given, () => left-- <= 0);
    return reported(determinismReport, result);
  },
);
