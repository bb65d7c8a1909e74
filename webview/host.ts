/** The page's side of the protocol: requests as promises, events as calls, everything that arrives checked. */
import type { ModelInfo, Vocabulary } from '../src/core/languageModel';
import type { ChainSpec } from '../src/core/samplers/chain';
import type { OffStep } from '../src/core/samplers/presets';
import type { DocumentLanguage } from '../src/interchange/languages';
import {
  readToPanel,
  type Ahead,
  type Failure,
  type FromPanel,
  type HistoryEntry,
  type HistoryLine,
  type TextSource,
  type ToPanel,
  type Toy,
} from '../src/protocol/messages';
import { t } from '../src/l10n/language';

/** What VS Code gives a page. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** A request that was answered with a failure. */
export class RequestError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.sentence);
    this.failure = failure;
  }
}

export interface LoadedModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
}

/** A message that answers no request. */
export type Announcement = Extract<
  ToPanel,
  { type: 'welcome' | 'presets' | 'take-preset' | 'use-model' | 'prompt' | 'open' | 'engine' }
>;
export type RunMessage = Extract<FromPanel, { type: 'tell' }>['message'];
type Answer = Extract<ToPanel, { request: number }>;
type Request = Extract<FromPanel, { request: number }>;
type WithoutId<Message> = Message extends unknown ? Omit<Message, 'request'> : never;

interface Pending {
  readonly onAnswer: (answer: Answer) => void;
  readonly onFailure: (error: RequestError) => void;
  readonly onEvent: ((event: unknown) => void) | undefined;
}

/** A request that the extension has begun ahead, and what has come of it so far. */
interface Begun {
  readonly asked: Ahead;
  readonly received: Answer[];
}

export interface RunRequest {
  /** The experiment's result. @throws RequestError */
  readonly result: Promise<unknown>;
  readonly cancel: () => void;
  /** Tells the run something that it listens to while it goes on. */
  readonly tell: (message: RunMessage) => void;
}

export class Host {
  readonly #post: (message: FromPanel) => void;
  readonly #onAnnouncement: (message: Announcement) => void;
  readonly #onUnreadable: (type: string) => void;
  readonly #onceDrawn: (work: () => void) => void;
  readonly #pending = new Map<number, Pending>();
  /** By their ids; until they are asked for. */
  readonly #ahead = new Map<number, Begun>();
  #nextRequest = 1;

