import { describe, expect, it } from 'vitest';
import { Distribution } from '../../../../src/experiments/explore/distribution';
import { chainOfSteps, START_STEPS, stepsOf, type SamplerStep } from '../../../../webview/form/samplerSteps';
import {
  banPhrase,
  banWholeWord,
  biasBy,
  canBeWholeWord,
  toggleToken,
  tokenState,
  withoutBias,
} from '../../../../webview/form/tokenSteps';

const samplers = (steps: readonly SamplerStep[]): readonly string[] => steps.map(({ sampler }) => sampler);

/** Three tokens of the same logit. */
const after = (steps: readonly SamplerStep[]): readonly number[] =>
  new Distribution([0, 0, 0]).through(chainOfSteps(steps), 3).rows.map(({ processed }) => processed);

describe('a token in the chain', () => {
  it('is banned before the filters, and not any more when it is banned again', () => {
    const banned = toggleToken(START_STEPS, 'banned-tokens', 1, ' b');
    expect(samplers(banned)).toEqual(['banned-tokens', 'temperature', 'top-k', 'top-p']);
    expect(after(banned)).toEqual([0.5, 0, 0.5]);
    expect(tokenState(banned, 1, ' b')).toEqual({ banned: true, only: false, bias: 0 });
    const more = toggleToken(banned, 'banned-tokens', 2, ' c');
    expect(after(more)).toEqual([1, 0, 0]);
    const back = toggleToken(toggleToken(more, 'banned-tokens', 1, ' b'), 'banned-tokens', 2, ' c');
    expect(back).toEqual(START_STEPS);
  });

  it('is known by its text too', () => {
    const steps = stepsOf([{ sampler: 'banned-tokens', ids: [5], texts: [' b'] }]);
    expect(tokenState(steps, 1, ' b').banned).toBe(true);
    expect(chainOfSteps(toggleToken(steps, 'banned-tokens', 1, ' b'))).toEqual([
      { sampler: 'banned-tokens', ids: [5] },
    ]);
  });

  it('is either banned or one of those that are allowed alone', () => {
    const only = toggleToken(toggleToken([], 'banned-tokens', 1, ' b'), 'allowed-tokens', 1, ' b');
    expect(chainOfSteps(only)).toEqual([{ sampler: 'allowed-tokens', ids: [1] }]);
    expect(after(only)).toEqual([0, 1, 0]);
    expect(toggleToken(only, 'allowed-tokens', 1, ' b')).toEqual([]);
  });

  it('becomes more probable with every press: odds of e^2 against each other, then of e^4', () => {
    const once = biasBy([], 1, 2);
    expect(after(once)[1]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 2), 12);
    const twice = biasBy(once, 1, 2);
    expect(chainOfSteps(twice)).toEqual([{ sampler: 'logit-bias', bias: [[1, 4]] }]);
    expect(tokenState(twice, 1, '').bias).toBe(4);
    expect(biasBy(once, 1, -2)).toEqual([]);
    const most = Array.from({ length: 9 }).reduce((steps: readonly SamplerStep[]) => biasBy(steps, 1, 2), []);
    expect(tokenState(most, 1, '').bias).toBe(10);
    const both = biasBy(once, 2, -2);
    expect(chainOfSteps(withoutBias(both, 1))).toEqual([{ sampler: 'logit-bias', bias: [[2, -2]] }]);
  });

  it('has all its biases as one where a list names it twice', () => {
    const steps = stepsOf([{ sampler: 'logit-bias', bias: [[1, 1], [1, 2.5]] }]); // prettier-ignore
    expect(tokenState(steps, 1, '').bias).toBe(3.5);
    expect(chainOfSteps(biasBy(steps, 1, 2))).toEqual([{ sampler: 'logit-bias', bias: [[1, 5.5]] }]);
  });
});

describe('a phrase', () => {
  it('is banned once', () => {
    const steps = banPhrase(banPhrase(START_STEPS, 'once upon'), 'once upon');
    expect(samplers(steps)[0]).toBe('banned-phrases');
    expect(chainOfSteps(steps)[0]).toEqual({ sampler: 'banned-phrases', phrases: ['once upon'] });
  });
});

describe('a phrase as a whole word', () => {
  it('is what no letter follows, beside the patterns that there are', () => {
    const steps = stepsOf([{ sampler: 'banned-phrases', phrases: [' the', ' (a'], pattern: 'x+' }]);
    const changed = chainOfSteps(
      banWholeWord(banWholeWord(steps, steps[0]!.key, ' the'), steps[0]!.key, ' (a'),
    );
    expect(changed).toMatchObject([
      { sampler: 'banned-phrases', pattern: String.raw`x+| the[^\p{L}]| \(a[^\p{L}]` },
    ]);
    expect(changed[0]).not.toHaveProperty('phrases', expect.arrayContaining([' the']));
    const { pattern } = changed[0] as { readonly pattern: string };
    const texts = [' the.', ' the cat', ' they', ' thé', ' (a)', ' (an', 'in the 1', 'the.'];
    expect(texts.filter((text) => new RegExp(pattern, 'u').test(text))).toEqual([
      ...[' the.', ' the cat', ' (a)', 'in the 1'],
    ]);
    expect([' the', 'the', ' the ', 'a', ' été'].filter(canBeWholeWord)).toEqual([' the', ' été']);
  });
});
