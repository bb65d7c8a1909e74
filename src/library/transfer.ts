/** One file from the hub to the disk: whole and right, or not at all. */
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { fileOf } from './fileOf';
import { joinProblems, type Hub, type RemoteFile } from './hub';
import { RangeRefused, type Answer } from './http';
import { LibraryError } from './libraryError';
import { hasDigest, PartialFile, type OpenFile } from './partialFile';
import { gaveUp, persist, RetryLater, type RetryPolicy } from './retryPolicy';

/** How well the bytes are known to be the right ones: by the hub's digest, or by their number alone. */
export type Assurance = 'sha256' | 'git' | 'size';

/** A file that has arrived. */
export interface ArrivedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly assurance: Assurance;
}

export interface TransferOptions {
  readonly hub: Hub;
  readonly repo: string;
  readonly commit: string;
  /** Address of the hub that listed the file: where nothing vouches for the content, no other one is asked for it. */
  readonly endpoint: string;
  readonly file: RemoteFile;
  /** Where it goes. */
  readonly target: string;
  readonly openFile: OpenFile;
  readonly retryPolicy: RetryPolicy;
  readonly signal: AbortSignal;
  /** Called when an answer begins to come. */
  readonly onStart: () => void;
  /** Called with the bytes of this file that are here. */
  readonly onBytes: (arrived: number) => void;
  /** Called before a wait, with what went wrong. */
  readonly onTrouble: (sentence: string) => void;
}

/** Times that a file may turn out to be another one, after which the server is not believed any more. */
const MOST_RESTARTS = 3;

/** Connections for one file, whatever each of them brings. */
const MOST_CONNECTIONS = 2_000;

/** Bytes that a connection must bring to count as progress: a server that gives a byte each time is given up. */
const LEAST_BYTES = 1_000;

/** The bytes so far are of no use. */
class StartAgain extends Error {
  constructor(
    readonly code: 'changed' | 'damaged',
    sentence: string,
  ) {
    super(sentence);
  }
}

/**
 * Fetches one file, continuing what is there of it. Every answer is compared with what the hub listed and with
 * the answers before it, so that parts of two versions are never put together.
 * @throws LibraryError
 */
export async function transfer(options: TransferOptions): Promise<ArrivedFile> {
  const part = await PartialFile.open(options.target, options.file, options.openFile, options.signal);
  try {
    const problems: LibraryError[] = [];
    for (const endpoint of hasDigest(options.file) ? options.hub.endpoints : [options.endpoint]) {
      try {
        return await fetchFrom(endpoint, part, options);
      } catch (error) {
        if (!(error instanceof LibraryError)) throw error;
        // Another address does not help where the trouble is here.
        if (!['network', 'access', 'missing', 'changed', 'damaged'].includes(error.code)) throw error;
        problems.push(error);
      }
    }
    throw joinProblems(problems);
  } finally {
    await part.close();
  }
}

/** Asks one endpoint until the file is whole, or the tries end. */
async function fetchFrom(
  endpoint: string,
  part: PartialFile,
  options: TransferOptions,
): Promise<ArrivedFile> {
  const { file, retryPolicy, signal, onTrouble } = options;
  let connections = 0;
  let restarts = 0;
  /** One connection. It gives a failure after progress, the first of a new row; undefined where all begins again. */
  const connect = async (): Promise<ArrivedFile | RetryLater | undefined> => {
    connections++;
    const before = part.length;
    try {
      if (part.length < file.bytes) await receive(part, endpoint, options);
      const arrived = check(part, file);
      await part.finish();
      return arrived;
    } catch (error) {
      if (error instanceof StartAgain || error instanceof RangeRefused) {
        // A whole file that is wrong is fetched once more; one that was put together from parts, as if anew.
        const most =
          error instanceof StartAgain && error.code === 'damaged' && !part.resumed ? 1 : MOST_RESTARTS;
        await part.restart();
        if (++restarts <= most) return undefined;
        if (error instanceof RangeRefused) throw gaveUp(error, restarts);
        throw new LibraryError(error.code, t('{0} Nothing of it is kept; try again later.', error.message));
      }
      if (!(error instanceof RetryLater)) throw error;
      if (connections >= MOST_CONNECTIONS) throw gaveUp(error, connections);
      if (part.length < before + LEAST_BYTES) throw error;
      return error;
    }
  };
  let failure: RetryLater | undefined;
  for (;;) {
    const first = failure;
    const outcome = await persist(
      retryPolicy,
      signal,
      (attempt) => (attempt === 1 && first ? Promise.reject(first) : connect()),
      onTrouble,
    );
    if (outcome && !(outcome instanceof RetryLater)) return outcome;
    failure = outcome;
  }
}

