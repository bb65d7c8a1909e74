/** What can be downloaded, and what of it has arrived. */
import { join } from 'node:path';
import type { CatalogEntry } from './catalog';
import { downloadState } from './download';
import { memoryNeed, type MachineMemory } from './memory';
import { findPlaces } from './installedModels';
import type { CatalogListing, UnfinishedDownload } from './types';

/**
 * The downloads that have begun and are not whole.
 * @param folder of the downloads, with a folder for each.
 * @param isActive whether this window is at the download of an id.
 */
export async function unfinishedIn(
  folder: string,
  isActive: (id: string) => boolean,
): Promise<UnfinishedDownload[]> {
  const folders = await findPlaces(folder, undefined);
  const states = await Promise.all(folders.map((place) => downloadState(join(folder, place.folder))));
  return states.flatMap((state) => {
    if (!state) return [];
    const { plan, receivedBytes, totalBytes } = state;
    return [{ id: plan.id, repo: plan.repo, receivedBytes, totalBytes, active: isActive(plan.id) }];
  });
}

/** Known models with what of them is here, and after them others whose download has begun. */
export function listCatalog(
  catalog: readonly CatalogEntry[],
  memory: MachineMemory,
  isHere: (id: string) => boolean,
  isActive: (id: string) => boolean,
  unfinished: readonly UnfinishedDownload[],
): CatalogListing[] {
  const known = new Set(catalog.map(({ id }) => id));
  const others = unfinished
    .filter(({ id }) => !known.has(id) && !isHere(id))
    .map(({ id, repo }): CatalogEntry => ({ id, repo, revision: 'main', sha256: {} }));
  return [...catalog, ...others].map((entry) => {
    const begun = unfinished.find(({ id }) => id === entry.id);
    const unfinishedState = begun ? 'paused' : 'absent';
    return {
      ...entry,
      memory: entry.shape && memoryNeed(entry.shape, memory),
      state: isHere(entry.id) ? 'here' : isActive(entry.id) ? 'downloading' : unfinishedState,
      receivedBytes: begun?.receivedBytes ?? 0,
      totalBytes: begun?.totalBytes ?? entry.bytes,
    };
  });
}
