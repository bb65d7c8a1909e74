/** What every backend offers, and nothing more: experiments see only this. */

/** A model's identity and limits, as plain data. */
export interface ModelInfo {
  /** Stable identifier, for example `toy` or `fireside`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly kind: 'toy' | 'gpt2';
  /** Number of token ids; logits vectors have this length. */
  readonly vocabularySize: number;
  /** Most tokens a context may hold. */
  readonly contextLength: number;
  /** Id of the end-of-text token; null where the vocabulary has none. */
  readonly endOfText: number | null;
  /** Hex digest of what determines the logits (weights, or the toy's words and logits): results record it. */
  readonly fingerprint: string;
  /** Arithmetic of the weights, for example `fp32`. */
  readonly precision: string;
  /** Number of parameters; 0 for the toy. */
  readonly parameters: number;
}

/** Bytes of every token, one after the other: token `i` is `bytes[offsets[i] .. offsets[i + 1])`, UTF-8 or a part of it. */
export interface Vocabulary {
  readonly bytes: Uint8Array;
  /** `vocabularySize + 1` entries. */
  readonly offsets: Uint32Array;
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
}

export interface NextToken {
  /** `vocabularySize` raw logits for the token after the context. The caller may keep but not change them. */
  readonly logits: Float32Array;
  readonly cache: CacheHandle;
}

export interface LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  /** Text to ids. Special tokens are ordinary text; a lone surrogate is encoded as U+FFFD. */
  encode(text: string): number[];
  /** Ids to text; bytes that are not whole UTF-8 characters become U+FFFD. */
  decode(ids: readonly number[]): string;
  /**
   * Logits for the token after each context, in order.
   * @throws RangeError when a context is empty, too long or holds an id outside the vocabulary.
   */
  next(contexts: readonly Context[]): Promise<NextToken[]>;
  dispose(): Promise<void>;
}
