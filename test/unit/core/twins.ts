/**
 * For every sampler a slow and obvious implementation, straight from its definition: whole sorts, whole sums,
 * float64, nothing shared with the product; and the specs that both are tried with.
 *
 * A twin throws `Fragile` where the result hangs on the last digits of a sum, so that two right answers differ.
 */
import fc from 'fast-check';
import { parseSampler, type SamplerName, type SamplerSpec } from '../../../src/core/samplers/chain';
import { catalog } from '../../../src/core/samplers/catalog';
import type { SamplerDefinition } from '../../../src/core/samplers/definition';
import { decide, Fragile, keep, keepIf, naiveEntropy, naiveSoftmax, ranking, surprisals } from './naive';

export interface NaiveHistory {
  readonly tokens: readonly number[];
  readonly promptLength: number;
}

/** Shapes and phrases need a vocabulary; brute force holds them to other engines. */
type TwinName = Exclude<SamplerName, 'regex' | 'json-schema' | 'banned-phrases'>;

type Spec<Name extends SamplerName> = Extract<SamplerSpec, { readonly sampler: Name }>;

interface Twin<Name extends SamplerName> {
  /** Its parameters, for a vocabulary of a size. */
  parameters(size: number): fc.Arbitrary<Omit<Spec<Name>, 'sampler'>>;
  /** The new logits, -Infinity for what is removed. */
  apply(logits: readonly number[], spec: Spec<Name>, history: NaiveHistory): number[];
}

/** Specs of a sampler, for a vocabulary of a size. */
export function specsOf(name: TwinName, size: number): fc.Arbitrary<SamplerSpec> {
  const twin: Twin<TwinName> = TWINS[name];
  return twin.parameters(size).map((parameters) => parseSampler({ sampler: name, ...parameters }));
}

/** Applies one sampler; if nothing would be left, the best token is. */
export function twin(spec: SamplerSpec, logits: readonly number[], history: NaiveHistory): number[] {
  const its: Twin<TwinName> = TWINS[spec.sampler as TwinName];
  const result = its.apply(logits, spec as Spec<TwinName>, history);
  return ranking(result).length > 0 ? result : keep(logits, ranking(logits).slice(0, 1));
}

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const shareOrAll = fc.oneof(share, fc.constant(1));
const minKeep = fc.constantFrom(1, 1, 2, 5);
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const window = fc.constantFrom(0, 1, 4, 100);
const ids = (size: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 8 });
const mirostat = { tau: between(0.1, 10), eta: fc.constant(0.1) };

