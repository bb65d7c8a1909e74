/** Addresses of hubs. */
import { LibraryError } from './libraryError';

/** The Hugging Face hub. */
export const HUGGING_FACE = 'https://huggingface.co';

/**
 * The address of a hub in the one way in which it is compared and extended.
 * @throws LibraryError when it is none.
 */
export function parseEndpoint(text: string): string {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  const fits =
    url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '';
  if (!fits) {
    throw new LibraryError(
      'name',
      `The hub ${JSON.stringify(text)} cannot be asked, expected an address like ${HUGGING_FACE}.`,
    );
  }
  return url!.href.replace(/\/+$/, '');
}

/** Whether an address is this machine's own. */
export function isLoopback(url: URL): boolean {
  return (
    url.hostname === 'localhost' ||
    url.hostname.endsWith('.localhost') ||
    url.hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(url.hostname)
  );
}

/** Whether nobody on the way can read a request: encrypted, or to this machine. */
export function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || isLoopback(url);
}
