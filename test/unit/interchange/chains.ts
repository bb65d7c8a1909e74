/** Chains and runs that the tests of other programs' texts share. */
import fc from 'fast-check';
import {
  catalog,
  definitionOf,
  type SamplerName,
  type SamplerSpec,
} from '../../../src/core/samplers/catalog';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import type { Run } from '../../../src/interchange/run';
import { specsOf } from '../core/twins';

export const run = (chain: ChainSpec, more: Partial<Run> = {}): Run => ({
  chain,
  greedy: false,
  seed: 42,
  samples: 1,
  maxNewTokens: 40,
  stop: [],
  prompt: 'Once upon a time',
  model: 'fireside',
  endOfText: 50256,
  ...more,
});

/** One step of each sampler that changes something, with ordinary values. */
export const ORDINARY: { readonly [Name in SamplerName]: Extract<SamplerSpec, { readonly sampler: Name }> } =
  {
    temperature: { sampler: 'temperature', temperature: 0.7 },
    'dynamic-temperature': { sampler: 'dynamic-temperature', min: 0.5, max: 1.5, exponent: 1.2 },
    'quadratic-smoothing': { sampler: 'quadratic-smoothing', factor: 0.3 },
    'top-k': { sampler: 'top-k', k: 25 },
    'top-p': { sampler: 'top-p', p: 0.9 },
    'min-p': { sampler: 'min-p', p: 0.1 },
    'top-a': { sampler: 'top-a', a: 0.2 },
    'p-less': { sampler: 'p-less' },
    typical: { sampler: 'typical', p: 0.8 },
    epsilon: { sampler: 'epsilon', epsilon: 0.001 },
    eta: { sampler: 'eta', eta: 0.002 },
    'top-h': { sampler: 'top-h', h: 0.4 },
    'top-n-sigma': { sampler: 'top-n-sigma', n: 1.5 },
    'tail-free': { sampler: 'tail-free', z: 0.9 },
    xtc: { sampler: 'xtc', probability: 0.5, threshold: 0.1 },
    'mirostat-1': { sampler: 'mirostat-1', tau: 5, eta: 0.1 },
    'mirostat-2': { sampler: 'mirostat-2', tau: 4, eta: 0.2 },
    'adaptive-p': { sampler: 'adaptive-p', target: 0.4 },
    'repetition-penalty': { sampler: 'repetition-penalty', penalty: 1.2 },
    'presence-penalty': { sampler: 'presence-penalty', penalty: 0.5 },
    'frequency-penalty': { sampler: 'frequency-penalty', penalty: 0.25 },
    dry: { sampler: 'dry', multiplier: 0.8, base: 1.75, allowedLength: 2 },
    'no-repeat-ngram': { sampler: 'no-repeat-ngram', n: 3 },
    'logit-bias': {
      sampler: 'logit-bias',
      bias: [
        [5, 1.5],
        [7, -3],
      ],
    },
    'banned-tokens': { sampler: 'banned-tokens', ids: [11, 12] },
    'banned-phrases': { sampler: 'banned-phrases', phrases: [' a tapestry'] },
    'allowed-tokens': { sampler: 'allowed-tokens', ids: [1, 2, 3] },
    regex: { sampler: 'regex', expression: '[a-z]+( [a-z]+)*' },
    'json-schema': {
      sampler: 'json-schema',
      schema: '{"type":"object","properties":{"age":{"type":"integer"}}}',
    },
    'min-length': { sampler: 'min-length', length: 10, endOfText: 50256 },
  };

const VOCABULARY = 40;

/** Steps of any kind with any values; of those that need a vocabulary the ordinary one. */
export const anyStep: fc.Arbitrary<SamplerSpec> = fc
  .constantFrom(...catalog.map(({ name }) => name))
  .chain((name) =>
    name === 'regex' || name === 'json-schema' || name === 'banned-phrases'
      ? fc.constant<SamplerSpec>(ORDINARY[name])
      : specsOf(name, VOCABULARY),
  );

export const anyChain: fc.Arbitrary<ChainSpec> = fc.array(anyStep, { maxLength: 6 });

/** A step without what says its sampler's defaults, and lists of tokens in their order. */
export function plain(step: SamplerSpec): Record<string, unknown> {
  const { parameters } = definitionOf(step.sampler).about;
  const values: Record<string, unknown> = { sampler: step.sampler };
  for (const { name, default: standard, optional } of parameters.map((one) => ({
    optional: false,
    ...one,
  }))) {
    const value = new Map<string, unknown>(Object.entries(step)).get(name);
    if (value === undefined || (optional && JSON.stringify(value) === JSON.stringify(standard))) continue;
    values[name] = name === 'schema' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  }
  return values;
}
