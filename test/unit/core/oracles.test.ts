import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemas as beam } from '../../../scripts/oracles/beam';
import { schemas as gpt2Logits } from '../../../scripts/oracles/gpt2Logits';
import { schemas as invalid } from '../../../scripts/oracles/invalid';
import { schemas as llamacpp } from '../../../scripts/oracles/llamacpp';
import { schemas as logitSets } from '../../../scripts/oracles/logitSets';
import { schemas as seed } from '../../../scripts/oracles/seed';
import { isDeep } from '../depth';

const SCHEMAS = { ...beam, ...gpt2Logits, ...invalid, ...llamacpp, ...logitSets, ...seed };
const FIXTURES = 'test/fixtures/oracles';
const SHARED = '../shared/oracles';

/** What is held to which source; the file names its implementation and version. */
const HELD = [
  [
    'temperature, top-k, top-p, min-p, typical, epsilon, eta, top-h, repetition penalty, no-repeat-ngram and chains of them to Hugging Face Transformers, on ties, masks and degenerate vectors',
    `${FIXTURES}/hf/small.json`,
  ],
  ['the same, on random vectors, to Hugging Face Transformers', `${FIXTURES}/hf/random.json`],
  ['the limits of parameters to Hugging Face Transformers', `${FIXTURES}/hf/invalid-parameters.json`],
  [
    'temperature, dynamic temperature, top-k, top-p, min-p, typical, top-n-sigma, XTC, repetition, frequency and presence penalties, DRY and queues to llama.cpp',
    `${FIXTURES}/llamacpp/sampling.json`,
  ],
  [
    'temperature, nucleus, the hybrid, entropy, expected distinct tokens and the mode to closed formulas',
    `${FIXTURES}/seed/seed-exercises.json`,
  ],
  [
    'beam and greedy search to Hugging Face Transformers, and exact enumeration to full enumeration',
    `${FIXTURES}/beam/beam-search.json`,
  ],
  ['the same samplers, on real GPT-2 logits (1), to Hugging Face Transformers', `${SHARED}/hf/gpt2-ex0.json`],
  ['the same samplers, on real GPT-2 logits (2), to Hugging Face Transformers', `${SHARED}/hf/gpt2-ex1.json`],
  ['the tokens and logits of real GPT-2 prompts to their recording', `${SHARED}/gpt2-logits/prompts.json`],
] as const;

const read = (file: string): { schema: keyof typeof SCHEMAS } =>
  JSON.parse(readFileSync(file, 'utf8')) as { schema: keyof typeof SCHEMAS };

describe.each(HELD)('%s', (_, file) => {
  // Some files are large and lie beside the project, where they lie at all.
  it.skipIf(!existsSync(file) || (file.startsWith(SHARED) && !isDeep))(file, async () => {
    const json = read(file);
    expect(await SCHEMAS[json.schema]!(file, json)).toEqual([]);
  });
});

/** A check that accepts everything would accept these: one number of every kind changed a little. */
const CHANGED: readonly (readonly [file: string, what: string, change: (json: never) => void])[] = [
  ['hf/small.json', 'a probability', (j: Sets) => (j.sets[0]!.cases[3]!.probs![1]! += 1e-9)],
  ['hf/small.json', 'a logit', (j: Sets) => (j.sets[0]!.cases[3]!.scores![0]! += 1e-9)],
  ['hf/small.json', 'a size', (j: Sets) => (j.sets[2]!.cases[10]!.n += 1)],
  ['hf/small.json', 'a penalised logit', (j: Sets) => (j.sets[0]!.penalties![0]!.changed![0]![1] += 1e-9)],
  ['hf/random.json', 'an entropy', (j: Sets) => (j.sets[1]!.cases[20]!.entropy += 1e-9)],
  ['hf/random.json', 'a kept token', (j: Sets) => j.sets[1]!.cases.find((c) => c.kept)!.kept!.push(99)],
  ['hf/invalid-parameters.json', 'a verdict', (j: Cases) => (j.cases[1]!.error = null)],
  ['llamacpp/sampling.json', 'a probability', (j: Cases) => (j.cases[0]!.expected_probs[0]! += 1e-4)],
  ['llamacpp/sampling.json', 'a size', (j: Queues) => (j.queues[8]!.steps[0]!.expected_size += 1)],
  ['llamacpp/sampling.json', 'a sampler', (j: Cases) => (j.cases[0]!.sampler = 'unheard-of')],
  ['seed/seed-exercises.json', 'an expectation', (j: Seed) => (j.hybrid[3]!.expected_distinct_10 += 1e-9)],
  ['beam/beam-search.json', 'a token', (j: Beam) => (j.models[1]!.runs[9]!.results[1]!.tokens[0] = 5)],
  ['beam/beam-search.json', 'a score', (j: Beam) => (j.models[1]!.runs[9]!.results[1]!.score += 1e-3)],
  [
    'beam/beam-search.json',
    'a listed sequence',
    (j: Beam) => (j.models[2]!.exhaustive_top10['3']![4]!.logprob += 1e-4),
  ],
];

interface Sets {
  sets: {
    cases: { n: number; entropy: number; probs?: number[]; scores?: number[]; kept?: number[] }[];
    penalties?: { changed?: [number, number][] }[];
  }[];
}
interface Cases {
  cases: { error: string | null; expected_probs: number[]; sampler: string }[];
}
interface Queues {
  queues: { steps: { expected_size: number }[] }[];
}
interface Seed {
  hybrid: { expected_distinct_10: number }[];
}
interface Beam {
  models: {
    runs: { results: { tokens: number[]; score: number }[] }[];
    exhaustive_top10: Record<string, { logprob: number }[]>;
  }[];
}

describe('the checks notice', () => {
  it.each(CHANGED)('in %s: %s', async (file, _, change) => {
    const path = `${FIXTURES}/${file}`;
    const json = read(path);
    change(json as never);
    expect(await SCHEMAS[json.schema]!(path, json)).toHaveLength(1);
  });
});