/** One answer's bytes. */
async function receive(part: PartialFile, endpoint: string, options: TransferOptions): Promise<void> {
  const { hub, repo, commit, file, signal, onStart, onBytes } = options;
  if (part.length > 0 && !part.canContinue(endpoint)) await part.restart();
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (part.length > 0) {
    headers['range'] = `bytes=${part.length}-`;
    if (part.source?.endpoint === endpoint && part.source.etag !== undefined) {
      headers['if-range'] = part.source.etag;
    }
  }
  const answer = await hub.open({ endpoint, repo, commit }, file.path, headers, signal);
  const { host } = answer;
  try {
    checkAnswer(answer, part, endpoint, options);
    if (answer.response.status === 200 && part.length > 0) await part.restart();
    await part.setSource({ endpoint, etag: answer.etag });
    onBytes(part.length);
    onStart();
    for await (const chunk of answer.chunks) {
      if (part.length + chunk.length > file.bytes) {
        throw new StartAgain(
          'damaged',
          t(
            '{0} sends more than the {1} bytes ({2}) that are listed for {3}.',
            host,
            written(file.bytes),
            inBytes(file.bytes),
            fileOf(file.path, repo),
          ),
        );
      }
      await part.append(chunk);
      onBytes(part.length);
    }
  } finally {
    await answer.finish();
  }
  if (part.length < file.bytes) {
    throw new RetryLater(
      t('{0} ended {1} after {2} of {3} bytes', host, file.path, written(part.length), written(file.bytes)),
    );
  }
}

/** Compares an answer's headers with what was listed, and with what is already here. */
function checkAnswer(
  answer: Answer,
  part: PartialFile,
  endpoint: string,
  { file, repo, commit }: TransferOptions,
): void {
  const { response, sha256 } = answer;
  const name = fileOf(file.path, repo);
  if (answer.commit !== undefined && answer.commit !== commit) {
    throw new LibraryError(
      'changed',
      t(
        '{0} gives {1} of the version {2}, not of {3}, which was listed. Files of two versions cannot be combined; try again.',
        new URL(endpoint).host,
        name,
        answer.commit,
        commit,
      ),
    );
  }
  if (sha256 !== undefined && file.sha256 !== undefined && sha256 !== file.sha256) {
    throw new StartAgain(
      'changed',
      t('{0} is not the file that was listed: its SHA-256 is {1}, not {2}.', name, sha256, file.sha256),
    );
  }
  if (response.status === 206) {
    const [, start, total] =
      /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (Number(start) !== part.length)
      throw new StartAgain('damaged', t('{0} does not go on where it stopped.', name));
    if (total !== '*' && Number(total) !== file.bytes) {
      throw new StartAgain(
        'changed',
        t('{0} now has {1} bytes, not the {2} that were listed.', name, total!, written(file.bytes)),
      );
    }
    if (part.length > 0 && !isSameVersion(answer, part, endpoint, file)) {
      throw new StartAgain('changed', t('{0} changes while it is downloaded.', name));
    }
    return;
  }
  if (response.status !== 200)
    throw new RetryLater(t('the server answers with status {0} for {1}', written(response.status), name));
  const length = response.headers.get('content-length');
  const encoded = response.headers.get('content-encoding') !== null;
  if (length !== null && !encoded && Number(length) !== file.bytes) {
    const page = response.headers.get('content-type')?.startsWith('text/html') === true;
    throw new LibraryError(
      'damaged',
      page
        ? t(
            '{0} comes as {1} bytes, but {2} were listed. It is a web page: a proxy or a network may want you to log in first.',
            name,
            length,
            written(file.bytes),
          )
        : t(
            '{0} comes as {1} bytes, but {2} were listed. Try again later.',
            name,
            length,
            written(file.bytes),
          ),
    );
  }
}

/** Whether the bytes to come are of the file that those before are of, as far as can be known before they come. */
function isSameVersion(
  { sha256, etag }: Answer,
  { source }: PartialFile,
  endpoint: string,
  file: RemoteFile,
): boolean {
  if (!hasDigest(file)) return etag !== undefined && etag === source?.etag;
  // The hub's own digest vouches for the content; validators of two servers say nothing about each other.
  const vouched = sha256 !== undefined && sha256 === file.sha256;
  return vouched || source?.endpoint !== endpoint || source.etag === undefined || source.etag === etag;
}

/** Compares the digests. @throws StartAgain or LibraryError */
function check(part: PartialFile, file: RemoteFile): ArrivedFile {
  const { sha256, gitOid } = part.digests();
  const [found, expected, assurance]: [string | undefined, string | undefined, Assurance] =
    file.sha256 !== undefined
      ? [sha256, file.sha256, 'sha256']
      : file.gitOid !== undefined
        ? [gitOid, file.gitOid, 'git']
        : [undefined, undefined, 'size'];
  if (found !== expected) {
    throw new StartAgain(
      'damaged',
      assurance === 'git'
        ? t('{0} arrived damaged: its git hash is {1}, but the hub says {2}.', file.path, found!, expected!)
        : t('{0} arrived damaged: its SHA-256 is {1}, but the hub says {2}.', file.path, found!, expected!),
    );
  }
  return { path: file.path, bytes: file.bytes, sha256, assurance };
}
