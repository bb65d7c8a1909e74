/** The servers of the setting `decodingLab.servers`, which may have been written by hand. */
import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../../core/messageOf';
import { visibleText } from '../../core/visibleText';
import { t, whole } from '../../l10n/language';
import type { TokenizerSource } from '../../remote/source';
import { readAddress } from '../../remote/address';

export const LONGEST_NAME = 40;

/** More than anybody connects to; a setting that lists without end must not be followed. */
const MOST_SERVERS = 50;

export interface ServerEntry {
  readonly name: string;
  /** In the one way in which addresses are compared. */
  readonly address: string;
  /** Where the bytes of its models' tokens come from, by what the server calls the models. */
  readonly tokenizers: Readonly<Record<string, string>>;
}

export interface ReadServers {
  readonly servers: readonly ServerEntry[];
  /** What is wrong with the others, a sentence each. */
  readonly problems: readonly string[];
}

const entrySchema = v.object({
  name: v.string(),
  address: v.string(),
  tokenizers: v.optional(v.record(v.string(), v.string()), {}),
});

/** What is wrong with a server's name, as a sentence; undefined where nothing is. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '' || name !== name.trim() || name.length > LONGEST_NAME) {
    return t(
      'The name of a server has 1 to {0} characters, with no space before or after it; "{1}" does not.',
      whole(LONGEST_NAME),
      name.slice(0, 2 * LONGEST_NAME),
    );
  }
  if (name.includes('/')) {
    return t('The name of a server has no slash in it; "{0}" has one. Choose another name.', name);
  }
  if (visibleText(name) !== name) {
    return t('The name of a server has no hidden characters in it; "{0}" has some.', visibleText(name));
  }
  return taken.includes(name)
    ? t('Another server is already named "{0}". Choose another name.', name)
    : undefined;
}

/** Reads the setting: entries that are wrong are told, and the others work. */
export function readServers(value: unknown): ReadServers {
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  const servers: ServerEntry[] = [];
  const problems: string[] = [];
  if (value !== undefined && !Array.isArray(value)) {
    problems.push(
      t(
        'The setting decodingLab.servers is not a list. Write [{"name": "gpu1", "address": "http://gpu1:8000"}].',
      ),
    );
  }
  for (const [index, entry] of given.slice(0, MOST_SERVERS).entries()) {
    const problem = read(entry);
    if (problem !== undefined) {
      problems.push(
        t('Server {0} of the setting decodingLab.servers is not used. {1}', whole(index + 1), problem),
      );
    }
  }
  if (given.length > MOST_SERVERS) {
    problems.push(
      t(
        'The setting decodingLab.servers lists {0} servers; those after the first {1} are not used.',
        whole(given.length),
        whole(MOST_SERVERS),
      ),
    );
  }
  return { servers, problems };

  function read(entry: unknown): string | undefined {
    const parsed = v.safeParse(entrySchema, entry);
    if (!parsed.success) {
      return t(
        'It needs a name and an address, for example {0}; tokenizers are texts by the names of models.',
        '{"name": "gpu1", "address": "http://gpu1:8000"}',
      );
    }
    const { name, tokenizers } = parsed.output;
    const wrong = nameProblem(
      name,
      servers.map((server) => server.name),
    );
    if (wrong !== undefined) return wrong;
    const vague = Object.entries(tokenizers).find(([, from]) => !isTokenizer(from));
    if (vague) {
      return t(
        'The tokenizer of {0} is "{1}"; write gpt2, server, or the whole path of a folder with its tokenizer.json.',
        ...vague,
      );
    }
    try {
      const { address } = readAddress(parsed.output.address);
      const twin = servers.find((server) => server.address === address);
      if (twin) return t('Its address {0} is already that of "{1}".', address, twin.name);
      servers.push({ name, address, tokenizers });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
}

const isTokenizer = (from: string): boolean => from === 'gpt2' || from === 'server' || isAbsolute(from);

const PREFIX = 'server:';

/** Id of a served model among all models of this machine. */
export function servedId(server: string, model: string): string {
  return `${PREFIX}${server}/${model}`;
}

/** Of the id of a served model its server and what that calls it; undefined for other ids. */
export function readServedId(id: string): { readonly server: string; readonly model: string } | undefined {
  const slash = id.indexOf('/');
  if (!id.startsWith(PREFIX) || slash < 0) return undefined;
  const [server, model] = [id.slice(PREFIX.length, slash), id.slice(slash + 1)];
  return server === '' || model === '' ? undefined : { server, model };
}

/** How the setting says where a model's tokens come from: `gpt2`, `server`, or a folder. */
export function tokenizerOf(setting: string): TokenizerSource {
  if (setting === 'gpt2' || setting === 'server') return { kind: setting };
  return { kind: 'folder', directory: setting };
}
