/** One model from the hub into the library. */
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inBytes } from '../l10n/bytes';
import { parseBoundedJson } from '../core/boundedJson';
import { readConfig } from '../gpt2/checkpoint/config';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { readShardIndex, SHARD_INDEX } from '../gpt2/checkpoint/sharded';
import { t } from '../l10n/language';
import { fileOf } from './fileOf';
import { chooseFiles, chooseShards, COMPANIONS } from './chooseFiles';
import { hashFile } from './hashFile';
import type { Inspect } from './inspect';
import type { InspectTokenizer } from './inspectTokenizer';
import type { Hub, RemoteFile } from './hub';
import { fileProblem, LibraryError, reason } from './libraryError';
import { makeFolder } from './disk';
import { arrivedBytes, hasDigest, type OpenFile } from './partialFile';
import { stopped, type RetryPolicy } from './retryPolicy';
import type { ProgressMeter } from './progress';
import { PLAN, readPlan, writePlan, writeRecord, type DownloadPlan } from './record';
import { transfer } from './transfer';

/** What is to be fetched. */
export interface DownloadTarget {
  readonly id: string;
  readonly name: string;
  readonly repo: string;
  readonly revision: string;
  readonly license?: string | undefined;
  /** Digests that are known for certain, by path. */
  readonly sha256: Readonly<Record<string, string>>;
}

export interface DownloadTools {
  readonly inspect: Inspect;
  readonly inspectTokenizer?: InspectTokenizer | undefined;
  /** Getting it throws a LibraryError where an endpoint is no address. */
  readonly hub: Hub;
  readonly retryPolicy: RetryPolicy;
  readonly openFile: OpenFile;
  /** Bytes that can still be written to the disk of a folder; undefined where the system does not say. */
  readonly freeBytes: (folder: string) => Promise<number | undefined>;
}

/** Room that is left on the disk for everybody else. */
const RESERVE_BYTES = 100e6;

/**
 * Fetches a model into `staging` and moves it to `destination` when all of it is there and can be run. What is
 * already in `staging` of the same version is not fetched again.
 * @throws LibraryError
 */
export async function downloadModel(
  target: DownloadTarget,
  staging: string,
  destination: string,
  tools: DownloadTools,
  progress: ProgressMeter,
  signal: AbortSignal,
): Promise<void> {
  if (await stat(destination).catch(() => undefined)) {
    throw new LibraryError(
      'name',
      t('{0} is in the way of {1}. Move that folder elsewhere.', destination, target.name),
    );
  }
  await makeFolder(staging);
  try {
    await new Download(target, staging, tools, progress, signal).run();
    await moveIntoPlace(staging, destination);
  } catch (error) {
    if (error instanceof LibraryError && error.code === 'unsupported') {
      // These bytes are right, but no model: fetching more of them will never make one.
      await rm(staging, { recursive: true, force: true });
    } else if (error instanceof LibraryError && (error.code === 'changed' || error.code === 'missing')) {
      // The next attempt asks anew what there is.
      await rm(join(staging, PLAN), { force: true });
    }
    throw error;
  }
}

