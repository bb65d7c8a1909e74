/** Changes of the setting `decodingLab.servers` that leave what others have written in it as it is. */
import { readAddress } from '../../remote/address';

interface RawEntry extends Readonly<Record<string, unknown>> {
  readonly address: string;
}

/** What the setting holds of a server. */
export interface WrittenServer {
  readonly name: string;
  readonly address: string;
  readonly tokenizers?: Readonly<Record<string, string>>;
}

/** The setting with a server, in the place of the one that it has at that address. */
export function withServer(written: readonly unknown[], server: WrittenServer): unknown[] {
  if (!written.some((entry) => isAt(entry, server.address))) return [...written, server];
  return edit(written, server.address, (entry) => ({
    ...entry,
    ...server,
    tokenizers: { ...tokenizersOf(entry), ...server.tokenizers },
  }));
}

/** The setting with another name for a server. */
export function withName(written: readonly unknown[], address: string, name: string): unknown[] {
  return edit(written, address, (entry) => ({ ...entry, name }));
}

/** The setting with a tokenizer for a model of a server. */
export function withTokenizer(
  written: readonly unknown[],
  address: string,
  model: string,
  tokenizer: string,
): unknown[] {
  return edit(written, address, (entry) => ({
    ...entry,
    tokenizers: { ...tokenizersOf(entry), [model]: tokenizer },
  }));
}

/** The setting without a server. */
export function withoutServer(written: readonly unknown[], address: string): unknown[] {
  return edit(written, address, () => undefined);
}

function tokenizersOf({ tokenizers }: RawEntry): object {
  return typeof tokenizers === 'object' && tokenizers !== null ? tokenizers : {};
}

/** Changes the first entry at an address, which is the one that is used. */
function edit(
  written: readonly unknown[],
  address: string,
  change: (entry: RawEntry) => object | undefined,
): unknown[] {
  const at = written.findIndex((entry) => isAt(entry, address));
  if (at < 0) return [...written];
  const changed = change(written[at] as RawEntry);
  return [...written.slice(0, at), ...(changed ? [changed] : []), ...written.slice(at + 1)];
}

function isAt(entry: unknown, address: string): boolean {
  const given = typeof entry === 'object' && entry !== null && 'address' in entry ? entry.address : undefined;
  if (typeof given !== 'string') return false;
  try {
    return readAddress(given).address === address;
  } catch {
    return false;
  }
}
