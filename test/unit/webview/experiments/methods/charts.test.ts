import { describe, expect, it } from 'vitest';
import { TOY_DEFAULT, ToyModel } from '../../../../../src/core/toyModel';
import { methods } from '../../../../../src/experiments/methods';
import { METHOD_CHOICES, METHOD_NUMBERS } from '../../../../../src/experiments/methods/list';
import type { MethodsResult } from '../../../../../src/experiments/methods/result';
import { methodsPictures } from '../../../../../webview/experiments/methods/charts';
import { PAPER } from '../../../../../webview/ui/palette';
import { runExperiment } from '../../../experiments/running';

async function drawn(...ids: readonly string[]) {
  const chosen = METHOD_CHOICES.filter(({ id }) => ids.includes(id)).map(({ spec }) => spec(METHOD_NUMBERS));
  const { result } = await runExperiment(methods, new ToyModel(TOY_DEFAULT), {
    ...{
      prompt: '',
      methods: chosen,
      form: 'continuations',
      samples: 4,
      trials: 5,
      maxNewTokens: 7,
      seed: 1,
    },
  });
  const picture = methodsPictures(result).find(({ id }) => id === 'log-probability')!;
  const { options } = picture.draw({ width: 600, palette: PAPER });
  return { result, picture, domain: [...(options.x?.domain as readonly number[])] };
}

const means = ({ methods: all }: MethodsResult): number[] =>
  all.flatMap(({ measures }) => measures.flatMap(({ id, mean }) => (id === 'log-probability' ? [mean] : [])));

describe('The log-probability of whole texts', () => {
  it('stands in the middle of its axis, without an interval, while one method knows but a single value', async () => {
    const { result, picture, domain } = await drawn('greedy');
    const [mean] = means(result);
    // Greedy decoding of the toy draws its first word again and again.
    const logSum = Math.log(TOY_DEFAULT.logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect(mean).toBeCloseTo(TOY_DEFAULT.logits[0]! - logSum, 10);
    expect(picture.description).not.toContain('interval');
    expect((domain[0]! + domain[1]!) / 2).toBeCloseTo(mean!, 10);
    expect(domain[1]! - domain[0]!).toBeGreaterThan(0.1);
  });

  it('has an axis over all methods and their intervals', async () => {
    const { result, picture, domain } = await drawn('greedy', 'stochastic');
    expect(picture.description).toContain('95 % interval');
    for (const mean of means(result)) {
      expect(domain[0]!).toBeLessThan(mean);
      expect(domain[1]!).toBeGreaterThanOrEqual(mean);
    }
  });
});
