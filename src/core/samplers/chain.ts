/** A chain of samplers: from the model's logits to the distribution that tokens are drawn from. */
import { shownJson } from '../shownJson';
import { Candidates } from './candidates';
import { definitionOf, type SamplerSpec } from './catalog';
import { checkParameter } from './parameters';
import { ChainResult, type ProcessedDistribution } from './result';
import type { ChainMemory, Sampler, SamplerContext, SamplerHistory, Standing } from './types';

export { KEPT } from './candidates';
export type { SamplerName, SamplerSpec } from './catalog';
export type { ProcessedDistribution, StepReport } from './result';
export type { ChainMemory, SamplerHistory, Standing } from './types';

const NO_HISTORY: SamplerHistory = { tokens: [] };

/** Samplers in the order in which they act, as plain JSON. An empty chain leaves the model's distribution as it is. */
export type ChainSpec = readonly SamplerSpec[];

/**
 * Reads a chain.
 * @throws RangeError naming the sampler, the parameter, its value and the allowed range.
 */
export function parseChain(value: unknown): ChainSpec {
  if (!Array.isArray(value)) {
    throw new RangeError(`The sampler chain is ${shownJson(value)}; it must be a list of samplers.`);
  }
  // Steps are numbered in an Int16Array; far fewer make sense.
  if (value.length > 100) {
    throw new RangeError(`The sampler chain has ${value.length} steps; it must have at most 100.`);
  }
  return Array.from(value, (step) => parseSampler(step));
}

/** Reads one sampler; see `parseChain`. */
export function parseSampler(value: unknown): SamplerSpec {
  checkSampler(value);
  return value;
}

function checkSampler(value: unknown): asserts value is SamplerSpec {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(
      `A sampler is ${shownJson(value)}; it must be an object such as {"sampler":"top-k","k":50}.`,
    );
  }
  const given = value as Readonly<Record<string, unknown>>;
  const { name, about } = definitionOf(given['sampler']);
  for (const parameter of about.parameters) checkParameter(name, parameter, given[parameter.name]);
  const known = about.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given).find((key) => key !== 'sampler' && !known.includes(key));
  if (unknown !== undefined) {
    throw new RangeError(`${name} has no parameter ${unknown}; its parameters are ${known.join(', ')}.`);
  }
}

/**
 * Applies samplers in order, each to what the earlier ones left, with the softmax recomputed between them.
 *
 * A step that would remove every token keeps the best one, and a warning says so. The result and all its vectors
 * belong to the chain and are overwritten by the next `apply`, which allocates nothing.
 */
export class SamplerChain {
  /** True when the result depends on the history: equal logits alone do not mean equal results. */
  readonly usesHistory: boolean;
  readonly #samplers: readonly Sampler[];
  readonly #candidates: Candidates;
  readonly #result: ChainResult;

  /**
   * @param vocabulary the bytes of the tokens, for samplers that name tokens by text or pattern.
   * @param before a chain over as many tokens that is used no more: its vectors are taken over.
   * @throws RangeError for a bad parameter (see `parseChain`), an empty vocabulary, or a spec that does not fit it.
   */
  constructor(
    readonly spec: ChainSpec,
    vocabularySize: number,
    vocabulary?: SamplerContext['vocabulary'],
    before?: SamplerChain,
  ) {
    this.#candidates = before ? before.#candidates : new Candidates(vocabularySize);
    const context = { vocabularySize, vocabulary };
    this.#samplers = parseChain(spec).map((step) => definitionOf(step.sampler).create(step, context));
    this.#result = new ChainResult(
      this.#candidates,
      spec.map(({ sampler }) => sampler),
    );
    this.usesHistory = this.#samplers.some((sampler) => sampler.usesHistory ?? false);
  }

  /**
   * @param logits one per token id; not changed.
   * @param history what came before; samplers that look back see nothing without it.
   * @throws RangeError when the logits are not one per token, hold NaN or +Infinity, or none is finite.
   */
  apply(logits: ArrayLike<number>, history: SamplerHistory = NO_HISTORY): ProcessedDistribution {
    this.#candidates.load(logits);
    return this.#run(history);
  }

  /** The same for the logits that were given last, here or to the chain whose vectors these are: they are not read anew. */
  applyAgain(logits: ArrayLike<number>, history: SamplerHistory = NO_HISTORY): ProcessedDistribution {
    this.#candidates.reload(logits);
    return this.#run(history);
  }

  #run(history: SamplerHistory): ProcessedDistribution {
    const candidates = this.#candidates;
    const result = this.#result;
    for (let step = 0; step < this.#samplers.length; step++) {
      const sampler = this.#samplers[step]!;
      const before = candidates.count;
      const warned = candidates.warnings.length;
      candidates.begin(step);
      sampler.apply(candidates, history, history.memory?.[step] ?? sampler.initialState ?? 0);
      candidates.end();
      result.report(step, before, warned);
    }
    return result.update();
  }

  /** Whether the text can go on after what is in the history: the first sampler that says otherwise has it. */
  standing(history: SamplerHistory): Standing {
    for (const sampler of this.#samplers) {
      const standing = sampler.standing?.(history) ?? 'open';
      if (standing !== 'open') return standing;
    }
    return 'open';
  }

  /** Where the text must go back to because of its last token, the earliest place of all; undefined where it need not. */
  turnsBack(history: SamplerHistory): number | undefined {
    const places = this.#samplers.flatMap((sampler) => sampler.turnsBack?.(history) ?? []);
    return places.length > 0 ? Math.min(...places) : undefined;
  }

  /** The memory of a sequence that has not begun, for `SamplerHistory.memory`: each sequence needs its own. */
  newMemory(): ChainMemory {
    return Float64Array.from(this.#samplers, (sampler) => sampler.initialState ?? 0);
  }

  /** Tells stateful samplers which token was drawn. To be called after the `apply` it was drawn from, before the next. */
  accept(id: number, memory: ChainMemory): void {
    this.#samplers.forEach((sampler, step) => {
      if (sampler.accept) memory[step] = sampler.accept(id, memory[step]!);
    });
  }
}
