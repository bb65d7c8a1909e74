/** What a hub offers: the files of a model at one commit, and their bytes. */
import { listFiles, modelInfo } from '@huggingface/hub';
import * as v from 'valibot';
import { parseBoundedJson } from '../core/boundedJson';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { fileOf } from './fileOf';
import { HUGGING_FACE, parseEndpoint } from './endpoint';
import { Http, type Answer, type HttpOptions } from './http';
import { LibraryError } from './libraryError';
import { ListingWatch } from './listingWatch';
import { persist, RetryLater } from './retryPolicy';

/** A file of a repository, as the hub lists it. */
export interface RemoteFile {
  /** Below the repository, with `/` between folders. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content, which the hub knows of its large files. */
  readonly sha256?: string | undefined;
  /** SHA-1 of the content as git computes it, which the hub knows of its small files. */
  readonly gitOid?: string | undefined;
}

/** A repository at one commit. */
export interface Repository {
  readonly repo: string;
  readonly endpoint: string;
  readonly commit: string;
  readonly license: string | undefined;
  readonly files: readonly RemoteFile[];
}

export interface HubOptions extends HttpOptions {
  /** Addresses of the hub and its mirrors, in the order in which they are asked. */
  readonly endpoints: readonly string[];
}

/** More than any model has; a hub that lists without end must not be listened to forever. */
const MOST_FILES = 10_000;

/** More than any file has that a disk of today holds. */
const size = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e13));

const fileSchema = v.object({
  type: v.string(),
  path: v.pipe(v.string(), v.maxLength(1000)),
  size,
  oid: v.optional(v.string()),
  lfs: v.optional(
    v.object({
      oid: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      size,
    }),
  ),
});

/** A page of a listing has a thousand files at most, in less than half of this; counted after decompression. */
const MOST_ANSWER_BYTES = 4_000_000;

/** A file of a listing is two or three objects. */
const ANSWER_LIMITS = { depth: 100, containers: 100_000 };

export class Hub {
  readonly #http: Http;
  readonly endpoints: readonly string[];

  /** @throws LibraryError when an endpoint is no address of a hub. */
  constructor(private readonly options: HubOptions) {
    this.endpoints = options.endpoints.map(parseEndpoint);
    if (this.endpoints.length === 0) {
      throw new LibraryError('name', t('No hub is set. Set its address, for example {0}.', HUGGING_FACE));
    }
    // A token is asked for by the address as the user wrote it.
    const given = new Map(options.endpoints.map((endpoint) => [parseEndpoint(endpoint), endpoint]));
    const token = options.token && ((endpoint: string) => options.token!(given.get(endpoint) ?? endpoint));
    this.#http = new Http({ ...options, token });
  }

  /**
   * The files of a repository at the commit that `revision` now means, from the first endpoint that answers.
   * @throws LibraryError
   */
  async describe(repo: string, revision: string, signal: AbortSignal): Promise<Repository> {
    const problems: LibraryError[] = [];
    for (const endpoint of this.endpoints) {
      try {
        return await this.#describeAt(endpoint, repo, revision, signal);
      } catch (error) {
        if (!(error instanceof LibraryError) || error.code === 'stopped') throw error;
        problems.push(error);
      }
    }
    throw joinProblems(problems);
  }

