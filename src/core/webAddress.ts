/** Addresses of the web, as far as hubs of models and servers of models have them in common. */

/**
 * The web address that a text is: with its scheme, without credentials, a query or a fragment. undefined for any other
 * text.
 */
export function webAddress(text: string): URL | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const fits =
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '');
  return fits ? url : undefined;
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