const TWINS: { readonly [Name in TwinName]: Twin<Name> } = {
  temperature: {
    parameters: () => fc.record({ temperature: fc.oneof(fc.constant(0), between(0.01, 10)) }),
    apply: (logits, spec) => temperature(logits, spec.temperature),
  },
  'dynamic-temperature': {
    parameters: () => fc.record({ min: between(0.1, 2), max: between(0.1, 2), exponent: between(0.1, 3) }),
    apply: (logits, { min, max, exponent }) => dynamicTemperature(logits, min, max, exponent),
  },
  'quadratic-smoothing': {
    parameters: () => fc.record({ factor: between(0, 5), curve: between(1, 5) }),
    apply: (logits, { factor, curve }) => quadraticSmoothing(logits, factor, curve ?? 1),
  },
  'top-k': {
    parameters: () =>
      fc.record({ k: fc.integer({ min: 1, max: 150 }), ties: fc.constantFrom('all', 'exact'), minKeep }),
    apply: (logits, spec) => topK(logits, Math.max(spec.k, spec.minKeep ?? 1), spec.ties ?? 'all'),
  },
  'top-p': {
    parameters: () => fc.record({ p: fc.oneof(share, fc.constantFrom(1, Number.MIN_VALUE)), minKeep }),
    apply: (logits, spec) => topP(logits, spec.p, spec.minKeep ?? 1),
  },
  'min-p': {
    parameters: () => fc.record({ p: fc.oneof(share, fc.constantFrom(0, 1)), minKeep }),
    apply: (logits, spec) => minP(logits, spec.p, spec.minKeep ?? 1),
  },
  'top-a': {
    parameters: () => fc.record({ a: fc.oneof(share, fc.constantFrom(0, 1)), minKeep }),
    apply: (logits, spec) => minP(logits, spec.a * Math.max(...naiveSoftmax(logits)), spec.minKeep ?? 1),
  },
  'p-less': {
    parameters: () => fc.record({ minKeep }),
    apply: (logits, spec) => {
      const probabilities = naiveSoftmax(logits);
      const agreeing = probabilities.reduce((sum, p) => sum + p * p, 0);
      return minP(logits, agreeing / Math.max(...probabilities), spec.minKeep ?? 1);
    },
  },
  typical: {
    parameters: () => fc.record({ p: share, minKeep }),
    apply: (logits, spec) => typical(logits, spec.p, spec.minKeep ?? 1),
  },
  epsilon: {
    parameters: () => fc.record({ epsilon: share, minKeep }),
    apply: (logits, spec) => cutoff(logits, spec.epsilon, spec.minKeep ?? 1),
  },
  eta: {
    parameters: () => fc.record({ eta: share, minKeep }),
    apply: (logits, spec) => {
      const entropy = naiveEntropy(naiveSoftmax(logits));
      return cutoff(logits, Math.min(spec.eta, Math.sqrt(spec.eta) * Math.exp(-entropy)), spec.minKeep ?? 1);
    },
  },
  'top-h': {
    parameters: () => fc.record({ h: shareOrAll }),
    apply: (logits, spec) => topH(logits, spec.h),
  },
  'top-n-sigma': {
    parameters: () => fc.record({ n: between(0.01, 5) }),
    apply: (logits, spec) => topNSigma(logits, spec.n),
  },
  'tail-free': {
    parameters: () => fc.record({ z: shareOrAll, minKeep }),
    apply: (logits, spec) => tailFree(logits, spec.z, spec.minKeep ?? 1),
  },
  xtc: {
    parameters: () => fc.record({ probability: fc.constantFrom(0, 0.5, 1), threshold: share, minKeep }),
    apply: (logits, spec) =>
      spec.probability === 0 ? [...logits] : xtc(logits, spec.threshold, spec.minKeep ?? 1),
  },
  'mirostat-1': {
    parameters: () => fc.record(mirostat),
    apply: (logits, spec) => mirostat1(logits, 2 * spec.tau),
  },
  'mirostat-2': {
    parameters: () => fc.record(mirostat),
    apply: (logits, spec) => mirostat2(logits, 2 * spec.tau),
  },
  'adaptive-p': {
    parameters: () => fc.record({ target: fc.oneof(share, fc.constantFrom(0, 1)), decay: between(0, 0.99) }),
    apply: (logits, { target }) => adaptiveP(logits, target),
  },
  'repetition-penalty': {
    parameters: () => fc.record({ penalty: between(0.5, 2), window }),
    apply: (logits, { penalty, window }, history) =>
      penalise(logits, history, window, (logit) => (logit > 0 ? logit / penalty : logit * penalty)),
  },
  'presence-penalty': {
    parameters: () => fc.record({ penalty: between(-3, 3), window }),
    apply: (logits, { penalty, window }, history) =>
      penalise(logits, history, window, (logit) => logit - penalty),
  },
  'frequency-penalty': {
    parameters: () => fc.record({ penalty: between(-3, 3), window }),
    apply: (logits, { penalty, window }, history) =>
      penalise(logits, history, window, (logit, count) => logit - count * penalty),
  },
  dry: {
    parameters: () =>
      fc.record({
        multiplier: fc.constantFrom(0, 0.8, 2),
        base: fc.constantFrom(1, 1.1, 1.75),
        allowedLength: fc.integer({ min: 1, max: 3 }),
        window,
        breakers: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 }), {
          maxLength: 2,
        }),
      }),
    apply: (logits, spec, { tokens }) => dry(logits, tokens, spec),
  },
  'no-repeat-ngram': {
    parameters: () => fc.record({ n: fc.integer({ min: 1, max: 4 }) }),
    apply: (logits, spec, { tokens }) => noRepeatNgram(logits, tokens, spec.n),
  },
  'logit-bias': {
    parameters: (size) =>
      fc.record({
        bias: fc.array(fc.tuple(fc.integer({ min: 0, max: size - 1 }), between(-3, 3)), { maxLength: 5 }),
      }),
    apply: (logits, spec) =>
      logits.map((logit, id) =>
        spec.bias.reduce((sum, [biased, bias]) => (biased === id ? sum + bias : sum), logit),
      ),
  },
  'banned-tokens': {
    parameters: (size) => fc.record({ ids: ids(size) }),
    apply: (logits, spec) => keepIf(logits, (id) => !(spec.ids ?? []).includes(id)),
  },
  'allowed-tokens': {
    parameters: (size) => fc.record({ ids: ids(size) }),
    apply: (logits, spec) => keepIf(logits, (id) => (spec.ids ?? []).includes(id)),
  },
  'min-length': {
    parameters: (size) =>
      fc.record({
        length: fc.integer({ min: 1, max: 20 }),
        endOfText: fc.integer({ min: 0, max: size - 1 }),
      }),
    apply: (logits, spec, { tokens, promptLength }) =>
      keepIf(logits, (id) => tokens.length - promptLength >= spec.length || id !== spec.endOfText),
  },
};