  /** The bytes of a file. @throws RetryLater or LibraryError */
  async open(
    { endpoint, repo, commit }: { readonly endpoint: string; readonly repo: string; readonly commit: string },
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const name = path.split('/').map(encodeURIComponent).join('/');
    return this.#http.get(endpoint, `${repo}/resolve/${encodeURIComponent(commit)}/${name}`, {
      headers,
      signal,
      what: fileOf(path, repo),
    });
  }

  async #describeAt(
    endpoint: string,
    repo: string,
    revision: string,
    signal: AbortSignal,
  ): Promise<Repository> {
    const { host } = new URL(endpoint);
    const watch = new ListingWatch(host, repo, this.options.retryPolicy.longestListingMs);
    const ask = { hubUrl: endpoint, fetch: this.#apiFetch(endpoint, repo, watch, signal) };
    let commit = revision;
    let license: string | undefined;
    if (!isCommit(revision)) {
      const info = await this.#ask(signal, endpoint, repo, () => {
        watch.restart();
        return modelInfo({ ...ask, name: repo, revision, additionalFields: ['sha', 'cardData'] });
      });
      if (!isCommit(info.sha)) {
        throw new LibraryError('network', t('{0} does not say which version of {1} it has.', host, repo));
      }
      commit = info.sha;
      const { license: published } = (info.cardData ?? {}) as { readonly license?: unknown };
      license = typeof published === 'string' && published.length <= 100 ? published : undefined;
    }
    const files = await this.#ask(signal, endpoint, repo, async () => {
      const all: RemoteFile[] = [];
      let entries = 0;
      watch.restart();
      for await (const entry of listFiles({ ...ask, repo, revision: commit, recursive: true })) {
        if (++entries > MOST_FILES) {
          throw new LibraryError(
            'unsupported',
            t(
              '{0} lists more than {1} files and folders for {2}, which no model has.',
              host,
              written(MOST_FILES),
              repo,
            ),
          );
        }
        const { type, path, size, oid, lfs } = v.parse(fileSchema, entry);
        if (type !== 'file') continue;
        // Only git's own names of contents can be checked; other hubs put other things there.
        const gitOid = !lfs && oid !== undefined && /^[0-9a-f]{40}$/.test(oid) ? oid : undefined;
        all.push({ path, bytes: lfs?.size ?? size, sha256: lfs?.oid, gitOid });
      }
      return all;
    });
    return { repo, endpoint, commit, license, files };
  }

  /** Asks until there is an answer that can be understood. */
  async #ask<T>(signal: AbortSignal, endpoint: string, repo: string, question: () => Promise<T>): Promise<T> {
    return persist(this.options.retryPolicy, signal, async () => {
      try {
        return await question();
      } catch (error) {
        if (error instanceof LibraryError || error instanceof RetryLater) throw error;
        // A page that is not the hub's, such as that of a proxy one must log in to.
        throw new RetryLater(
          t('{0} answers with something that is not a description of {1}', new URL(endpoint).host, repo),
        );
      }
    });
  }

  /** `fetch` for the hub's own package, with this library's redirects, tokens, limits and sentences. */
  #apiFetch(endpoint: string, repo: string, watch: ListingWatch, signal: AbortSignal): typeof fetch {
    return async (input) => {
      const url = input instanceof Request ? input.url : input.toString();
      watch.ask(url);
      const answer = await this.#http.get(endpoint, url, {
        headers: { accept: 'application/json' },
        signal,
        what: repo,
      });
      try {
        // Descriptions are short: the whole text is waited for here, where a stall is noticed.
        const text = await answer.text(MOST_ANSWER_BYTES, () => {
          watch.check();
        });
        watch.answered(parseAnswer(text, new URL(endpoint).host, repo));
        return new Response(text, { headers: answer.response.headers });
      } finally {
        await answer.finish();
      }
    };
  }
}

/** @throws LibraryError for what is too much; SyntaxError for what is no JSON, such as a page to log in. */
function parseAnswer(text: string, host: string, repo: string): unknown {
  const refuse = (what: string, cause?: Error): Error =>
    cause ??
    new LibraryError(
      'network',
      t("What {0} answers for {1} {2}; it is not read. Check the hub's address.", host, repo, what),
    );
  return parseBoundedJson(text, refuse, ANSWER_LIMITS);
}

/** Whether a revision is a full commit hash, whose content never changes. */
export function isCommit(revision: unknown): revision is string {
  return typeof revision === 'string' && /^[0-9a-f]{40}$/.test(revision);
}

/** One error for several endpoints: the first's sentence, and in short what the others said. */
export function joinProblems(problems: readonly LibraryError[]): LibraryError {
  const [first, ...others] = problems;
  if (others.length === 0) return first!;
  return new LibraryError(
    first!.code,
    [first!.message, ...others.map(({ message }) => t('The next address: {0}', message))].join(' '),
  );
}
