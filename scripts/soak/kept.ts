/** What a user has and must not lose: saved results, presets, documents, checkpoints of trainings. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';

export interface KeptPlaces {
  /** User data of VS Code. */
  readonly data: string;
  /** Documents that are compared as the disk has them. */
  readonly documents: readonly string[];
}

export class Kept {
  readonly #places: KeptPlaces;
  readonly #results = new Map<string, string>();
  readonly #documents = new Map<string, string>();
  #checkpoints = new Map<string, string>();
  #presets: string[] = [];

  constructor(places: KeptPlaces) {
    this.#places = places;
  }

  /** Saved results that are known. */
  get results(): number {
    return this.#results.size;
  }

  /** Files of checkpoints that are known. */
  get checkpoints(): number {
    return this.#checkpoints.size;
  }

  /** A training begins anew, in the place of the one before: its checkpoints need not stay. */
  letCheckpointsGo(): void {
    this.#checkpoints.clear();
  }

  /** Takes what there is now as what must stay. */
  async remember(): Promise<void> {
    for (const [name, digest] of await this.#savedResults()) this.#results.set(name, digest);
    for (const path of this.#places.documents) this.#documents.set(path, await digestOf(path));
    this.#checkpoints = await this.#checkpointFiles();
    this.#presets = await this.presets();
  }

  /** What is not as it was, a sentence each. */
  async losses(): Promise<string[]> {
    const results = await this.#savedResults();
    const lost: string[] = [];
    for (const [name, digest] of this.#results)
      if (results.get(name) !== digest)
        lost.push(`The saved result ${name} is ${results.has(name) ? 'another' : 'gone'}.`);
    for (const [path, digest] of this.#documents)
      if ((await digestOf(path)) !== digest)
        lost.push(`The document ${basename(path)} is not as it was saved.`);
    const checkpoints = await this.#checkpointFiles();
    for (const [name, digest] of this.#checkpoints)
      if (checkpoints.get(name) !== digest)
        lost.push(`The checkpoint’s ${name} is ${checkpoints.has(name) ? 'another' : 'gone'}.`);
    const presets = await this.presets();
    for (const preset of this.#presets)
      if (!presets.includes(preset)) lost.push(`The preset ${preset} is gone or another.`);
    return lost;
  }

  /** Names of files that were begun and not ended. */
  async leftovers(): Promise<string[]> {
    const names = await Promise.all((await this.historyFolders()).map((folder) => readdir(folder)));
    return names.flat().filter((name) => !name.endsWith('.json'));
  }

  /** The folders of the saved results of every workspace. */
  async historyFolders(): Promise<string[]> {
    const root = join(this.#places.data, 'User', 'workspaceStorage');
    const all = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    return all
      .filter((entry) => entry.isDirectory() && entry.name === 'history')
      .map((entry) => join(entry.parentPath, entry.name));
  }

  /** The user's own presets in the user settings, each as JSON. */
  async presets(): Promise<string[]> {
    const text = await readFile(join(this.#places.data, 'User', 'settings.json'), 'utf8');
    const settings = JSON.parse(text) as { 'decodingLab.presets'?: Record<string, unknown> };
    return Object.entries(settings['decodingLab.presets'] ?? {}).map((entry) => JSON.stringify(entry));
  }

  /** Files of whole checkpoints with their digests; what says where its model lies comes later and is left out. */
  async #checkpointFiles(): Promise<Map<string, string>> {
    const root = join(this.#places.data, 'User', 'globalStorage', 'decoding-lab.decoding-lab', 'trainings');
    const all = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = new Map<string, string>();
    for (const { parentPath, name } of all.filter((entry) => entry.isFile()))
      if (/^step-\d+$/.test(basename(parentPath)) && name !== 'exported.txt')
        files.set(join(relative(root, parentPath), name), await digestOf(join(parentPath, name)));
    return files;
  }

  async #savedResults(): Promise<Map<string, string>> {
    const results = new Map<string, string>();
    for (const folder of await this.historyFolders())
      for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json')))
        results.set(name, await digestOf(join(folder, name)));
    return results;
  }
}

const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path).catch(() => ''))
    .digest('hex');
