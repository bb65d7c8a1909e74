/** What every backend offers, and nothing more: experiments see only this. */
import type { ChainSpec } from './samplers/chain';

/** The precision of a model whose server does not say its arithmetic, as results record it. */
export const AS_SERVED = 'as served';

/** Where a model runs, if not on this machine's own engine. */
export interface ModelServer {
  /** What its user calls it. */
  readonly name: string;
  /** Origin and path below which it answers, such as `http://gpu1:8000`; never with a key. */
  readonly address: string;
  readonly kind: 'vllm' | 'llama-server';
  /** As the server says it; empty where it says none. */
  readonly version: string;
  /** How many tokens it lists at most for one place; `vocabularySize` where it lists all. */
  readonly listed: number;
  /** How it says the probabilities of a text that is given: in one request, or in one request for each token. */
  readonly readsTexts: 'at once' | 'token by token';
  /** Whether it has a chat template for the model, so that `LanguageModel.chat` is there. */
  readonly chat: boolean;
}

/** A model's identity and limits, as plain data. */
export interface ModelInfo {
  /** Stable identifier, for example `toy` or `fireside`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly kind: 'toy' | 'gpt2' | 'remote';
  /** Number of token ids; logits vectors have this length. */
  readonly vocabularySize: number;
  /** Most tokens a context may hold. */
  readonly contextLength: number;
  /** Ids that end a text when they are drawn, the usual one first; empty where none does. */
  readonly endOfText: readonly number[];
  /** Id that stands before the first token of a text, so that this one is predicted too; null where there is none. */
  readonly startOfText: number | null;
  /** Sentences that a user should read about what the model's files say and what was made of it. */
  readonly remarks?: readonly string[];
  /** Hex digest of what determines the logits (weights, or the toy's words and logits): results record it. */
  readonly fingerprint: string;
  /** Arithmetic of the weights, for example `fp32`; {@link AS_SERVED} where only a server knows it. */
  readonly precision: string;
  /** Number of parameters; 0 for the toy. */
  readonly parameters: number;
  /** Bytes of the weights in their files; left out where there are none. */
  readonly weightBytes?: number;
  /** Of a `remote` model, and of no other. */
  readonly server?: ModelServer | undefined;
}

/** Bytes of every token, one after the other: token `i` is `bytes[offsets[i] .. offsets[i + 1])`, UTF-8 or a part of it. */
export interface Vocabulary {
  readonly bytes: Uint8Array;
  /** `vocabularySize + 1` entries. */
  readonly offsets: Uint32Array;
}

