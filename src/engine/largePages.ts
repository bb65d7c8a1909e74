/** Asks the C library's allocator for large pages; see https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html. */
const LARGE_PAGES = 'glibc.malloc.hugetlb=1';

/**
 * Settings of the C library (`GLIBC_TUNABLES`) with which weights, keys and values get large pages where Linux gives
 * them on request. Each page costs an interruption when it is first written; with pages of 4 kB those of a model are
 * a fourth of the time to load it, and on virtual machines more. Other systems and libraries do not read them.
 * @param given such settings of the user, which count more.
 */
export function withLargePages(given: string | undefined): string {
  return given ? `${LARGE_PAGES}:${given}` : LARGE_PAGES;
}