/** The samplers that have a twin. */
export const TWINNED = catalog.filter(
  (sampler): sampler is SamplerDefinition<TwinName> => sampler.name in TWINS,
);

function temperature(logits: readonly number[], t: number): number[] {
  return t === 0 ? keep(logits, ranking(logits).slice(0, 1)) : logits.map((logit) => logit / t);
}

function dynamicTemperature(logits: readonly number[], min: number, max: number, exponent: number): number[] {
  const n = ranking(logits).length;
  if (n === 1) return [...logits];
  // Small powers of a tiny entropy need all of its digits.
  const surprisal = surprisals(logits);
  const entropy = naiveSoftmax(logits).reduce((sum, p, id) => (p > 0 ? sum + p * surprisal[id]! : sum), 0);
  const share = Math.min(1, entropy / Math.log(n));
  return temperature(logits, min + (max - min) * share ** exponent);
}

function quadraticSmoothing(logits: readonly number[], factor: number, curve: number): number[] {
  const max = Math.max(...logits);
  const k = (3 - curve) / 2;
  const s = (curve - 1) / 2;
  return logits.map((logit) =>
    logit === -Infinity ? logit : -(k * factor * (logit - max) ** 2) + s * factor * (logit - max) ** 3 + max,
  );
}

/** The first step, before anything was drawn: the average is the target, and so is what is aimed at. */
function adaptiveP(logits: readonly number[], target: number): number[] {
  return naiveSoftmax(logits).map((p, id) => {
    if (logits[id] === -Infinity) return -Infinity;
    const distance = Math.abs((p - target) * (1 / 0.3));
    return 5 - 10 * (distance ** 2 / (1 + distance));
  });
}

function topK(logits: readonly number[], k: number, ties: 'all' | 'exact'): number[] {
  const ranked = ranking(logits);
  if (k >= ranked.length) return [...logits];
  if (ties === 'exact') return keep(logits, ranked.slice(0, k));
  return keepIf(logits, (id) => logits[id]! >= logits[ranked[k - 1]!]!);
}

