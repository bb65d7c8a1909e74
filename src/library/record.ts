/** What the library writes down beside a model: where it came from, and what its files were when they arrived. */
import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { readModelJson, TABLE_BYTES } from '../gpt2/checkpoint/boundedFile';
import { fileProblem } from './libraryError';

/** Name of the record in a model's folder. */
export const RECORD = 'decoding-lab.json';

const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const hex = (digits: number): v.GenericSchema<string> =>
  v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));

const recordedFile = v.object({
  path: v.string(),
  bytes,
  /** Missing until the file has been hashed once. */
  sha256: v.optional(hex(64)),
  /** By whose word these were the right bytes; `first` is nobody's but the first look at them. */
  assurance: v.picklist(['sha256', 'git', 'size', 'first']),
});

/** A file as it was recorded. */
export type RecordedFile = v.InferOutput<typeof recordedFile>;

const recordSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  name: v.string(),
  repo: v.optional(v.string()),
  /** Commit that was downloaded. */
  commit: v.optional(v.string()),
  license: v.optional(v.string()),
  /** Folder of an imported model, which stays where it is. */
  directory: v.optional(v.string()),
  files: v.array(recordedFile),
  /** ISO time. */
  added: v.string(),
});

export type ModelRecord = v.InferOutput<typeof recordSchema>;

const planSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  repo: v.string(),
  /** Address of the hub that listed the files; earlier versions did not keep it. */
  endpoint: v.optional(v.string()),
  revision: v.string(),
  commit: v.string(),
  license: v.optional(v.string()),
  files: v.array(
    v.object({ path: v.string(), bytes, sha256: v.optional(hex(64)), gitOid: v.optional(hex(40)) }),
  ),
  /** Files that are whole. */
  arrived: v.array(recordedFile),
});

/** A download that has begun: what it fetches, and what of it is here. */
export type DownloadPlan = v.InferOutput<typeof planSchema>;

/** Name of the plan in the folder where a download arrives. */
export const PLAN = 'download.json';

/** Undefined where there is none, or none that can be understood. */
export function readRecord(folder: string): Promise<ModelRecord | undefined> {
  return readJson(folder, RECORD, recordSchema);
}

export function writeRecord(folder: string, record: ModelRecord): Promise<void> {
  return writeJson(join(folder, RECORD), record);
}

/** Undefined where there is none, or none that can be understood. */
export function readPlan(folder: string): Promise<DownloadPlan | undefined> {
  return readJson(folder, PLAN, planSchema);
}

export function writePlan(folder: string, plan: DownloadPlan): Promise<void> {
  return writeJson(join(folder, PLAN), plan);
}

async function readJson<T>(
  folder: string,
  name: string,
  schema: v.GenericSchema<unknown, T>,
): Promise<T | undefined> {
  try {
    const result = v.safeParse(schema, await readModelJson(folder, name, { bytes: TABLE_BYTES }));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** Writes beside the file and moves it into place: another window never reads half of it. */
async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileProblem(path, 'be written', error);
  }
}
