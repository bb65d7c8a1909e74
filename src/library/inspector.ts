/** Looks at models of others in a process of its own: whatever their files do to it, the editor is not touched. */
import { fork, type ChildProcess } from 'node:child_process';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import type { Inspect, InspectedFolder } from './inspect';
import type { InspectTokenizer } from './inspectTokenizer';
import { LibraryError, reason } from './libraryError';

/** Which folder to look at: at all of it, or at its tokenizer alone, whose files come before the weights. */
export interface InspectorQuestion {
  readonly directory: string;
  readonly part: 'model' | 'tokenizer';
}

/** What the process says of a folder. */
export type InspectorAnswer = InspectorFindings | { readonly refusal: string };
type InspectorFindings = { readonly folder: InspectedFolder } | { readonly notes: readonly string[] };

export interface InspectorOptions {
  /** Path of the process's bundle, `dist/inspector.js`. */
  readonly entry: string;
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds for one folder, the start of the process included; a disk that wakes up needs ten seconds. */
  readonly limitMs?: number;
  /** Milliseconds without a question after which the process ends. */
  readonly idleMs?: number;
  /** Megabytes of its heap; the largest published tokenizers and headers need a quarter. */
  readonly heapMegabytes?: number;
}

/** So long a folder that ended the process is not looked at again: views ask for all models at every change. */
const REMEMBERED_MS = 300_000;

/**
 * Answers one question after another. A question that takes too long, or too much memory, ends the process and is
 * refused in a sentence; the next one starts another process.
 */
export class Inspector {
  readonly #options: Required<InspectorOptions>;
  readonly #ended = new Map<string, { readonly error: LibraryError; readonly until: number }>();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: InspectorOptions) {
    this.#options = { env: {}, limitMs: 20_000, idleMs: 30_000, heapMegabytes: 512, ...options };
  }

  /** @throws ModelFileError as the look in this process does; LibraryError where it had to be ended. */
  readonly inspect: Inspect = async (directory) => {
    const answer = await this.#inTurn({ directory, part: 'model' });
    return (answer as { readonly folder: InspectedFolder }).folder;
  };

  /** As `inspect`, at a tokenizer. */
  readonly inspectTokenizer: InspectTokenizer = async (directory) => {
    const answer = await this.#inTurn({ directory, part: 'tokenizer' });
    return (answer as { readonly notes: readonly string[] }).notes;
  };

  /** The process's id while it runs. */
  get pid(): number | undefined {
    return this.#child?.connected ? this.#child.pid : undefined;
  }

  dispose(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #inTurn(question: InspectorQuestion): Promise<InspectorFindings> {
    const answer = this.#last.then(() => this.#ask(question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #ask(question: InspectorQuestion): Promise<InspectorFindings> {
    const { directory } = question;
    const known = this.#ended.get(directory);
    if (known && Date.now() < known.until) throw known.error;
    clearTimeout(this.#idle);
    // One that was ended from outside since the last question says nothing of this folder.
    if (this.#child?.connected === false) this.#child = undefined;
    const child = (this.#child ??= this.#start());
    let answer: InspectorAnswer;
    try {
      answer = await this.#answerOf(child, question);
    } catch (error) {
      const refused = new LibraryError(
        'disk',
        t(
          "{0} could not be looked at: {1}. Its files are not those of a model, or its disk does not answer. Get the model's files again, or copy them to another disk.",
          directory,
          reason(error),
        ),
      );
      this.#ended.set(directory, { error: refused, until: Date.now() + REMEMBERED_MS });
      this.dispose();
      throw refused;
    }
    this.#idle = setTimeout(() => {
      this.dispose();
    }, this.#options.idleMs);
    this.#idle.unref();
    if ('refusal' in answer) throw new ModelFileError(answer.refusal);
    return answer;
  }

  /** @throws Error with a few words on why there is no answer */
  #answerOf(child: ChildProcess, question: InspectorQuestion): Promise<InspectorAnswer> {
    return new Promise((resolve, reject) => {
      const { limitMs, heapMegabytes } = this.#options;
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        // A late failure of a process that is ended anyway concerns nobody.
        child.on('error', () => undefined);
        end();
      };
      const fail = (why: string): void => {
        settle(() => {
          reject(new Error(why));
        });
      };
      const timer = setTimeout(() => {
        fail(t('it took more than {0} seconds', written(limitMs / 1000)));
      }, limitMs);
      child.once('message', (answer) => {
        settle(() => {
          resolve(answer as InspectorAnswer);
        });
      });
      child.once('exit', (code, signal) => {
        fail(
          t(
            'the process that did so ended ({0}), as it does when it needs more than {1} of memory',
            signal ?? t('exit code {0}', String(code)),
            inBytes(heapMegabytes * 1e6),
          ),
        );
      });
      child.once('error', (error) => {
        fail(t('the process that does so cannot be started ({0})', error.message));
      });
      child.send(question, (error) => {
        if (error) fail(t('the process that does so cannot be reached ({0})', error.message));
      });
    });
  }

  #start(): ChildProcess {
    const child = fork(this.#options.entry, [], {
      execArgv: [`--max-old-space-size=${this.#options.heapMegabytes}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // In desktop VS Code the executable is Electron, which behaves as Node only when told so.
      env: { ...process.env, ...this.#options.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    // It ends with this process, and does not keep it from ending.
    child.unref();
    child.channel?.unref();
    return child;
  }
}