function topP(logits: readonly number[], p: number, minKeep: number): number[] {
  const probabilities = naiveSoftmax(logits);
  const ascending = ranking(logits).reverse();
  let mass = 0;
  let removed = 0;
  for (const id of ascending) {
    mass += probabilities[id]!;
    // Removed while the mass up to and including it is at most 1 - p.
    if (decide(1 - p - mass, probabilities[id] === 0 ? 0 : 1) || removed === ascending.length - 1) break;
    removed++;
  }
  return keep(logits, ascending.slice(Math.min(removed, Math.max(0, ascending.length - minKeep))));
}

function minP(logits: readonly number[], p: number, minKeep: number): number[] {
  const probabilities = naiveSoftmax(logits);
  const ranked = ranking(logits);
  const limit = p * probabilities[ranked[0]!]!;
  return keep(
    logits,
    ranked.filter((id, rank) => rank < minKeep || !decide(probabilities[id]! - limit, limit)),
  );
}

function typical(logits: readonly number[], p: number, minKeep: number): number[] {
  const probabilities = naiveSoftmax(logits);
  const surprisal = surprisals(logits);
  const entropy = naiveEntropy(probabilities);
  const distance = (id: number): number => Math.abs(surprisal[id]! - entropy);
  const ids = ranking(logits).sort((a, b) => distance(a) - distance(b) || a - b);
  // Different logits at almost the same distance on either side of the entropy: their order is rounding's.
  ids.forEach((id, i) => {
    const next = ids[i + 1];
    if (next !== undefined && logits[id] !== logits[next]) decide(distance(id) - distance(next), 1);
    if (next !== undefined && logits[id] !== logits[next] && distance(id) === distance(next))
      throw new Fragile();
  });
  let mass = 0;
  let last = 0;
  for (const [rank, id] of ids.entries()) {
    mass += probabilities[id]!;
    last = rank;
    if (!decide(mass - p)) break;
  }
  const limit = distance(ids[last]!);
  // Tokens of the last one's logit are at its distance, whatever the sum of their own says.
  const stays = (id: number): boolean => distance(id) <= limit || logits[id] === logits[ids[last]!];
  const kept = ids.filter(stays);
  return keep(logits, kept.length >= minKeep ? kept : ids.slice(0, minKeep));
}

function cutoff(logits: readonly number[], threshold: number, minKeep: number): number[] {
  const probabilities = naiveSoftmax(logits);
  const ranked = ranking(logits);
  const safe = logits[ranked[Math.min(minKeep, ranked.length) - 1]!]!;
  return keepIf(logits, (id) => logits[id]! >= safe || !decide(probabilities[id]! - threshold, threshold));
}

function topH(logits: readonly number[], h: number): number[] {
  const best = ranking(logits).slice(0, 100);
  const probabilities = naiveSoftmax(best.map((id) => logits[id]!));
  const terms = probabilities.map((p) => (p > 0 ? -p * Math.log(p) : 0));
  const total = terms.reduce((a, b) => a + b, 0);
  const kept = best.filter((_, rank) => {
    const share = terms.slice(0, rank + 1).reduce((a, b) => a + b, 0);
    return rank === 0 || !decide(h * total - share, h === 1 ? 0 : 1);
  });
  return keep(logits, kept);
}

function topNSigma(logits: readonly number[], n: number): number[] {
  const values = ranking(logits).map((id) => logits[id]!);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  const limit = values[0]! - n * deviation;
  const scale = Math.max(...values.map(Math.abs));
  return keepIf(logits, (id) => logits[id] === values[0] || !decide(logits[id]! - limit, scale));
}

function tailFree(logits: readonly number[], z: number, minKeep: number): number[] {
  const ranked = ranking(logits);
  const probabilities = naiveSoftmax(logits);
  const p = ranked.map((id) => probabilities[id]!);
  if (z === 1 || p.length < 3) return [...logits];
  const first = p.slice(1).map((x, i) => x - p[i]!);
  const second = first.slice(1).map((x, i) => Math.abs(x - first[i]!));
  const total = second.reduce((a, b) => a + b, 0);
  if (total === 0) return [...logits];
  if (total < 1e-13) throw new Fragile();
  let sum = 0;
  let kept = 1;
  for (const bend of second) {
    sum += bend / total;
    if (decide(z - sum)) break;
    kept++;
  }
  // The last token always goes.
  kept = Math.min(kept, p.length - 1);
  return keep(logits, ranked.slice(0, Math.max(kept, minKeep)));
}

