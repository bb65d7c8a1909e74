/** Samplers against their definitions, computed elsewhere with many more digits. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEPT, parseSampler, SamplerChain } from '../../../../src/core/samplers/chain';

interface Case {
  readonly name: string;
  readonly spec: unknown;
  readonly logits: readonly number[];
  readonly newLogits?: readonly number[];
  readonly kept?: readonly number[];
  readonly probabilities: readonly number[];
}
interface Definitions {
  readonly cases: readonly Case[];
  readonly adaptive: readonly {
    readonly target: number;
    readonly decay: number;
    readonly steps: readonly (Case & { readonly drawn: number; readonly average: number })[];
  }[];
}
const definitions = JSON.parse(
  readFileSync('test/fixtures/samplers/definitions.json', 'utf8'),
) as Definitions;

/** To 10⁻¹² of the largest of the numbers, or of 1. */
function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  const scale = Math.max(1, ...wanted.map(Math.abs));
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `at ${i}: ${found[i]}, not ${value}`).toBeLessThan(1e-12 * scale);
  });
}

const titled = definitions.cases.map((one) => ({
  ...one,
  title: `${JSON.stringify(one.spec)}, ${one.name}`,
}));

describe('A sampler as it is defined', () => {
  it.each(titled)('$title', ({ spec, logits, newLogits, kept, probabilities }) => {
    const result = new SamplerChain([parseSampler(spec)], logits.length).apply(logits);
    expectClose(result.probabilities, probabilities);
    if (newLogits) expectClose(result.logits, newLogits);
    if (kept) expect(logits.flatMap((_, id) => (result.removedBy[id] === KEPT ? [id] : []))).toEqual(kept);
  });
});

describe('Adaptive-p over a text', () => {
  it.each(definitions.adaptive)('with target $target and decay $decay', ({ target, decay, steps }) => {
    let memory = Float64Array.of(target);
    for (const { logits, newLogits, probabilities, drawn, average } of steps) {
      // A vocabulary of another size each time: what is remembered is the average alone.
      const chain = new SamplerChain([{ sampler: 'adaptive-p', target, decay }], logits.length);
      expect(chain.newMemory()).toEqual(Float64Array.of(target));
      const result = chain.apply(logits, { tokens: [], memory });
      expectClose(result.logits, newLogits!);
      expectClose(result.probabilities, probabilities);
      memory = memory.slice();
      chain.accept(drawn, memory);
      expectClose(memory, [average]);
    }
  });
});
