/** The known models: `models/catalog.json`, and what a user adds to it in the settings. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { t } from '../l10n/language';
import { LibraryError, reason } from './libraryError';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A name that is also a folder's name on every system. */
const identifier = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    t('lower-case letters, digits, dots, dashes, at most 64'),
  ),
);

const repository = v.pipe(v.string(), v.check(isRepository, t('owner/name, as on the Hugging Face hub')));

const entrySchema = v.strictObject({
  /** Short name, also the folder's. */
  id: identifier,
  /** Name for people. */
  name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
  /** Where the hub keeps it. */
  repo: repository,
  /** Commit, tag or branch; a commit never changes. */
  revision: v.optional(v.pipe(v.string(), v.regex(/^[\w./-]{1,100}$/, t('a commit, tag or branch'))), 'main'),
  /** SPDX identifier, as published. */
  license: v.optional(v.pipe(v.string(), v.maxLength(100))),
  parameters: v.optional(count),
  /** Bytes of the weights; for planning, what is checked is the size that the hub gives. */
  bytes: v.optional(count),
  shape: v.optional(
    v.strictObject({ layers: count, heads: count, width: count, context: count, vocabulary: count }),
  ),
  /** SHA-256 of files, where it is known for certain. */
  sha256: v.optional(
    v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, t('64 hex digits')))),
    {},
  ),
  /** One sentence for people. */
  about: v.optional(v.pipe(v.string(), v.maxLength(500))),
});

/** One known model. */
export type CatalogEntry = v.InferOutput<typeof entrySchema>;

/** Shape of a GPT-2. */
export type ModelShape = NonNullable<CatalogEntry['shape']>;

const bundledSchema = v.strictObject({
  id: identifier,
  /** What it is, what it was trained on and what it is for: a sentence or two for people. */
  about: v.pipe(v.string(), v.maxLength(500)),
  /** The texts that it was trained on, for the middle of a sentence. */
  kind: v.pipe(v.string(), v.maxLength(100)),
  /** Nats per character from which a text is of another kind: English prose has less, other languages and code more. */
  foreignAbove: v.pipe(v.number(), v.minValue(0)),
});

/** What is known of a model that comes with the extension. */
export type BundledModel = v.InferOutput<typeof bundledSchema>;

const catalogSchema = v.strictObject({
  version: v.literal(1),
  bundled: v.optional(v.array(bundledSchema), []),
  models: v.array(entrySchema),
});

/** Whether a text is the id of a repository on the hub, `owner/name`. */
export function isRepository(text: string): boolean {
  const parts = text.split('/');
  return (
    text.length <= 200 &&
    parts.length === 2 &&
    parts.every((part) => /^[A-Za-z0-9](?:[\w.-]{0,94}[A-Za-z0-9_])?$/.test(part) && !/\.\.|--/.test(part))
  );
}

/**
 * Checks entries that a user added.
 * @param where they stand, for sentences, for example the setting's name.
 * @throws LibraryError naming the entry, the field and what is expected there.
 */
export function parseEntries(value: unknown, where: string): CatalogEntry[] {
  return parse(v.array(entrySchema), value, where);
}

/** The models that can be got, and what is known of those that come with the extension. */
export interface Catalog {
  readonly models: CatalogEntry[];
  readonly bundled: BundledModel[];
}

/** Checks a catalog. @throws LibraryError as `parseEntries`. */
export function parseCatalog(value: unknown, where: string): Catalog {
  const { models, bundled } = parse(catalogSchema, value, where);
  return { models: mergeCatalogs([], models, where), bundled };
}

/** Reads and checks a catalog file. @throws LibraryError as `parseEntries`, or when the file cannot be read. */
export async function loadCatalog(file: string): Promise<Catalog> {
  return parseCatalog(await readCatalog(file), file);
}

async function readCatalog(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new LibraryError(
      'name',
      t('{0} cannot be read ({1}). Install the extension again.', file, reason(error)),
    );
  }
}

/**
 * Known models and added ones; an added one takes the place of a known one of the same id.
 * @throws LibraryError when two added ones have the same id.
 */
export function mergeCatalogs(
  known: readonly CatalogEntry[],
  added: readonly CatalogEntry[],
  where: string,
): CatalogEntry[] {
  const entries = new Map(known.map((entry) => [entry.id, entry]));
  const seen = new Set<string>();
  for (const entry of added) {
    if (seen.has(entry.id)) {
      throw new LibraryError(
        'name',
        t('{0} has the id "{1}" twice. Give every model its own id.', where, entry.id),
      );
    }
    seen.add(entry.id);
    entries.set(entry.id, entry);
  }
  return [...entries.values()];
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown, where: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? t('the whole');
  throw new LibraryError(
    'name',
    t(
      '{0}: {1} is {2}, expected {3}.',
      where,
      path,
      issue.received,
      issue.message.replace(/^Invalid [^:]*: Expected /, ''),
    ),
  );
}