function xtc(logits: readonly number[], threshold: number, minKeep: number): number[] {
  const probabilities = naiveSoftmax(logits);
  const ranked = ranking(logits);
  const reaching = ranked.filter((id) => !decide(probabilities[id]! - threshold));
  if (reaching.length < 2 || ranked.length - reaching.length + 1 < minKeep) return [...logits];
  return keep(logits, ranked.slice(reaching.length - 1));
}

function mirostat1(logits: readonly number[], mu: number): number[] {
  const ranked = ranking(logits);
  const surprisal = surprisals(logits);
  let products = 0;
  let squares = 0;
  for (let i = 0; i < 100 && i + 1 < ranked.length; i++) {
    const t = Math.log((i + 2) / (i + 1));
    products += t * (surprisal[ranked[i + 1]!]! - surprisal[ranked[i]!]!);
    squares += t * t;
  }
  const s = products / squares;
  if (!(s > 1e-9)) return [...logits];
  const epsilon = s - 1;
  if (Math.abs(epsilon) < 1e-6) throw new Fragile();
  const k = ((epsilon * 2 ** mu) / (1 - logits.length ** -epsilon)) ** (1 / s);
  if (Number.isNaN(k)) return [...logits];
  if (Math.abs(k - Math.floor(k) - 0.5) < 1e-6) throw new Fragile();
  return keep(logits, ranked.slice(0, Math.max(1, Math.round(k))));
}

function mirostat2(logits: readonly number[], mu: number): number[] {
  const surprisal = surprisals(logits);
  const best = Math.max(...logits);
  return keepIf(logits, (id) => logits[id] === best || !decide(mu - surprisal[id]! / Math.LN2));
}

function penalise(
  logits: readonly number[],
  { tokens }: NaiveHistory,
  window: number | undefined,
  penalty: (logit: number, count: number) => number,
): number[] {
  const recent = window ? tokens.slice(-window) : tokens;
  return logits.map((logit, id) => {
    const count = recent.filter((token) => token === id).length;
    return count > 0 && logit > -Infinity ? penalty(logit, count) : logit;
  });
}

function dry(logits: readonly number[], tokens: readonly number[], spec: Spec<'dry'>): number[] {
  const recent = spec.window ? tokens.slice(-spec.window) : [...tokens];
  const breakers = spec.breakers ?? [];
  // The end of the text that holds no breaker wholly.
  let limit = recent.length;
  for (let length = 0; length <= recent.length; length++) {
    const end = recent.slice(recent.length - length);
    const start = recent.length - length;
    if (breakers.some((b) => start >= b.length && b.every((id, i) => recent[start - b.length + i] === id))) {
      limit = Math.min(limit, end.length);
    }
  }
  return logits.map((logit, id) => {
    if (breakers.some((b) => b.length === 1 && b[0] === id)) return logit;
    let longest = 0;
    for (let at = 1; at < recent.length; at++) {
      if (recent[at] !== id) continue;
      let length = 0;
      while (length < at && recent[at - 1 - length] === recent[recent.length - 1 - length]) length++;
      longest = Math.max(longest, Math.min(length, limit));
    }
    return longest >= spec.allowedLength
      ? logit - spec.multiplier * spec.base ** (longest - spec.allowedLength)
      : logit;
  });
}

function noRepeatNgram(logits: readonly number[], tokens: readonly number[], n: number): number[] {
  const seen = new Set<string>();
  for (let start = 0; start + n <= tokens.length; start++) seen.add(tokens.slice(start, start + n).join());
  const last = n === 1 ? [] : tokens.slice(1 - n);
  return keepIf(logits, (id) => !seen.has([...last, id].join()));
}
