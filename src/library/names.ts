/** What a user calls a model, and what the library calls it. */
import { t } from '../l10n/language';
import { isRepository, type CatalogEntry } from './catalog';
import type { DownloadTarget } from './download';
import { LibraryError } from './libraryError';

/**
 * What a name means: an entry of the catalog, or a repository of the hub.
 * @throws LibraryError when it is neither.
 */
export function targetOf(name: string, catalog: readonly CatalogEntry[]): DownloadTarget {
  const repo = repositoryOf(name);
  const entry = catalog.find((e) => e.id === name || e.repo === repo);
  if (entry) {
    const { id, revision, license, sha256 } = entry;
    return { id, name: entry.name ?? id, repo: entry.repo, revision, license, sha256 };
  }
  if (isRepository(repo)) return { id: repo, name: repo, repo, revision: 'main', sha256: {} };
  throw new LibraryError(
    'name',
    t(
      'There is no model {0}. Choose one of {1}, or give a model of the hub as owner/name.',
      JSON.stringify(name),
      catalog.map((e) => e.id).join(', '),
    ),
  );
}

/** `owner/name` of a page's address on a hub, with or without `https://`; other texts as they are. */
export function repositoryOf(text: string): string {
  const address = /^(?:https?:\/\/[^/]+|[\w-]+(?:\.[\w-]+)+(?::\d+)?)\/([^/?#]+\/[^/?#]+)/i;
  return address.exec(text.trim())?.[1] ?? text.trim();
}

/** An id from a folder's name that nobody has. */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  const base = plain === '' ? 'model' : plain;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id)) return id;
  }
}
