/** Results of Methods on small models: in tokens and texts, with ties, with a list that ends, stopped. */
import fc from 'fast-check';
import { LETTERS } from '../../core/search/models';
import { methods } from '../../../../src/experiments/methods';
import { METHOD_CHOICES, METHOD_NUMBERS } from '../../../../src/experiments/methods/list';
import { methodsReport } from '../../../../src/experiments/methods/report';
import { LetterModel, letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

const asked = fc.record({
  modelSeed: fc.nat(99_999),
  kind: fc.constantFrom('random', 'tied', 'certain'),
  listed: fc.constantFrom(null, null, 2),
  form: fc.constantFrom('tokens', 'continuations'),
  // Why a model cannot do contrastive search is the core's to say.
  chosen: fc.subarray(
    METHOD_CHOICES.filter(({ id }) => id !== 'contrastive'),
    { minLength: 1, maxLength: 4 },
  ),
  seed: fc.nat(99_999),
  samples: fc.integer({ min: 1, max: 4 }),
  trials: fc.integer({ min: 1, max: 3 }),
  maxNewTokens: fc.integer({ min: 1, max: 4 }),
  events: fc.constantFrom(Infinity, Infinity, 0, 3, 9),
});

/** Methods that can be compared where only some tokens are listed. */
const ON_LISTS = ['greedy', 'stochastic', 'top-k', 'beam', 'diverse-beam'];

/** What a random result says. */
export const methodsSayings: fc.Arbitrary<Promise<string[]>> = asked
  .map(({ chosen, ...rest }) => ({
    ...rest,
    methods: chosen
      .filter(({ search }) => rest.form === 'continuations' || !search)
      .filter(({ id }) => rest.listed === null || ON_LISTS.includes(id))
      .map(({ spec }) => spec(METHOD_NUMBERS)),
  }))
  .filter(({ methods: wanted }) => wanted.length > 0)
  .map(async ({ modelSeed, kind, listed, events, ...parameters }) => {
    const logits = (): number[] => [0, 1, 2].map((id) => (kind === 'tied' ? 0 : id === 0 ? 40 : 0));
    const whole = kind === 'random' ? letters(modelSeed, 3) : new LetterModel(LETTERS.slice(0, 3), logits);
    const model = listed === null ? whole : serve(whole, { listed }).model;
    let left = events;
    const given = { prompt: 'a', ...parameters };
    const { result } = await runExperiment(methods, model, given, () => left-- <= 0);
    return reported(methodsReport, result);
  });
