/**
 * A hub on this machine, that behaves as the Hugging Face hub does: descriptions and small files on one server,
 * large files on another one to which the first redirects with the digest in `x-linked-etag`. Faults can be put
 * in its way.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface FakeRepository {
  commit: string;
  files: Map<string, Buffer>;
  license?: string;
}

/** What one request was. */
export interface Seen {
  /** `api`: descriptions; `hub`: resolve, with redirects and small files; `store`: large files. */
  readonly where: 'api' | 'hub' | 'store';
  readonly path: string;
  readonly file: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  /** How many requests for the same file at the same place came before. */
  readonly before: number;
}

/** What goes wrong with one request. */
export interface Fault {
  /** Answers with this status instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cuts the connection after so many bytes of the body, when they have arrived. */
  readonly cutAfter?: number;
  /** Sends so many bytes and then nothing more, without ending. */
  readonly stallAfter?: number;
  /** Ends properly after so many bytes, announcing no length. */
  readonly endAfter?: number;
  /** Sends these bytes after the body, announcing no length. */
  readonly append?: Buffer;
  /** Sends another content, with a validator of its own. */
  readonly content?: Buffer;
  /** Takes no notice of Range. */
  readonly ignoreRange?: boolean;
  /** Takes no notice of If-Range. */
  readonly ignoreIfRange?: boolean;
  /** Says another validator, or none. */
  readonly etag?: string | null;
  /** Announces this total in Content-Range. */
  readonly rangeTotal?: number;
  /** Leaves out `x-linked-etag`. */
  readonly noDigest?: boolean;
  /** Announces this as `x-linked-etag`. */
  readonly digest?: string;
  /** Redirects there instead. */
  readonly redirect?: string;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
export const gitOid = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Files from this size are kept in the store, as the hub does with those that git LFS tracks. */
const LARGE = 10_000;

export class HubServer {
  readonly repositories = new Map<string, FakeRepository>();
  readonly seen: Seen[] = [];
  fault: (request: Seen) => Fault | undefined = () => undefined;
  /** Bytes of a file that have reached the disk on the other side; a cut is waited with until they have. */
  arrived: (file: string) => number = () => Infinity;
  /** Files on one page of a listing. */
  pageSize = 1000;
  /** Whether listings have digests, as the hub's do; those of other servers may have none. */
  digests = true;
  /** Where redirects to the store lead, when that is not its own address. */
  storeName: string | undefined;
  /** What the store waits for before it answers. */
  held: Promise<void> = Promise.resolve();
  #hub!: Server;
  #store!: Server;

