/** A file that is arriving: written under a temporary name, hashed on the way, and continued after a restart. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { fileProblem } from './libraryError';
import { stopped } from './retryPolicy';
import type { RemoteFile } from './hub';

/** A file that can be written to; a test puts a full disk in its place. */
export interface WritableFile {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file for writing without cutting it. */
export type OpenFile = (path: string, flags: 'r+' | 'w') => Promise<WritableFile>;

export const openFile: OpenFile = (path, flags) => open(path, flags);

/** The version that bytes are of, by the word of the server they came from. */
export interface Source {
  /** Address of the hub that was asked: a validator means nothing at another one. */
  readonly endpoint: string;
  /** The strong validator of its answer; undefined where it had none. */
  readonly etag: string | undefined;
}

/** Bytes as they were when the file was let go of. */
const keptSchema = v.object({ length: v.pipe(v.number(), v.integer(), v.minValue(0)), sha256: v.string() });

/** What the bytes so far are part of: those of another file or version are never continued. */
const stateSchema = v.object({
  identity: v.string(),
  source: v.optional(v.object({ endpoint: v.string(), etag: v.optional(v.string()) })),
  kept: v.optional(keptSchema),
});
type PartState = v.InferOutput<typeof stateSchema>;

export class PartialFile {
  #length = 0;
  #source: Source | undefined;
  #sha256!: Hash;
  #git: Hash | undefined;
  /** Whether some bytes were here before this session, so that nobody has watched all of them arrive. */
  #resumed = false;
  #finished = false;

  private constructor(
    /** Where the file goes when it is whole. */
    private readonly target: string,
    private readonly file: RemoteFile,
    private readonly handle: WritableFile,
  ) {
    this.#startHashes();
  }

  /**
   * Begins a file, or continues what is there of the same file.
   * @throws LibraryError when it cannot be written, or `stopped`.
   */
  static async open(
    target: string,
    file: RemoteFile,
    openFileFor: OpenFile,
    signal: AbortSignal,
  ): Promise<PartialFile> {
    const part = partOf(target);
    const state = await readState(target);
    const known = state?.identity === identityOf(file) ? await sizeOf(part) : 0;
    const usable = known > 0 && known <= file.bytes;
    let handle: WritableFile;
    try {
      handle = await openFileFor(part, usable ? 'r+' : 'w');
    } catch (error) {
      throw fileProblem(part, 'be written', error);
    }
    const partial = new PartialFile(target, file, handle);
    try {
      if (usable) await partial.#readBack(state!, signal);
      else await partial.#saveState();
      return partial;
    } catch (error) {
      await partial.close();
      throw error;
    }
  }

  get length(): number {
    return this.#length;
  }

  /** Where the bytes so far came from; undefined while there are none. */
  get source(): Source | undefined {
    return this.#source;
  }

