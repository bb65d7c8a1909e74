/** How a model on a server is found. */
import type { ModelServer } from '../core/languageModel';

/** Where the exact bytes of a served model's tokens come from. */
export type TokenizerSource =
  /** GPT-2's, which comes with the extension. */
  | { readonly kind: 'gpt2' }
  /** A folder with the model's `tokenizer.json`, or its `vocab.json` and `merges.txt`. */
  | { readonly kind: 'folder'; readonly directory: string }
  /** The server's own lists of bytes, which llama-server has. */
  | { readonly kind: 'server' };

/** A server as its user has named it. */
export interface ServerAddress {
  readonly name: string;
  /** As `ModelServer.address`. */
  readonly address: string;
  /** What the server asks for, if it asks: never in results, reports, settings or logs. */
  readonly key?: string;
}

/** A model on a server. */
export interface RemoteSource {
  readonly kind: 'remote';
  /** Stable identifier among all models of this machine. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly server: ServerAddress;
  /** What the server calls it. */
  readonly model: string;
  readonly tokenizer: TokenizerSource;
}

/** One model of those that a server has. */
export interface ServedModel {
  /** What the server calls it. */
  readonly id: string;
  /** Tokens of its context; undefined where the server does not say. */
  readonly contextLength?: number;
  /** Tokens of its vocabulary; undefined where the server does not say. */
  readonly vocabularySize?: number;
}

/** What answers at an address. */
export interface ServerDescription {
  readonly kind: ModelServer['kind'];
  /** Empty where it says none. */
  readonly version: string;
  /** Empty where it asks for a key to name them, and none was given. */
  readonly models: readonly ServedModel[];
  /**
   * Log-probabilities that it lists at most for one place; Infinity where it sets no limit; 0 where it
   * does not say without a key.
   */
  readonly mostListed: number;
  /** Whether it refuses requests without a key; true where one was given, which is then sent with each. */
  readonly needsKey: boolean;
}

/** How servers are reached, as the editor's settings say. */
export interface NetworkSettings {
  /** Address of a proxy, empty for none; that of the environment's variables where it is left out. */
  readonly proxy?: string;
  /** Hosts that are reached without it, as in `NO_PROXY`. */
  readonly noProxy?: readonly string[];
  /** Value of `Proxy-Authorization`. */
  readonly proxyAuthorization?: string;
  /** False where certificates that cannot be verified are to be taken all the same. */
  readonly strictSSL: boolean;
}
