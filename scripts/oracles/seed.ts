import { drawToken } from '../../src/core/draw';
import { entropy, softmax } from '../../src/core/logits';
import { randomStream } from '../../src/core/random';
import { nucleusThenTopK } from '../../src/core/samplers/presets';
import { SamplerChain, type ChainSpec, type ProcessedDistribution } from '../../src/core/samplers/chain';
import { expectedDistinct } from '../../src/core/statistics/expectation';
import { effectiveVocabulary } from '../../src/core/statistics/information';
import { modeProbability } from '../../src/core/statistics/mode';

/** The chapter's exercises with the five-word vocabulary: exact results by closed formulas. */
interface Seed {
  readonly vocab: readonly string[];
  readonly logits: readonly number[];
  readonly n_samples: number;
  readonly temperature: readonly (Distribution & Expectations & { readonly T: number })[];
  readonly nucleus: readonly Nucleus[];
  readonly hybrid: readonly Hybrid[];
  readonly temperature_top_k_grid: readonly GridCell[];
}

interface Distribution {
  readonly probs: readonly number[];
  readonly entropy_nats: number;
  readonly perplexity: number;
}

interface Expectations {
  readonly expected_distinct_10: number;
  readonly p_greedy_is_mode_10: {
    readonly unique_mode: number;
    readonly among_modes: number;
    readonly ties_broken_uniformly: number;
  };
}

interface Nucleus extends Expectations {
  readonly p: number;
  readonly T: number;
  readonly n: number;
  readonly nucleus: readonly string[];
  readonly kept_mass: number;
  readonly renormalised: Distribution;
}

interface Hybrid extends Expectations {
  readonly p: number;
  readonly k: number;
  readonly T: number;
  readonly kept: readonly string[];
  readonly renormalised: Distribution;
}

interface GridCell extends Distribution, Expectations {
  readonly T: number;
  readonly k: number;
  readonly kept: readonly string[];
}

/** The reference's own error is below 2e-15, relative; sums of a few hundred terms lose a little more. */
const RELATIVE = 1e-12;

function check(_file: string, json: unknown): Promise<string[]> {
  const seed = json as Seed;
  const run = (chain: ChainSpec): ProcessedDistribution =>
    new SamplerChain(chain, seed.logits.length).apply(seed.logits);
  const mismatches: string[] = [];
  const report = (title: string, wrong: readonly string[]): void => {
    mismatches.push(...wrong.map((sentence) => `${title}: ${sentence}`));
  };
  for (const c of seed.temperature) {
    report(`temperature ${c.T}`, checkDistribution(run([temperature(c.T)]), c, c, seed));
  }
  for (const c of seed.nucleus) report(`nucleus p ${c.p}, T ${c.T}`, checkNucleus(run, c, seed));
  for (const c of seed.hybrid) {
    const own = run(nucleusThenTopK({ temperature: c.T, k: c.k, p: c.p }));
    report(`hybrid p ${c.p}, k ${c.k}, T ${c.T}`, [
      ...checkKept(own, c.kept, seed),
      ...checkDistribution(own, c.renormalised, c, seed),
    ]);
  }
  for (const c of seed.temperature_top_k_grid) {
    const own = run([temperature(c.T), { sampler: 'top-k', k: c.k }]);
    report(`T ${c.T}, k ${c.k}`, [...checkKept(own, c.kept, seed), ...checkDistribution(own, c, c, seed)]);
  }
  return Promise.resolve(mismatches);
}

const temperature = (value: number) => ({ sampler: 'temperature', temperature: value }) as const;

function checkNucleus(run: (chain: ChainSpec) => ProcessedDistribution, c: Nucleus, seed: Seed): string[] {
  const scaled = softmax(seed.logits.map((logit) => logit / c.T));
  const own = run([temperature(c.T), { sampler: 'top-p', p: c.p }]);
  const mass = scaled.reduce((sum, p, id) => (own.probabilities[id]! > 0 ? sum + p : sum), 0);
  return [
    ...(own.kept === c.n ? [] : [`keeps ${own.kept} tokens, expected ${c.n}`]),
    ...near('kept mass', mass, c.kept_mass),
    ...checkKept(own, c.nucleus, seed),
    ...checkDistribution(own, c.renormalised, c, seed),
  ];
}

function checkKept(own: ProcessedDistribution, kept: readonly string[], { vocab }: Seed): string[] {
  const words = vocab.filter((_, id) => own.probabilities[id]! > 0);
  const expected = vocab.filter((word) => kept.includes(word));
  return words.join() === expected.join() ? [] : [`keeps ${words.join(' ')}, expected ${expected.join(' ')}`];
}

function checkDistribution(
  { probabilities, entropy: reported }: ProcessedDistribution,
  expected: Distribution,
  expectations: Expectations,
  { n_samples: draws }: Seed,
): string[] {
  const mode = modeProbability(probabilities, draws);
  const { unique_mode, among_modes, ties_broken_uniformly } = expectations.p_greedy_is_mode_10;
  const drawn = drawToken(probabilities, randomStream(0).next());
  return [
    ...expected.probs.flatMap((p, id) => near(`probability ${id}`, probabilities[id]!, p)),
    ...near('entropy', reported, expected.entropy_nats),
    ...near('entropy of the probabilities', entropy(probabilities), expected.entropy_nats),
    ...near('perplexity', effectiveVocabulary(reported), expected.perplexity),
    ...near('expected distinct', expectedDistinct(probabilities, draws), expectations.expected_distinct_10),
    ...near('greedy is the only mode', mode.uniqueMode, unique_mode),
    ...near('greedy is among the modes', mode.amongModes, among_modes),
    ...near('greedy is the mode, ties broken', mode.tiesBrokenUniformly, ties_broken_uniformly),
    ...(expected.probs[drawn]! > 0 ? [] : [`token ${drawn} was drawn, which is impossible`]),
  ];
}

function near(what: string, own: number, expected: number): string[] {
  return Math.abs(own - expected) <= RELATIVE * Math.abs(expected)
    ? []
    : [`${what} is ${own}, expected ${expected}`];
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'seed/1': check,
};