  /**
   * @param onUnreadable called with the `type` of a message that is not of this version of the protocol
   * @param onceDrawn does something once what has changed just now is on the screen
   */
  constructor(
    api: Pick<VsCodeApi, 'postMessage'>,
    onAnnouncement: (message: Announcement) => void,
    onUnreadable: (type: string) => void,
    onceDrawn: (work: () => void) => void,
  ) {
    this.#post = (message) => {
      api.postMessage(message);
    };
    this.#onAnnouncement = onAnnouncement;
    this.#onUnreadable = onUnreadable;
    this.#onceDrawn = onceDrawn;
  }

  /** Lets the user download or import a model. */
  getModel(): void {
    this.#post({ type: 'get-model' });
  }

  /** Lets the user name a server that has models. */
  connectServer(): void {
    this.#post({ type: 'connect-server' });
  }

  log(message: string): void {
    this.#post({ type: 'log', message: message.slice(0, 10_000) });
  }

  /** @throws RequestError */
  async load(model: string, toy: Toy | undefined): Promise<LoadedModel> {
    const answer = await this.#ask({ type: 'load', model, ...(toy && { toy }) });
    if (answer.type !== 'model') throw unexpected(answer);
    return { info: answer.info, vocabulary: answer.vocabulary };
  }

  run(
    experiment: string,
    model: string,
    toy: Toy | undefined,
    parameters: unknown,
    onEvent: (event: unknown) => void,
    others: readonly string[] = [],
  ): RunRequest {
    const further = others.length > 0 ? { others: [...others] } : {};
    const { request, answer } = this.#begin(
      { type: 'run', experiment, model, ...(toy && { toy }), ...further, parameters },
      onEvent,
    );
    return {
      result: answer.then((message) => {
        if (message.type !== 'result') throw unexpected(message);
        return message.result;
      }),
      cancel: () => {
        this.#post({ type: 'cancel', request });
      },
      tell: (message) => {
        this.#post({ type: 'tell', request, message });
      },
    };
  }

  /**
   * Names the insertion for `inserted`.
   * @param whiteSpace stands in the document behind the prompt, which did not have it
   * @throws RequestError
   */
  async insert(text: string, how: 'after' | 'replace', whiteSpace = ''): Promise<number> {
    const message = { type: 'insert', how, text, ...(whiteSpace !== '' && { whiteSpace }) } as const;
    return (await this.#ask(message)).request;
  }

  /** Takes an insertion back, or shows it in its document. @throws RequestError */
  async inserted(insertion: number, act: 'undo' | 'show'): Promise<void> {
    await this.#ask({ type: 'inserted', insertion, act });
  }

  /** @throws RequestError */
  async copy(text: string): Promise<void> {
    await this.#ask({ type: 'copy', text });
  }

  /** Shows a text in an editor. @throws RequestError */
  async openText(text: string, language: DocumentLanguage): Promise<void> {
    await this.#ask({ type: 'open-text', text, language });
  }

  /** Writes a file that the user chooses. @throws RequestError */
  async export(name: string, content: string): Promise<void> {
    await this.#ask({ type: 'export', name, content });
  }

  /**
   * Keeps a chain as a preset under a name that the user gives; its id.
   * @throws RequestError, with code `stopped` where the user gives none
   */
  async savePreset(chain: ChainSpec, off: readonly OffStep[]): Promise<string> {
    const answer = await this.#ask({ type: 'save-preset', chain, off: [...off] });
    if (answer.type !== 'preset') throw unexpected(answer);
    return answer.id;
  }

  /** Keeps a result in the workspace's history; its id there. @throws RequestError */
  async save(entry: HistoryEntry): Promise<string> {
    const answer = await this.#ask({ type: 'save', entry });
    if (answer.type !== 'saved') throw unexpected(answer);
    return answer.id;
  }

  /** A text of the user's choice, and its name. @throws RequestError, with code `stopped` when none is given */
  async text(from: TextSource): Promise<{ readonly name: string; readonly text: string }> {
    const answer = await this.#ask({ type: 'text', from });
    if (answer.type !== 'text') throw unexpected(answer);
    return { name: answer.name, text: answer.text };
  }

  /** The history, newest first. @throws RequestError */
  async history(): Promise<readonly HistoryLine[]> {
    const answer = await this.#ask({ type: 'history' });
    if (answer.type !== 'history') throw unexpected(answer);
    return answer.lines;
  }

  /** A saved result. @throws RequestError */
  async reopen(id: string): Promise<HistoryEntry> {
    const answer = await this.#ask({ type: 'reopen', id });
    if (answer.type !== 'entry') throw unexpected(answer);
    return answer.entry;
  }

  /** Ends the runs that were begun ahead and have not been asked for. */
  forgoRuns(): void {
    for (const [request, { asked }] of [...this.#ahead]) {
      if (asked.type !== 'run') continue;
      this.#ahead.delete(request);
      this.#post({ type: 'cancel', request });
    }
  }

  /** Takes a message from the extension. */
  receive(data: unknown): void {
    const message = readToPanel(data);
    if (!message) {
      const type =
        typeof data === 'object' && data !== null && 'type' in data ? String(data.type) : 'unknown';
      this.#failUnreadable(data, type);
      this.#onUnreadable(type);
      return;
    }
    if (message.type === 'several') for (const one of message.messages) this.receive(one);
    else if (message.type === 'ahead')
      this.#ahead.set(message.asked.request, { asked: message.asked, received: [] });
    else if ('request' in message) this.#take(message);
    else this.#onAnnouncement(message);
  }

  #take(message: Answer): void {
    const pending = this.#pending.get(message.request);
    if (!pending) {
      this.#ahead.get(message.request)?.received.push(message);
      return;
    }
    if (message.type === 'event') {
      pending.onEvent?.(message.event);
      return;
    }
    this.#pending.delete(message.request);
    if (message.type === 'failure') pending.onFailure(new RequestError(message.failure));
    else pending.onAnswer(message);
  }

  /** An answer that cannot be read ends its request all the same: nothing waits for ever. */
  #failUnreadable(data: unknown, type: string): void {
    const request =
      typeof data === 'object' && data !== null && 'request' in data ? Number(data.request) : Number.NaN;
    // What was begun ahead with such an answer is asked for anew.
    this.#ahead.delete(request);
    const pending = this.#pending.get(request);
    if (!pending || type === 'event') return;
    this.#pending.delete(request);
    const sentence = t(
      'The extension sent a message ({0}) that this page cannot read. Close the panel and open it again.',
      type,
    );
    pending.onFailure(new RequestError({ code: 'protocol', sentence }));
  }

  #ask(message: WithoutId<Request>): Promise<Answer> {
    return this.#begin(message).answer;
  }

  /** Asks, or takes over what was begun ahead. */
  #begin(
    message: WithoutId<Request>,
    onEvent?: (event: unknown) => void,
  ): { readonly request: number; readonly answer: Promise<Answer> } {
    const begun = this.#begun(message);
    const request = begun?.asked.request ?? this.#nextRequest++;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(request, { onAnswer: resolve, onFailure: reject, onEvent });
    });
    if (!begun) this.#post({ ...message, request });
    else {
      this.#ahead.delete(request);
      // Until then the processor is the page's: a machine has few.
      if (message.type === 'run')
        this.#onceDrawn(() => {
          this.#post({ type: 'tell', request, message: 'resume' });
        });
      // No answer comes before who asks is done with asking.
      queueMicrotask(() => {
        for (const received of begun.received) this.#take(received);
      });
    }
    return { request, answer };
  }

  #begun(message: WithoutId<Request>): Begun | undefined {
    if (this.#ahead.size === 0) return undefined;
    const wanted = contentOf(message);
    return [...this.#ahead.values()].find(({ asked }) => contentOf(asked) === wanted);
  }
}

/** Equal for requests that ask for the same. */
function contentOf(message: object): string {
  const content = Object.entries(message).filter(
    ([name, value]) => name !== 'request' && value !== undefined,
  );
  return JSON.stringify(content.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unexpected(answer: Answer): RequestError {
  const sentence = t(
    'The extension answered with "{0}", which does not belong to this request. Close the panel and open it again.',
    answer.type,
  );
  return new RequestError({ code: 'protocol', sentence });
}
