/** One run of the engine process, from its fork to its end, as the client sees it. */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex, Readable } from 'node:stream';
import { createMessageConnection, IPCMessageReader, type MessageConnection } from 'vscode-jsonrpc/node';
import { ChannelWriter } from './channel';
import { withLargePages } from './largePages';
import { EngineError, StatusRequest } from './protocol';
import { PULSE_PIPE, type Pulse } from './pulse';
import { Watchdog } from './watchdog';
import { counted, t } from '../l10n/language';

/** How long an engine that was asked to end may take. */
const GRACE_MS = 1000;

export interface EngineProcessOptions {
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Silence of a watched engine, in milliseconds, that is a hang and ends it. */
  readonly hangMs: number;
}

/** A forked engine and the connection to it. Whatever ends the process settles `ended`. */
export class EngineProcess {
  readonly connection: MessageConnection;
  /** Resolves when the process is gone, with the sentence to reject what was still pending. */
  readonly ended: Promise<EngineError>;
  readonly #child: ChildProcess;
  readonly #watchdog: Watchdog;
  #pulse: Pulse | undefined;
  #reason: EngineError | undefined;
  #over = false;

  constructor({ entry, env, log, hangMs }: EngineProcessOptions) {
    this.#child = fork(entry, [], {
      // Inspector and loader options of the extension host are not for the engine.
      execArgv: [],
      serialization: 'advanced',
      // Overlapped, which is for Windows: else an answer there waits for the end of the reading that goes on.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'overlapped'],
      // In desktop VS Code the executable is Electron, which behaves as Node only when told so.
      env: {
        ...process.env,
        GLIBC_TUNABLES: withLargePages(process.env.GLIBC_TUNABLES),
        ...env,
        ELECTRON_RUN_AS_NODE: '1',
      },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) logLines(stream, log);
    this.connection = createMessageConnection(
      new IPCMessageReader(this.#child),
      new ChannelWriter(this.#child),
      { error: log, warn: log, info: log, log },
    );
    this.connection.listen();
    const pipe = this.#child.stdio[PULSE_PIPE] as Duplex | null | undefined;
    this.#listenToPulse(pipe);
    this.#watchdog = new Watchdog(
      {
        ping: () => this.connection.sendRequest(StatusRequest),
        pulse: () => {
          pipe?.write('?');
          return this.#pulse;
        },
        onHang: () => {
          this.kill(
            new EngineError(
              'engine',
              counted(
                hangMs / 1000,
                'The model process did not answer for {0} second and was ended. Nothing in your document was changed. Run again to restart it.',
                'The model process did not answer for {0} seconds and was ended. Nothing in your document was changed. Run again to restart it.',
              ),
            ),
          );
        },
      },
      hangMs,
    );
    this.ended = this.#waitForEnd();
  }

  get pid(): number | undefined {
    return this.#over ? undefined : this.#child.pid;
  }

  /** False once the process has ended or can no longer be reached. */
  get usable(): boolean {
    return !this.#over && this.#child.connected;
  }

  /**
   * Ends the process: it exits when its channel closes, and is killed if it does not.
   * `reason` is what pending requests are told.
   */
  async end(reason: EngineError): Promise<void> {
    this.#reason ??= reason;
    if (this.#child.connected) this.#child.disconnect();
    await this.ended;
  }

  /** Ends the process at once. */
  kill(reason: EngineError): void {
    this.#reason ??= reason;
    this.#child.kill('SIGKILL');
  }

  /** Ends the process if it hangs, until the function that this gives is called. */
  watch(): () => void {
    return this.#watchdog.watch();
  }

  #listenToPulse(pipe: Duplex | null | undefined): void {
    if (!pipe) return;
    // A pipe whose other end is gone says so in many ways; the end of the process tells all there is to tell.
    pipe.on('error', () => undefined);
    let begun = '';
    pipe.on('data', (chunk: Buffer) => {
      const lines = (begun + chunk.toString('latin1')).split('\n');
      begun = lines.pop()!;
      const last = lines.at(-1);
      if (last !== undefined) this.#pulse = JSON.parse(last) as Pulse;
    });
  }

  async #waitForEnd(): Promise<EngineError> {
    const how = await howItEnds(this.#child);
    this.#over = true;
    this.#watchdog.stop();
    this.connection.dispose();
    return (
      this.#reason ??
      new EngineError(
        'engine',
        t(
          'The model process ended unexpectedly ({0}). Nothing in your document was changed. Run again to restart it.',
          how,
        ),
      )
    );
  }
}

/** Resolves once the process is gone and all that it sent has been read, with a few words on how it ended. */
function howItEnds(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let unreachable: NodeJS.Timeout | undefined;
    child.on('error', (error) => {
      // Without a process id it never started, and no `exit` follows. Other errors are a failed kill or send.
      if (child.pid === undefined) resolve(t('it could not be started: {0}', error.message));
    });
    child.once('disconnect', () => {
      // Nothing reaches an engine without a channel any more: it must end.
      unreachable = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(unreachable);
      const how = signal === null ? t('exit code {0}', String(code)) : t('signal {0}', signal);
      if (!child.connected) resolve(how);
      else {
        child.once('disconnect', () => {
          resolve(how);
        });
      }
    });
  });
}

function logLines(stream: Readable | null, log: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', log);
}
