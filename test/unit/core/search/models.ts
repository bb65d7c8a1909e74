/** Small models for tests of searches. */
import fc from 'fast-check';
import type {
  CacheHandle,
  Context,
  LanguageModel,
  ModelInfo,
  NextToken,
  RepresentedNextToken,
  Vocabulary,
} from '../../../../src/core/languageModel';
import type { RepresentingModel } from '../../../../src/core/search/contrastive';

interface Remembered extends CacheHandle {
  readonly tokens: readonly number[];
}

/** A model given by a function of the whole context; tokens are texts. Refuses a cache that does not fit. */
export class FunctionModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  /** Contexts read, over all calls. */
  read = 0;
  calls = 0;

  constructor(
    readonly tokens: readonly string[],
    readonly logits: (context: readonly number[]) => readonly number[],
    options: { readonly endOfText?: number | null; readonly contextLength?: number } = {},
  ) {
    this.info = {
      id: 'function',
      name: 'Function',
      kind: 'toy',
      vocabularySize: tokens.length,
      contextLength: options.contextLength ?? 64,
      endOfText: [options.endOfText ?? []].flat(),
      startOfText: null,
      fingerprint: '',
      precision: 'fp32',
      parameters: 0,
    };
    const pieces = tokens.map((token) => new TextEncoder().encode(token));
    const offsets = Uint32Array.from([
      0,
      ...pieces.map((_, i) => pieces.slice(0, i + 1).flatMap((p) => [...p]).length),
    ]);
    this.vocabulary = { bytes: Uint8Array.from(pieces.flatMap((piece) => [...piece])), offsets };
  }

  encode(): number[] {
    throw new Error('not needed');
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.tokens[id]!).join('');
  }

  async next(contexts: readonly Context[]): Promise<NextToken[]> {
    this.calls++;
    this.read += contexts.length;
    return contexts.map(({ tokens, cache }) => {
      if (tokens.length > this.info.contextLength) throw new RangeError('The context is too long.');
      const seen = (cache as Remembered | undefined)?.tokens ?? [];
      if (seen.length >= tokens.length && seen.length > 0)
        throw new Error('The cache leaves nothing to read.');
      if (seen.some((id, i) => tokens[i] !== id))
        throw new Error(`The cache of ${seen.join()} is not ${tokens.join()}.`);
      const remembered: Remembered = { length: tokens.length, tokens: [...tokens] };
      return {
        logits: Float32Array.from(this.logits(tokens)),
        cache: remembered,
      };
    });
  }

  async dispose(): Promise<void> {
    // Nothing to free.
  }
}

/** A function model that also shows a hidden state for every token. */
export class RepresentingFunctionModel extends FunctionModel implements RepresentingModel {
  constructor(
    tokens: readonly string[],
    logits: (context: readonly number[]) => readonly number[],
    readonly state: (context: readonly number[]) => readonly number[],
  ) {
    super(tokens, logits);
  }

  async nextWithStates(contexts: readonly Context[]): Promise<RepresentedNextToken[]> {
    const answers = await this.next(contexts);
    return answers.map((answer, i) => {
      const { tokens, cache } = contexts[i]!;
      const states = [];
      for (let end = (cache?.length ?? 0) + 1; end <= tokens.length; end++)
        states.push(...this.state(tokens.slice(0, end)));
      return { ...answer, states: Float32Array.from(states) };
    });
  }
}

/** Logits that look random but depend on nothing but the context: a hash of it, by vocabulary entry. */
export function hashLogits(seed: number, size: number, spread = 3): (context: readonly number[]) => number[] {
  return (context) =>
    Array.from({ length: size }, (_, id) => {
      let hash = (seed * 2_654_435_761) >>> 0;
      for (const token of [...context, -1 - id]) {
        hash = Math.imul(hash ^ (token + 0x9e3779b9), 0x85ebca6b) >>> 0;
        hash = (hash ^ (hash >>> 13)) >>> 0;
        hash = Math.imul(hash, 0xc2b2ae35) >>> 0;
        hash = (hash ^ (hash >>> 16)) >>> 0;
      }
      return Math.fround(spread * (hash / 2 ** 32 - 0.5));
    });
}

export const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Small models with 2 to `most` tokens. */
export const models = (most: number, endOfText = false): fc.Arbitrary<FunctionModel> =>
  fc.record({ seed: fc.integer({ min: 0, max: 1_000_000 }), size: fc.integer({ min: 2, max: most }) }).map(
    ({ seed, size }) =>
      new FunctionModel(LETTERS.slice(0, size), hashLogits(seed, size), {
        endOfText: endOfText ? size - 1 : null,
      }),
  );

export interface Listed {
  readonly tokens: number[];
  readonly logProbability: number;
}

/** Every continuation of exactly `length` tokens, or ended earlier by `endOfText`, most probable first. */
export function listAll(
  model: FunctionModel,
  prompt: readonly number[],
  length: number,
  endOfText: number | null,
): Listed[] {
  let open: Listed[] = [{ tokens: [], logProbability: 0 }];
  const all: Listed[] = [];
  for (let step = 0; step < length; step++) {
    const grown: Listed[] = [];
    for (const { tokens, logProbability } of open) {
      const logits = model.logits([...prompt, ...tokens]);
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      logits.forEach((logit, id) => {
        grown.push({ tokens: [...tokens, id], logProbability: logProbability + logit - total });
      });
    }
    all.push(...grown.filter(({ tokens }) => tokens.at(-1) === endOfText));
    open = grown.filter(({ tokens }) => tokens.at(-1) !== endOfText);
  }
  return [...all, ...open].sort((a, b) => b.logProbability - a.logProbability);
}
