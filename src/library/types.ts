/** What the model library is given, and what it tells. */
import type { BundledModel, CatalogEntry } from './catalog';
import type { DownloadTools } from './download';
import type { TokenSource } from './http';
import type { Inspect } from './inspect';
import type { InspectTokenizer } from './inspectTokenizer';
import type { MachineMemory, MemoryNeed } from './memory';
import type { OpenFile } from './partialFile';
import type { RetryPolicy } from './retryPolicy';
import type { DownloadProgress } from './progress';
import type { LibraryEntry } from './installedModels';

export interface ModelLibraryOptions {
  /** Folder of the library; made when it is first needed. */
  readonly storage: string;
  /** Folder with the models that are shipped; nothing is ever written to it. */
  readonly bundled?: string | undefined;
  readonly catalog: readonly CatalogEntry[];
  /** What is known of the models that are shipped. */
  readonly aboutBundled?: readonly BundledModel[] | undefined;
  /** Addresses of the hub and its mirrors, in the order in which they are asked; the Hugging Face hub alone. */
  readonly endpoints?: readonly string[] | undefined;
  /** Access token for an endpoint. It is sent to that endpoint alone, and only where nobody can read it on the way. */
  readonly token?: TokenSource | undefined;
  /** How the web is reached; as Node reaches it when left out. */
  readonly fetch?: typeof fetch | undefined;
  /** Looks at a model's folder; in this process when left out. */
  readonly inspect?: Inspect | undefined;
  /** Looks at a tokenizer before weights are fetched; they are fetched unseen when left out. */
  readonly inspectTokenizer?: InspectTokenizer | undefined;
  readonly retryPolicy?: Partial<RetryPolicy> | undefined;
  /** For tests: a disk that is full, a machine with other memory. */
  readonly openFile?: OpenFile | undefined;
  readonly freeBytes?: DownloadTools['freeBytes'] | undefined;
  readonly memory?: (() => MachineMemory) | undefined;
}

export interface DownloadOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Ends the download as `pause` does: what has arrived is kept. */
  readonly signal?: AbortSignal | undefined;
}

/** A known model, and what of it is here. */
export interface CatalogListing extends CatalogEntry {
  readonly memory: MemoryNeed | undefined;
  /** `paused` also where another window may be at it. */
  readonly state: 'absent' | 'downloading' | 'paused' | 'here';
  readonly receivedBytes: number;
  readonly totalBytes: number | undefined;
}

/** A download that has begun and is not whole. */
export interface UnfinishedDownload {
  readonly id: string;
  readonly repo: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Whether this window is at it. */
  readonly active: boolean;
}

/** A model that is being used: it cannot be removed, here or in another window, until it is released. */
export interface ModelUse {
  readonly entry: LibraryEntry;
  /** May be called twice. */
  release(): Promise<void>;
}
