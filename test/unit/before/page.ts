/** The page without a browser: it opens with a stored state, is drawn into text, and speaks with an extension. */
import { expect, vi } from 'vitest';
import {
  PROTOCOL_VERSION,
  readFromPanel,
  type FromPanel,
  type ToPanel,
  type Toy,
} from '../../../src/protocol/messages';
import { App } from '../../../webview/app';
import type { LaterTabs } from '../../../webview/frame/pageTabs';
import { createExplore } from '../../../webview/experiments/explore/page';
import { laterTabs } from '../../../webview/experiments/registry';
import { Drawn } from './drawn';

/** What a page is drawn into: its own, also where an earlier page draws late. */
interface Root {
  readonly draw: (template: unknown) => void;
}
vi.mock('lit', async (original) => ({
  ...(await original<object>()),
  render: (template: unknown, { draw }: Root) => {
    draw(template);
  },
}));

/** An element is whatever can be asked for what is around it. */
const ELEMENT = {
  [Symbol.hasInstance]: (value: unknown) => typeof value === 'object' && value !== null && 'closest' in value,
};

// A page of an earlier test may still be told that time has passed: what it then asks for is never drawn.
Object.assign(globalThis, { requestAnimationFrame: () => 0 });

/** Asks again until a page shows what is expected; the limit only ends a hang. */
export const until = <Value>(read: () => Value) => expect.poll(read, { timeout: 60_000 });

/** The extension's answer to a request of the page; undefined where it gives none. */
export type Answer = (message: FromPanel, emit: (event: unknown) => void) => Promise<ToPanel | undefined>;

/** The page as it opens with a stored state, drawn into text, and the extension's side of it. */
export class Page {
  /** The state that VS Code would keep for it. */
  state: unknown;
  readonly sent: FromPanel[] = [];
  #template: unknown;
  #drawn: Drawn | undefined;
  #frames: (() => void)[] = [];
  readonly #listeners = new Map<string, ((event: unknown) => void)[]>();
  readonly #answer: Answer;

  /** @param later the tabs that come behind Explore, where they are not there from the start */
  constructor(state: unknown, answer: Answer, later?: LaterTabs) {
    this.state = state;
    this.#answer = answer;
    const listen = (type: string, listener: (event: unknown) => void): void => {
      this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    };
    const nothing = (): null => null;
    const target = { addEventListener: listen, scrollTo: nothing };
    vi.stubGlobal('window', target);
    for (const element of ['HTMLElement', 'SVGElement']) vi.stubGlobal(element, Object);
    vi.stubGlobal('Element', ELEMENT);
    vi.stubGlobal('document', {
      addEventListener: nothing,
      documentElement: target,
      getElementById: nothing,
      querySelector: nothing,
      activeElement: null,
    });
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => this.#frames.push(frame));
    const root: Root = {
      draw: (template) => {
        this.#template = template;
        this.#drawn = undefined;
      },
    };
    const app = new App(
      { ...root, querySelector: nothing } as unknown as HTMLElement,
      {
        getState: () => this.state,
        setState: (next) => {
          this.state = JSON.parse(JSON.stringify(next));
        },
        postMessage: (message) => {
          void this.#take(message);
        },
      },
      [createExplore, ...(later ? [] : laterTabs)],
      later,
    );
    app.begin([]);
  }

  /** What is on screen now. */
  get drawn(): Drawn {
    while (this.#frames.length > 0) for (const frame of this.#frames.splice(0)) frame();
    return (this.#drawn ??= new Drawn(this.#template));
  }

  receive(message: ToPanel): void {
    for (const listener of this.#listeners.get('message') ?? []) listener({ data: message });
  }

  /** The focus leaves the page. */
  leave(): void {
    for (const listener of this.#listeners.get('blur') ?? []) listener(undefined);
  }

  /** Presses a key. @param on what has the focus */
  press(key: string, on: object | null = null): void {
    const plain = { ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false };
    const event = { key, ...plain, composedPath: () => (on ? [on] : []), preventDefault: () => undefined };
    for (const listener of this.#listeners.get('keydown') ?? []) listener(event);
  }

  /** The extension says which models there are. */
  welcome(models: Extract<ToPanel, { type: 'welcome' }>['models'], toy: Toy): void {
    this.receive({ type: 'welcome', version: PROTOCOL_VERSION, models, defaultModel: models[0]!.id, toy });
  }

  async #take(sent: unknown): Promise<void> {
    const message = readFromPanel(sent);
    if (!message) throw new Error(`The page sent what is no message: ${JSON.stringify(sent)}`);
    this.sent.push(message);
    const emit = (event: unknown): void => {
      if ('request' in message) this.receive({ type: 'event', request: message.request, event });
    };
    const answer = await this.#answer(message, emit);
    if (answer) this.receive(answer);
  }

  /** Files that were exported, by name. */
  get exports(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.sent.flatMap((message) => (message.type === 'export' ? [[message.name, message.content]] : [])),
    );
  }
}