/** The tokens of a text, and the characters that each stands for, as UTF-16 offsets; tokens may share some. */
export interface PlacedTokens {
  readonly ids: number[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A backend's memory of a context it has seen (a KV cache). Opaque, immutable, freed by the garbage collector. */
export interface CacheHandle {
  /** How many leading tokens of the context it covers. */
  readonly length: number;
}

/** A sequence whose next token is asked for. */
export interface Context {
  /** The whole sequence, at most `contextLength` ids, at least one for GPT-2. */
  readonly tokens: readonly number[];
  /** The cache of an earlier answer whose tokens begin `tokens`; several contexts may share one. */
  readonly cache?: CacheHandle | undefined;
  /** True where an answer that a backend remembers will not do, as where answers are compared: it is asked for anew. */
  readonly anew?: boolean;
}

/** What an answer knows that lists only some tokens: of the others, no more than what they hold together. */
export interface ListedTokens {
  /** Most probable first. */
  readonly ids: Int32Array;
  /** Probability of these together, 0 to 1; the other tokens hold the rest. */
  readonly mass: number;
  /** Natural log of a probability that no other token exceeds. */
  readonly bound: number;
}

export interface NextToken {
  /** `vocabularySize` raw logits for the token after the context. The caller may keep but not change them. */
  readonly logits: Float32Array;
  /** The same logits in float64, where the backend has more digits than `logits` can hold. */
  readonly exact?: Float64Array;
  readonly cache: CacheHandle;
  /**
   * Where the backend lists only some tokens. The logits are then natural logs of probabilities: of the listed tokens
   * as they are, of the others an even share of what is left; see `listedLogits`.
   */
  readonly listed?: ListedTokens;
}

/**
 * Memory for the logits of a caller's latest answers, which the caller's next question with it overwrites, and how much
 * room its contexts will need. Logits, keys and values of many sequences are megabytes; arrays made anew for every
 * token, or larger than needed, would keep the garbage collector busy.
 */
export class JobMemory {
  #floats = new Float32Array();

  /** @param longest tokens of the longest context that will be asked about. */
  constructor(readonly longest: number) {}

  /** Room for so many numbers, whatever is in it; what was claimed before is given up. */
  claim(length: number): Float32Array {
    if (length > this.#floats.length) this.#floats = new Float32Array(length);
    return this.#floats.subarray(0, length);
  }
}

/** An answer with the hidden states behind it. */
export interface RepresentedNextToken extends NextToken {
  /**
   * Last hidden states (after the final layer norm) of the context's tokens that its cache did not cover, and of its
   * last token in any case, one after the other: so many times the model's width.
   */
  readonly states: Float32Array;
}

/** How the tokens of a text were predicted, token by token; the first token is predicted by nothing. */
export interface TextScores {
  /** Natural log of each token's probability given the tokens before it; NaN for the first. */
  readonly logProbabilities: Float64Array;
  /** Each token's place among all tokens there, 0 = most probable; -1 for the first, and where it is not known. */
  readonly ranks: Int32Array;
  /**
   * Entropy in nats of the distribution that each token was compared with; NaN for the first, and where the backend
   * does not say what all tokens of a place have.
   */
  readonly entropies: Float64Array;
  /** The best tokens at each place, `count` per token, most probable first; -1 for the first token. */
  readonly alternatives: {
    readonly count: number;
    readonly ids: Int32Array;
    readonly logProbabilities: Float64Array;
  };
}

export interface ScoreOptions {
  /** Best tokens to keep per place, 0 to 100; 0 when left out. */
  readonly alternatives?: number;
  /** First token to score, 1 or more; those before it are only read. 1 when left out. */
  readonly from?: number;
  /**
   * A text longer than the context is read in windows; tokens after the first window see at least this many
   * tokens before them. 0 to the context length - 1; half of the context when left out.
   */
  readonly overlap?: number;
  /** Called with the logits that predict the token at `at`, in order; they may be kept but not changed. */
  readonly onLogits?: (at: number, logits: Float32Array) => void;
  /**
   * Called with the scores so far, of which those from `from` up to `to` are new. The model waits for a promise
   * that it returns, so that a slow reader is not flooded.
   */
  readonly onScored?: (scores: TextScores, from: number, to: number) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

/** Texts that a backend is to draw by its own samplers. */
export interface OwnDrawing {
  readonly prompt: readonly number[];
  readonly chain: ChainSpec;
  /** Take the most probable token instead of drawing. */
  readonly greedy: boolean;
  readonly seed: number;
  /** The first sample, from 0, and how many there are: sample i depends on the seed and on i only. */
  readonly first: number;
  readonly samples: number;
  readonly maxNewTokens: number;
  /** Texts at which a sample may end; whoever asks cuts it there in any case. */
  readonly stop: readonly string[];
}

/** One token that a backend has drawn. */
export interface DrawnToken {
  /** Which sample, as `OwnDrawing` counts them. */
  readonly sample: number;
  readonly id: number;
  /**
   * What the model said at its place, before all samplers, with the drawn token among the listed. undefined where
   * the backend says nothing of this place.
   */
  readonly next: NextToken | undefined;
}

/** Samplers of a backend's own, for many texts at once. */
export interface OwnSamplers {
  /** Why these texts cannot be drawn so, as a sentence; undefined where they can. */
  refusal(drawing: Omit<OwnDrawing, 'prompt'>): string | undefined;
  /**
   * Draws texts. Tokens of one sample come in order, those of several in any.
   * @param onToken answers whether the sample is to go on; a backend may send more all the same.
   * @throws RangeError where `refusal` has a reason.
   */
  draw(drawing: OwnDrawing, onToken: (token: DrawnToken) => boolean, signal?: AbortSignal): Promise<void>;
}

export interface LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  /** Text to ids. Special tokens are ordinary text; a lone surrogate is encoded as U+FFFD. */
  encode(text: string): number[] | Promise<number[]>;
  /**
   * As `encode`, with places. Left out where the bytes of a text's tokens are those of the text, so that places
   * follow from them: other tokenizers add spaces, or change letters.
   */
  readonly tokenize?: ((text: string) => PlacedTokens | Promise<PlacedTokens>) | undefined;
  /**
   * Ids of a prompt in which the text is what a user says and the model is to answer, by the model's chat template;
   * left out where it has none.
   */
  chat?(text: string): Promise<number[]>;
  /** Ids to text; bytes that are not whole UTF-8 characters become U+FFFD. */
  decode(ids: readonly number[]): string;
  /**
   * Logits for the token after each context, in order.
   * @param signal ends a long reading early; the promise then rejects with the signal's reason.
   * @param memory where a backend may put the logits; they then hold only until the next call with it.
   * @throws RangeError when a context is empty, too long or holds an id outside the vocabulary.
   */
  next(contexts: readonly Context[], signal?: AbortSignal, memory?: JobMemory): Promise<NextToken[]>;
  /**
   * As `next`, with hidden states; a backend that cannot show them leaves it out.
   * @throws RangeError as `next`.
   */
  nextWithStates?(contexts: readonly Context[], signal?: AbortSignal): Promise<RepresentedNextToken[]>;
  /**
   * Scores every token of a text of any length, without keeping its logits; a backend may leave it out.
   * @throws RangeError when the text is empty or holds an id outside the vocabulary, or an option is out of range.
   */
  score?(tokens: readonly number[], options?: ScoreOptions): Promise<TextScores>;
  /** Left out by backends that draw nothing themselves. */
  readonly samplers?: OwnSamplers;
  dispose(): Promise<void>;
}
