/** The tabs of the page: which there are, the one in front, and the code that comes later. */
import { batch, effect, signal, type Signal } from '@preact/signals-core';
import { ComingTab, type TabName } from './comingTab';
import type { OpenRequest, Tab, TabContext, TabFactory } from './tab';

/** The tab that explores a prompt which is handed over to be run. */
export const EXPLORE = 'explore';

/** Milliseconds after which the other tabs' code is fetched though the page is not idle. */
const IDLE_AT_LAST = 2000;

/** Tabs whose code comes after the first picture. */
export interface LaterTabs {
  readonly names: readonly TabName[];
  readonly load: () => Promise<readonly TabFactory[]>;
}

export class PageTabs {
  readonly #context: TabContext;
  readonly #later: LaterTabs | undefined;
  readonly #onChange: () => void;
  readonly #all: Signal<readonly Tab[]>;
  readonly #active: Signal<Tab>;
  /** The coming of their code, once it has been asked for. */
  #coming: Promise<void> | undefined;

  /** @param onChange told when another tab is about to come to the front */
  constructor(
    context: TabContext,
    tabs: readonly TabFactory[],
    later: LaterTabs | undefined,
    onChange: () => void,
  ) {
    this.#context = context;
    this.#later = later;
    this.#onChange = onChange;
    const there = tabs.map((create) => create(context));
    this.#all = signal([...there, ...(later?.names ?? []).map((name) => new ComingTab(name))]);
    this.#active = signal(there[0]!);
  }

  /** In their order, those whose code is still to come among them. */
  get all(): readonly Tab[] {
    return this.#all.value;
  }

  /** The one in front. */
  get active(): Tab {
    return this.#active.value;
  }

  /** Brings the tab of this id to the front with what is asked of it, once its code is there; runs it if `run`. */
  open(id: string, request: OpenRequest, run: boolean): void {
    const tab = this.#all.value.find((candidate) => candidate.id === id);
    if (!tab) return;
    this.select(tab);
    if (tab instanceof ComingTab) {
      void this.#complete().then(() => {
        // Where its code could not be had it says so, and is asked for again with the next click.
        if (!this.#all.peek().includes(tab)) this.open(id, request, run);
      });
      return;
    }
    tab.open?.(request);
    if (run) tab.run();
  }

  /** Brings a tab to the front. */
  select(tab: Tab): void {
    if (tab !== this.#active.value) this.#onChange();
    this.#active.value = tab;
    if (tab instanceof ComingTab) void this.#complete();
  }

  /** Does what may need any of the code: at once where all is there. */
  whenComplete(action: () => void): void {
    if (!this.#all.peek().some((tab) => tab instanceof ComingTab)) action();
    else void this.#complete().then(action);
  }

  /** Puts the tabs that are to come into their places; a failure is told by the one in front, and tried again. */
  #complete(): Promise<void> {
    this.#coming ??= this.#fetchTabs().catch((error: unknown) => {
      this.#coming = undefined;
      this.#context.host.log(`The other tabs could not be read: ${String(error)}`);
      for (const tab of this.#all.peek()) if (tab instanceof ComingTab) tab.failed(error);
    });
    return this.#coming;
  }

  async #fetchTabs(): Promise<void> {
    const factories = (await this.#later?.load()) ?? [];
    const come = factories.map((create) => create(this.#context));
    const now = (tab: Tab): Tab => come.find(({ id }) => id === tab.id) ?? tab;
    batch(() => {
      this.#all.value = this.#all.peek().map(now);
      this.#active.value = now(this.#active.peek());
    });
    if (this.#context.session.loaded) for (const tab of come) tab.modelLoaded?.();
  }

  /** Ahead of a click, but after the first answer: nobody is to wait for what nobody has asked for. */
  completeInTime(): void {
    if (!this.#later) return;
    const [first] = this.#all.peek();
    const isTime = (): boolean =>
      this.#context.session.welcomed &&
      (this.#context.queue.stateOf(EXPLORE) === 'none' || first?.isAnswered?.() === true);
    const stop = effect(() => {
      if (!isTime()) return;
      // A prompt may come right behind the welcome.
      requestIdleCallback(
        () => {
          if (!isTime()) return;
          stop();
          void this.#complete();
        },
        { timeout: IDLE_AT_LAST },
      );
    });
  }
}