  static async start(): Promise<HubServer> {
    const server = new HubServer();
    server.#hub = await listen((request, response) => {
      server.#answerHub(request, response);
    });
    server.#store = await listen((request, response) => {
      void server.held.then(() => {
        server.#answerStore(request, response);
      });
    });
    return server;
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get endpoint(): string {
    return addressOf(this.#hub);
  }

  get storeAddress(): string {
    return addressOf(this.#store);
  }

  add(repo: string, files: Record<string, Buffer | string>, commit = 'a'.repeat(40)): FakeRepository {
    const repository: FakeRepository = {
      commit,
      files: new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])),
      license: 'mit',
    };
    this.repositories.set(repo, repository);
    return repository;
  }

  /** Requests for the content of a file, at the hub or at the store. */
  requestsFor(file: string, where: Seen['where'] = 'store'): Seen[] {
    return this.seen.filter((request) => request.file === file && request.where === where);
  }

  #note(where: Seen['where'], request: IncomingMessage, path: string, file: string): Seen {
    const { range, authorization } = request.headers;
    const seen: Seen = {
      where,
      path,
      file,
      range,
      ifRange: request.headers['if-range'] as string | undefined,
      authorization,
      userAgent: request.headers['user-agent'],
      before: this.seen.filter((s) => s.where === where && s.file === file).length,
    };
    this.seen.push(seen);
    return seen;
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, this.endpoint);
    const [, owner, name, kind, revision, ...rest] = url.pathname.replace(/^\/api\/models/, '').split('/');
    const api = url.pathname.startsWith('/api/models/');
    const file = rest.map(decodeURIComponent).join('/');
    const seen = this.#note(api ? 'api' : 'hub', request, url.pathname, api ? kind! : file);
    const fault = this.fault(seen);
    if (fault?.redirect !== undefined) {
      end(response, 302, { location: fault.redirect });
      return;
    }
    if (fault?.status !== undefined) {
      end(response, fault.status, fault.headers, fault.body);
      return;
    }
    const repository = this.repositories.get(`${owner!}/${name!}`);
    if (!repository) {
      end(response, 404, { 'x-error-code': 'RepoNotFound' });
      return;
    }
    if (revision !== 'main' && revision !== 'HEAD' && revision !== repository.commit) {
      end(response, 404, { 'x-error-code': 'RevisionNotFound' });
      return;
    }
    if (kind === 'revision') {
      const info = {
        _id: '1',
        id: `${owner!}/${name!}`,
        sha: repository.commit,
        lastModified: '2024-02-19T10:57:45Z',
      };
      json(response, { ...info, private: false, cardData: { license: repository.license } });
      return;
    }
    if (kind === 'tree') {
      this.#list(repository, url, response);
      return;
    }
    const content = repository.files.get(file);
    if (!content) {
      end(response, 404, { 'x-error-code': 'EntryNotFound' });
      return;
    }
    const commit = { 'x-repo-commit': repository.commit };
    if (content.length < LARGE) {
      this.#deliver(request, response, file, content, `"${gitOid(content)}"`, commit, fault ?? {});
      return;
    }
    end(response, 302, {
      ...commit,
      ...(this.digests &&
        fault?.noDigest !== true && { 'x-linked-etag': `"${fault?.digest ?? sha256(content)}"` }),
      'x-linked-size': String(content.length),
      // A redirect has a validator of its own, which is not the content's.
      etag: '"redirect"',
      location: `${this.storeName ?? this.storeAddress}/${owner!}/${name!}/${file}?signature=${this.seen.length}`,
    });
  }

  #list(repository: FakeRepository, url: URL, response: ServerResponse): void {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const files = [...repository.files].map(([path, content]) => ({
      type: 'file',
      path,
      size: content.length,
      ...(this.digests && { oid: gitOid(content) }),
      ...(this.digests &&
        content.length >= LARGE && {
          oid: 'f'.repeat(40),
          lfs: { oid: sha256(content), size: content.length, pointerSize: 134 },
        }),
    }));
    const entries = [{ type: 'directory', path: 'onnx', size: 0, oid: '0' }, ...files];
    if (start + this.pageSize < entries.length) {
      url.searchParams.set('cursor', String(start + this.pageSize));
      response.setHeader('link', `<${url.href}>; rel="next"`);
    }
    json(response, entries.slice(start, start + this.pageSize));
  }

  #answerStore(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, this.storeAddress);
    const [, owner, name, ...rest] = url.pathname.split('/');
    const file = rest.map(decodeURIComponent).join('/');
    const fault = this.fault(this.#note('store', request, url.pathname, file)) ?? {};
    if (fault.redirect !== undefined) {
      end(response, 302, { location: fault.redirect });
      return;
    }
    if (fault.status !== undefined) {
      end(response, fault.status, fault.headers, fault.body);
      return;
    }
    const content = this.repositories.get(`${owner!}/${name!}`)?.files.get(file);
    if (!content) {
      end(response, 404);
      return;
    }
    this.#deliver(request, response, file, content, `"store-${sha256(content).slice(0, 8)}"`, {}, fault);
  }

  /** The answer of a server that knows ranges and validators (RFC 9110), as far as the fault lets it. */
  #deliver(
    request: IncomingMessage,
    response: ServerResponse,
    file: string,
    original: Buffer,
    originalEtag: string,
    headers: Readonly<Record<string, string>>,
    fault: Fault,
  ): void {
    const content = fault.content ?? original;
    const etag =
      fault.etag === undefined
        ? fault.content
          ? `"${sha256(content).slice(0, 9)}"`
          : originalEtag
        : fault.etag;
    const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const condition = request.headers['if-range'];
    const unchanged = condition === undefined || condition === etag || fault.ignoreIfRange === true;
    const start =
      wanted !== undefined && unchanged && fault.ignoreRange !== true ? Number(wanted) : undefined;
    if (start !== undefined && start >= content.length) {
      end(response, 416, { 'content-range': `bytes */${content.length}` });
      return;
    }
    const body = Buffer.concat([content.subarray(start ?? 0), fault.append ?? Buffer.alloc(0)]);
    const unannounced = fault.endAfter !== undefined || fault.append !== undefined;
    response.writeHead(start === undefined ? 200 : 206, {
      ...headers,
      'accept-ranges': 'bytes',
      ...(etag !== null && { etag }),
      ...(!unannounced && { 'content-length': String(body.length) }),
      ...(start !== undefined && {
        'content-range': `bytes ${start}-${content.length - 1}/${fault.rangeTotal ?? content.length}`,
      }),
      ...fault.headers,
    });
    const limit = fault.cutAfter ?? fault.stallAfter ?? fault.endAfter;
    if (limit === undefined) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, limit), () => {
      if (fault.endAfter !== undefined) response.end();
      else if (fault.cutAfter !== undefined) void this.#cut(response, file, (start ?? 0) + limit);
    });
  }

  /** Destroys the connection when `bytes` are on the other side's disk: what is still on the way would be lost. */
  async #cut(response: ServerResponse, file: string, bytes: number): Promise<void> {
    for (let waits = 0; this.arrived(file) < bytes && waits < 1000; waits++) await setTimeout(5);
    response.destroy();
  }
}

function end(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): void {
  response.writeHead(status, headers).end(body);
}

function json(response: ServerResponse, value: unknown): void {
  end(response, 200, { 'content-type': 'application/json' }, JSON.stringify(value));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  // Connections that a test cuts on purpose are no failure of the server.
  server.on('clientError', (_, socket) => socket.destroy());
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    }),
  );
}
