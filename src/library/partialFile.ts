/** A file that is arriving: written under a temporary name, hashed on the way, and continued after a restart. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { fileProblem } from './libraryError';
import { stopped } from './patience';
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

/** What the bytes so far are part of: those of another file or version are never continued. */
interface PartState {
  readonly identity: string;
  readonly etag: string | undefined;
}

export class PartialFile {
  #length = 0;
  #etag: string | undefined;
  #sha256!: Hash;
  #git: Hash | undefined;
  /** Whether some bytes were here before this session, so that nobody has watched all of them arrive. */
  #resumed = false;

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
      if (usable) await partial.#readBack(state?.etag, signal);
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

  get etag(): string | undefined {
    return this.#etag;
  }

  get resumed(): boolean {
    return this.#resumed;
  }

  /** Remembers the validator of the bytes, beside them. */
  async setEtag(etag: string | undefined): Promise<void> {
    if (etag === this.#etag) return;
    this.#etag = etag;
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
    this.#etag = undefined;
    this.#resumed = false;
    this.#startHashes();
    try {
      await this.handle.truncate(0);
    } catch (error) {
      throw fileProblem(this.target, 'be written', error);
    }
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
      await this.close();
      await rename(partOf(this.target), this.target);
      await rm(stateOf(this.target), { force: true });
    } catch (error) {
      throw fileProblem(this.target, 'be moved into place', error);
    }
  }

  /** Lets go of the file; what has arrived stays for later. */
  async close(): Promise<void> {
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

  /** Hashes what is there: the state of a hash cannot be kept, and the disk may have lost something. */
  async #readBack(etag: string | undefined, signal: AbortSignal): Promise<void> {
    this.#etag = etag;
    this.#resumed = true;
    try {
      for await (const chunk of createReadStream(partOf(this.target), { highWaterMark: 1 << 20, signal })) {
        this.#hash(chunk as Buffer);
        this.#length += (chunk as Buffer).length;
      }
    } catch (error) {
      if (signal.aborted) throw stopped();
      throw fileProblem(this.target, 'be read', error);
    }
  }

  async #saveState(): Promise<void> {
    const state: PartState = { identity: identityOf(this.file), etag: this.#etag };
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

function identityOf({ bytes, sha256, gitOid }: RemoteFile): string {
  return `${bytes} ${sha256 ?? gitOid ?? 'unknown'}`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function readState(target: string): Promise<PartState | undefined> {
  try {
    const { identity, etag } = JSON.parse(await readFile(stateOf(target), 'utf8')) as Record<string, unknown>;
    if (typeof identity !== 'string') return undefined;
    return { identity, etag: typeof etag === 'string' ? etag : undefined };
  } catch {
    return undefined;
  }
}
