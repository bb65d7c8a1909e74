/** A chain of samplers: from the model's logits to the distribution that tokens are drawn from. */
import { shownJson } from '../shownJson';
import { Candidates } from './candidates';
import { definitionOf, type SamplerSpec } from './catalog';
import { checkParameter } from './parameters';
import { ChainResult, type ProcessedDistribution } from './result';
import type {
  ChainMemory,
  Sampler,
  SamplerContext,
  SamplerHistory,
  Standing,
  TokenMask,
  TurnBack,
} from './types';
import { t, whole } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export { KEPT } from './candidates';
export type { SamplerName, SamplerSpec } from './catalog';
export type { ProcessedDistribution, StepReport } from './result';
export type { ChainMemory, SamplerHistory, Standing, TokenMask, TurnBack } from './types';

const NO_HISTORY: SamplerHistory = { tokens: [] };

/** Samplers in the order in which they act, as plain JSON. An empty chain leaves the model's distribution as it is. */
export type ChainSpec = readonly SamplerSpec[];

/**
 * Reads a chain.
 * @throws RangeError naming the sampler, the parameter, its value and the allowed range.
 */
export function parseChain(value: unknown): ChainSpec {
  if (!Array.isArray(value)) {
    throw new RangeError(t('The sampler chain is {0}; it must be a list of samplers.', shownJson(value)));
  }
  // Steps are numbered in an Int16Array; far fewer make sense.
  if (value.length > 100) {
    throw new RangeError(
      t('The sampler chain has {0} steps; it must have at most 100.', asGiven(value.length)),
    );
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
      t('A sampler is {0}; it must be an object such as {"sampler":"top-k","k":50}.', shownJson(value)),
    );
  }
  const given = value as Readonly<Record<string, unknown>>;
  const { name, about } = definitionOf(given['sampler']);
  for (const parameter of about.parameters) checkParameter(name, parameter, given[parameter.name]);
  const known = about.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(given).find((key) => key !== 'sampler' && !known.includes(key));
  if (unknown !== undefined) {
    throw new RangeError(
      t('{0} has no parameter {1}; its parameters are {2}.', name, unknown, known.join(', ')),
    );
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
  /** The first step for which a text may have to go back, as `turnsBack` says; -1 where it need not. */
  readonly turningStep: number;
  /** True where texts are held to a shape: `mask` says what may come. */
  readonly hasShape: boolean;
  readonly #samplers: readonly Sampler[];
  /** The steps in their order, and with those first that hold the text to a shape. */
  readonly #order: readonly number[];
  readonly #shapesFirst: readonly number[];
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
    this.turningStep = this.#samplers.findIndex((sampler) => sampler.turnsBack !== undefined);
    this.hasShape = this.#samplers.some((sampler) => sampler.mask !== undefined);
    this.#order = this.#samplers.map((_, step) => step);
    const isShape = (step: number): boolean => this.#samplers[step]!.mask !== undefined;
    this.#shapesFirst = [...this.#order.filter(isShape), ...this.#order.filter((step) => !isShape(step))];
  }

  /**
   * @param logits one per token id; not changed, and not to be changed before the next call: vectors of the result are
   * made from them when they are asked for.
   * @param history what came before; samplers that look back see nothing without it.
   * @throws RangeError when the logits are not one per token, hold NaN or +Infinity, or none is finite.
   */
  apply(logits: ArrayLike<number>, history: SamplerHistory = NO_HISTORY): ProcessedDistribution {
    this.#candidates.load(logits);
    return this.#run(logits, history);
  }

  /** The same for the logits that were given last, here or to the chain whose vectors these are: they are not read anew. */
  applyAgain(logits: ArrayLike<number>, history: SamplerHistory = NO_HISTORY): ProcessedDistribution {
    this.#candidates.reload(logits);
    return this.#run(logits, history);
  }

  /** The n most probable tokens before the chain, of the logits that were given last; see `topIndices`. */
  best(n: number): number[] {
    return this.#candidates.given.best(n);
  }

  /** How many tokens come before this one in the logits that were given last; see `rankOf`. */
  rankOf(id: number): number {
    return this.#candidates.given.rankOf(id);
  }

  /** What a shape needs may be among what others have removed before it: it then acts before them. */
  #run(logits: ArrayLike<number>, history: SamplerHistory): ProcessedDistribution {
    const result = this.#result;
    result.begin();
    const lost = this.#apply(this.#order, history);
    if (lost !== undefined) {
      const { sampler } = this.spec[lost]!;
      this.#candidates.reload(logits);
      result.begin();
      result.stranded = this.#apply(this.#shapesFirst, history) !== undefined;
      this.#candidates.warnings.unshift(
        result.stranded
          ? t('No token fits {0}, so a text cannot go on from here.', sampler)
          : t(
              '{0} allows none of the tokens that the samplers before it left, so it acts before them here.',
              sampler,
            ),
      );
    }
    return result;
  }

  /** Applies the steps in an order. @returns the first that holds the text to a shape and found nothing that has it */
  #apply(order: readonly number[], history: SamplerHistory): number | undefined {
    const candidates = this.#candidates;
    let lost: number | undefined;
    for (const step of order) {
      const sampler = this.#samplers[step]!;
      const before = candidates.count;
      const warned = candidates.warnings.length;
      candidates.begin(step);
      sampler.apply(candidates, history, history.memory?.[step] ?? sampler.initialState ?? 0);
      candidates.end();
      if (candidates.rescued && sampler.mask) lost ??= step;
      this.#result.report(step, before, warned, sampler.mask !== undefined);
    }
    return lost;
  }

  /** Whether the text can go on after what is in the history: the first sampler that says otherwise has it. */
  standing(history: SamplerHistory): Standing {
    for (const sampler of this.#samplers) {
      const standing = sampler.standing?.(history) ?? 'open';
      if (standing !== 'open') return standing;
    }
    return 'open';
  }

  /** Whether the text could end here by all shapes that it is held to; true without any. */
  isWhole(history: SamplerHistory): boolean {
    return this.#samplers.every((sampler) => sampler.isWhole?.(history) ?? true);
  }

  /** Where the text must go back to because of its last token, the earliest place of all; undefined where it need not. */
  turnsBack(history: SamplerHistory): TurnBack | undefined {
    let earliest: TurnBack | undefined;
    for (const sampler of this.#samplers) {
      const found = sampler.turnsBack?.(history);
      if (found && (!earliest || found.index < earliest.index)) earliest = found;
    }
    return earliest;
  }

  /**
   * The tokens that can come next by the shapes that the text is held to, all of them, and by nothing else of the
   * chain: neither logits nor the order of the samplers matter. undefined where there is no shape, or none that the
   * text still has.
   */
  mask(history: SamplerHistory): TokenMask | undefined {
    const masks = this.#samplers.flatMap((sampler) => sampler.mask?.(history) ?? []);
    return masks.length <= 1 ? masks[0] : (id) => masks.every((allows) => allows(id));
  }

  /**
   * @throws RangeError naming the numbers where a text of so many tokens cannot have the shape that a sampler holds it
   * to.
   */
  checkLength(maxNewTokens: number): void {
    this.#samplers.forEach((sampler, step) => {
      const tooFew = sampler.tooFew?.(maxNewTokens);
      if (!tooFew) return;
      const { least, enough } = tooFew;
      const { sampler: name } = this.spec[step]!;
      if (least === Infinity) {
        throw new RangeError(
          t(
            '{0}: no text that this model’s tokens make fits the shape. Use only characters that its tokens have.',
            name,
          ),
        );
      }
      throw new RangeError(
        enough === null
          ? t(
              '{0}: a text that fits takes at least {1} tokens, but max new tokens is {2}. Raise it, or make the shape shorter.',
              ...[name, whole(least), whole(maxNewTokens)],
            )
          : t(
              '{0}: a text that fits takes at least {1} tokens, but max new tokens is {2}. Raise it to {3}, or make the shape shorter.',
              ...[name, whole(least), whole(maxNewTokens), whole(enough)],
            ),
      );
    });
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