  /**
   * Whether an answer of `endpoint` can go on where the bytes stop: the digest of the whole will tell, or the server
   * says by its strong validator that they are of one version. Else two versions could be put together unnoticed.
   */
  canContinue(endpoint: string): boolean {
    return hasDigest(this.file) || (this.#source?.etag !== undefined && this.#source.endpoint === endpoint);
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  /** Remembers where the bytes come from, beside them. */
  async setSource({ endpoint, etag }: Source): Promise<void> {
    if (endpoint === this.#source?.endpoint && etag === this.#source.etag) return;
    this.#source = { endpoint, etag };
    await this.#saveState();
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, at, bytes.length - at, this.#length + at);
        at += bytesWritten;
      }
    } catch (error) {
      throw fileProblem(this.target, 'be written', error);
    }
    this.#hash(bytes);
    this.#length += bytes.length;
  }

  /** Forgets all bytes. */
  async restart(): Promise<void> {
    this.#length = 0;
    this.#source = undefined;
    this.#resumed = false;
    this.#startHashes();
    await this.#cut();
    await this.#saveState();
  }

  /** Digests of the whole file, in hex. May be called once. */
  digests(): { readonly sha256: string; readonly gitOid: string | undefined } {
    return { sha256: this.#sha256.digest('hex'), gitOid: this.#git?.digest('hex') };
  }

  /** Puts the file in its place: from now on it is whole, or it is not there at all. */
  async finish(): Promise<void> {
    try {
      // A name must not point to bytes that a power failure can still lose.
      await this.handle.datasync();
      this.#finished = true;
      await this.close();
      await rename(partOf(this.target), this.target);
      await rm(stateOf(this.target), { force: true });
    } catch (error) {
      throw fileProblem(this.target, 'be moved into place', error);
    }
  }

  /** Lets go of the file; what has arrived stays for later. */
  async close(): Promise<void> {
    // A state that cannot be written costs these bytes, and nothing else.
    if (!this.#finished && this.#length > 0) await this.#saveState().catch(() => undefined);
    this.#finished = true;
    await this.handle.close().catch(() => undefined);
  }

  #startHashes(): void {
    this.#sha256 = createHash('sha256');
    // Git hashes a header before the content.
    this.#git = this.file.gitOid ? createHash('sha1').update(`blob ${this.file.bytes}\0`) : undefined;
  }

  #hash(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#git?.update(bytes);
  }

  /**
   * Hashes what is there: the state of a hash cannot be kept, and the disk may have lost something. Bytes whose whole
   * has no digest are believed as far as they are those that were there when the file was let go of.
   */
  async #readBack({ source, kept }: PartState, signal: AbortSignal): Promise<void> {
    this.#source = source && { endpoint: source.endpoint, etag: source.etag };
    this.#resumed = true;
    const believed = hasDigest(this.file) ? Infinity : (kept?.length ?? 0);
    if (believed === 0) return this.restart();
    const options = { highWaterMark: 1 << 20, signal, end: believed - 1 };
    try {
      for await (const chunk of createReadStream(partOf(this.target), options)) {
        this.#hash(chunk as Buffer);
        this.#length += (chunk as Buffer).length;
      }
    } catch (error) {
      if (signal.aborted) throw stopped();
      throw fileProblem(this.target, 'be read', error);
    }
    if (hasDigest(this.file)) return;
    if (this.#length !== kept?.length || this.#digestSoFar() !== kept.sha256) await this.restart();
    else await this.#cut();
  }

  #digestSoFar(): string {
    return this.#sha256.copy().digest('hex');
  }

  async #cut(): Promise<void> {
    try {
      await this.handle.truncate(this.#length);
    } catch (error) {
      throw fileProblem(this.target, 'be written', error);
    }
  }

  async #saveState(): Promise<void> {
    const state: PartState = {
      identity: identityOf(this.file),
      source: this.#source && { ...this.#source },
      kept: { length: this.#length, sha256: this.#digestSoFar() },
    };
    try {
      await writeFile(stateOf(this.target), JSON.stringify(state));
    } catch (error) {
      throw fileProblem(stateOf(this.target), 'be written', error);
    }
  }
}

/** Bytes of a file that have arrived, whole or in part. */
export async function arrivedBytes(target: string): Promise<number> {
  return (await sizeOf(target)) || (await sizeOf(partOf(target)));
}

function partOf(target: string): string {
  return `${target}.part`;
}

function stateOf(target: string): string {
  return `${target}.part.json`;
}

/** Whether the hub has said what the whole content is. */
export function hasDigest({ sha256, gitOid }: RemoteFile): boolean {
  return sha256 !== undefined || gitOid !== undefined;
}

function identityOf({ bytes, sha256, gitOid }: RemoteFile): string {
  return `${bytes} ${sha256 ?? gitOid ?? 'unknown'}`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function readState(target: string): Promise<PartState | undefined> {
  try {
    const parsed = v.safeParse(stateSchema, JSON.parse(await readFile(stateOf(target), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