/** Bytes of a download that are here, and of how many; undefined where none has begun. */
export async function downloadState(
  staging: string,
): Promise<{ plan: DownloadPlan; receivedBytes: number; totalBytes: number } | undefined> {
  const plan = await readPlan(staging);
  if (!plan) return undefined;
  const sizes = await Promise.all(plan.files.map(({ path }) => arrivedBytes(join(staging, path))));
  const receivedBytes = sizes.reduce((a, b) => a + b, 0);
  return { plan, receivedBytes, totalBytes: plan.files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

class Download {
  #plan!: DownloadPlan & { readonly endpoint: string };
  /** Whether the plan has all files; until then it is kept from the disk. */
  #planned = false;

  constructor(
    private readonly target: DownloadTarget,
    private readonly staging: string,
    private readonly tools: DownloadTools,
    private readonly progress: ProgressMeter,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    const { id, name, repo, revision } = this.target;
    const earlier = await readPlan(this.staging);
    const endpoint = this.#endpointOf(earlier);
    if (earlier?.repo === repo && earlier.revision === revision && endpoint !== undefined) {
      this.#plan = { ...earlier, endpoint, arrived: await this.#stillThere(earlier.arrived) };
    } else await this.#makePlan(earlier);
    this.#planned = true;
    await writePlan(this.staging, this.#plan);

    const files = [...this.#plan.files].sort((a, b) => a.bytes - b.bytes);
    this.progress.total(files.reduce((sum, { bytes }) => sum + bytes, 0));
    await this.#checkRoom(files);
    // A model of another architecture is refused before gigabytes of it have come.
    await this.#checkConfig();
    for (const file of files.filter(({ path }) => COMPANIONS.includes(path))) await this.#fetch(file);
    await this.#supportedHere(this.tools.inspectTokenizer?.(this.staging));
    for (const file of files) await this.#fetch(file);

    this.progress.begin('finishing');
    await this.#supportedHere(this.tools.inspect(this.staging));
    const license = this.target.license ?? this.#plan.license;
    await writeRecord(this.staging, {
      version: 1,
      id,
      name,
      repo,
      commit: this.#plan.commit,
      ...(license !== undefined && { license }),
      files: this.#plan.arrived,
      added: new Date().toISOString(),
    });
    if (this.signal.aborted) throw stopped();
  }

  /** The hub at which an earlier plan goes on; where digests vouch for all its files, it need not be known. */
  #endpointOf(earlier: DownloadPlan | undefined): string | undefined {
    const { endpoints } = this.tools.hub;
    if (earlier?.endpoint === undefined) return earlier?.files.every(hasDigest) ? endpoints[0] : undefined;
    return endpoints.includes(earlier.endpoint) ? earlier.endpoint : undefined;
  }

  /** Asks what there is and chooses from it. @param earlier a plan for another version, whose bytes are in the way. */
  async #makePlan(earlier: DownloadPlan | undefined): Promise<void> {
    const { id, repo, revision, sha256 } = this.target;
    this.progress.begin('listing');
    const { endpoint, commit, license, files } = await this.tools.hub.describe(repo, revision, this.signal);
    if (earlier && (earlier.commit !== commit || earlier.repo !== repo)) {
      await rm(this.staging, { recursive: true, force: true });
      await makeFolder(this.staging);
    }
    const chosen = chooseFiles(repo, files);
    this.#plan = {
      version: 1,
      id,
      repo,
      endpoint,
      revision,
      commit,
      ...(license !== undefined && { license }),
      files: chosen.files.map(plain),
      arrived: earlier?.commit === commit ? await this.#stillThere(vouched(earlier, endpoint)) : [],
    };
    if (chosen.index) {
      const index = chosen.files.find(({ path }) => path === SHARD_INDEX)!;
      await this.#fetch(index);
      const text = await readFile(join(this.staging, SHARD_INDEX), 'utf8');
      const shards = chooseShards(
        repo,
        files,
        this.#supported(() => readShardIndex(text, SHARD_INDEX)).values(),
      );
      this.#plan.files.push(...shards.map(plain));
    }
    for (const [path, known] of Object.entries(sha256)) {
      const offered = this.#plan.files.find((file) => file.path === path)?.sha256;
      if (offered === known) continue;
      throw new LibraryError(
        'changed',
        t(
          "{0} of {1} is offered with SHA-256 {2}, but {3} is known to be right. It is not downloaded; check the hub's address.",
          path,
          repo,
          offered ?? t('(none)'),
          known,
        ),
      );
    }
  }

  async #checkRoom(files: readonly RemoteFile[]): Promise<void> {
    const here = await downloadState(this.staging);
    const missing = files.reduce((sum, { bytes }) => sum + bytes, 0) - (here?.receivedBytes ?? 0);
    const free = await this.tools.freeBytes(this.staging);
    if (free === undefined || missing + RESERVE_BYTES <= free) return;
    throw new LibraryError(
      'disk',
      t(
        '{0} needs {1} more in {2}, but its disk has only {3} free, of which {4} are left to others. Make room or choose another storage folder.',
        this.target.name,
        inBytes(missing),
        dirname(dirname(this.staging)),
        inBytes(free),
        inBytes(RESERVE_BYTES),
      ),
    );
  }

  async #checkConfig(): Promise<void> {
    const file = this.#plan.files.find(({ path }) => path === 'config.json')!;
    await this.#fetch(file);
    const text = await readFile(join(this.staging, 'config.json'), 'utf8');
    const what = fileOf('config.json', this.target.repo);
    const refuse = (found: string): Error => new ModelFileError(`${what} ${found}.`);
    this.#supported(() => readConfig(parseBoundedJson(text, refuse), what));
  }

  /** Waits for a look at what has arrived; what it refuses is no model. */
  async #supportedHere(look: Promise<unknown> | undefined): Promise<void> {
    await look?.catch((error: unknown) => {
      const sentence = reason(error).replaceAll(this.staging, this.target.repo);
      if (!(error instanceof LibraryError)) throw new LibraryError('unsupported', sentence);
      // A look that had to be ended proves nothing: gigabytes are not thrown away for a disk that was slow.
      throw new LibraryError(error.code, t('{0} What has arrived is kept.', sentence));
    });
  }

  /** Calls a reader of a model's file; what it cannot read is no model. */
  #supported<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw new LibraryError('unsupported', t('{0} cannot be used: {1}', this.target.repo, reason(error)));
    }
  }

  /** Fetches one file, unless it is whole already. */
  async #fetch(file: RemoteFile): Promise<void> {
    if (this.signal.aborted) throw stopped();
    const others = this.#plan.arrived.filter(({ path }) => path !== file.path);
    if (others.length < this.#plan.arrived.length) return;
    const target = join(this.staging, file.path);
    await makeFolder(dirname(target));
    const before = others.reduce((sum, { bytes }) => sum + bytes, 0);
    this.progress.begin('checking', { file: file.path });
    const arrived =
      (await this.#alreadyWhole(file, target)) ??
      (await transfer({
        hub: this.tools.hub,
        repo: this.target.repo,
        commit: this.#plan.commit,
        endpoint: this.#plan.endpoint,
        file,
        target,
        openFile: this.tools.openFile,
        retryPolicy: this.tools.retryPolicy,
        signal: this.signal,
        onStart: () => {
          this.progress.begin('downloading', { file: file.path });
        },
        onBytes: (bytes) => {
          this.progress.received(before + bytes);
        },
        onTrouble: (note) => {
          this.progress.begin('waiting', { file: file.path, note });
        },
      }));
    this.#plan.arrived.push(arrived);
    this.progress.received(before + file.bytes);
    if (this.#planned) await writePlan(this.staging, this.#plan);
  }

  /** Of the files that arrived in an earlier session those that are still what they were. */
  async #stillThere(arrived: DownloadPlan['arrived']): Promise<DownloadPlan['arrived']> {
    const there: DownloadPlan['arrived'] = [];
    for (const file of arrived) {
      const target = join(this.staging, file.path);
      const info = await stat(target).catch(() => undefined);
      if (info?.size !== file.bytes) continue;
      this.progress.begin('checking', { file: file.path });
      const { sha256 } = await hashFile(target, this.signal);
      if (sha256 === file.sha256) there.push(file);
    }
    return there;
  }

  /** A file that was moved into place just before an earlier session ended. */
  async #alreadyWhole(
    file: RemoteFile,
    target: string,
  ): Promise<DownloadPlan['arrived'][number] | undefined> {
    const info = await stat(target).catch(() => undefined);
    if (info?.size !== file.bytes) return undefined;
    const { sha256, gitOid } = await hashFile(target, this.signal, file.gitOid ? file.bytes : undefined);
    const { path, bytes } = file;
    if (file.sha256 !== undefined)
      return file.sha256 === sha256 ? { path, bytes, sha256, assurance: 'sha256' } : undefined;
    if (file.gitOid !== undefined)
      return file.gitOid === gitOid ? { path, bytes, sha256, assurance: 'git' } : undefined;
    return undefined;
  }
}

/** What of an earlier download may stand beside files of this hub: all that came from it, and what a digest vouches for. */
function vouched({ arrived, endpoint: earlier }: DownloadPlan, endpoint: string): DownloadPlan['arrived'] {
  return arrived.filter(({ assurance }) => earlier === endpoint || assurance !== 'size');
}

/** Only what a plan keeps of a file. */
function plain({ path, bytes, sha256, gitOid }: RemoteFile): DownloadPlan['files'][number] {
  return { path, bytes, ...(sha256 !== undefined && { sha256 }), ...(gitOid !== undefined && { gitOid }) };
}

/** From now on the model is there, whole; until now it was not there at all. */
async function moveIntoPlace(staging: string, destination: string): Promise<void> {
  try {
    // The plan, and what was half written of it when a window was ended.
    const names = await readdir(staging);
    for (const name of names.filter((n) => n.startsWith(PLAN)))
      await rm(join(staging, name), { force: true });
    await rename(staging, destination);
  } catch (error) {
    throw fileProblem(destination, 'be made', error);
  }
}
