/** The page: connects the extension, the session, the tabs and the drawing. */
import { batch, effect, signal, type Signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit';
import { messageOf } from '../src/core/messageOf';
import type { PromptSource } from '../src/protocol/messages';
import { visibleText } from '../src/core/visibleText';
import { Host, type Announcement, type VsCodeApi } from './host';
import { beginningUpTo } from './frame/beginning';
import { brokenView } from './frame/brokenView';
import { follow } from './frame/follow';
import { RunQueue } from './frame/queue';
import { packPage, readPageMemory, unpackPage, type PageMemory } from './frame/memory';
import { samePrompt, Session, type EngineState } from './frame/session';
import { ComingTab, type TabName } from './frame/comingTab';
import type { OpenRequest, Tab, TabContext, TabFactory } from './frame/tab';
import { afterDraw, onceDrawn } from './ui/afterDraw';
import { Card } from './ui/card';
import { chipCard, CHIPS } from './ui/chips';
import { modelCard } from './frame/aboutModel';
import { ProseCheck } from './frame/proseCheck';
import { headerView } from './frame/header';
import { ServerRemark } from './frame/serverRemark';
import { serverCard } from './frame/serverView';
import { Presentation } from './frame/presentation';
import { termCard } from './ui/info';
import { legendCard } from './ui/legend';
import { tabsView } from './frame/tabs';
import { t } from '../src/l10n/language';
import { filled } from './ui/filled';

/** The tab that explores a prompt which is handed over to be run. */
const EXPLORE = 'explore';

/** Milliseconds without a change after which the page's state is stored. */
const REMEMBER_AFTER = 300;

/** Milliseconds after which the other tabs' code is fetched though the page is not idle. */
const IDLE_AT_LAST = 2000;

/** What the footer says of the engine; nothing where all is well. */
const ENGINE: Readonly<Record<EngineState, string>> = {
  stopped: '',
  starting: t('The model process is starting.'),
  ready: '',
  failed: t('The model process stopped unexpectedly; the next run starts it again.'),
};

/** Tabs whose code comes after the first picture. */
export interface LaterTabs {
  readonly names: readonly TabName[];
  readonly load: () => Promise<readonly TabFactory[]>;
}

export class App {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: Host;
  readonly #session: Session;
  readonly #queue = new RunQueue();
  readonly #prose: ProseCheck;
  readonly #remark: ServerRemark;
  readonly #tabs: Signal<readonly Tab[]>;
  readonly #context: TabContext;
  readonly #later: LaterTabs | undefined;
  /** The coming of their code, once it has been asked for. */
  #coming: Promise<void> | undefined;
  readonly #card: Card;
  readonly #presentation: Presentation;
  readonly #active: Signal<Tab>;
  readonly #editing = signal(false);
  readonly #chips = signal(CHIPS);
  readonly #announcement = signal('');
  /** The extension speaks another version of the protocol. */
  readonly #outdated = signal(false);

  /**
   * @param tabs those that are there from the start, Explore first
   * @param later those that come behind them; a page that has something to restore begins with all of them
   */
  constructor(root: HTMLElement, api: VsCodeApi, tabs: readonly TabFactory[], later?: LaterTabs) {
    this.#root = root;
    this.#api = api;
    this.#host = new Host(
      api,
      (message) => {
        this.#receive(message);
      },
      (type) => {
        this.#unreadable(type);
      },
      onceDrawn,
    );
    this.#session = new Session(this.#host);
    this.#prose = new ProseCheck(this.#host, this.#session);
    this.#remark = new ServerRemark(this.#session);
    this.#context = this.#tabContext();
    this.#later = later;
    const there = tabs.map((create) => create(this.#context));
    this.#tabs = signal([...there, ...(later?.names ?? []).map((name) => new ComingTab(name))]);
    this.#active = signal(there[0]!);
    this.#card = new Card((reference) => this.#cardContent(reference));
    this.#presentation = new Presentation(() => this.#active.value.slides?.() ?? []);
    this.#restore(readPageMemory(api.getState()));
    window.addEventListener('keydown', (event) => {
      this.#key(event);
    });
  }

  /** Draws the page, and listens from now on. @param messages those that have come already, in order */
  begin(messages: readonly unknown[]): void {
    window.addEventListener('message', (event) => {
      this.#host.receive(event.data);
    });
    for (const message of messages) this.#host.receive(message);
    this.#draw();
    effect(() => {
      // Nobody waits for it: it must not slow down what is waited for.
      if (this.#queue.stateOf('explore') === 'none') this.#prose.check();
    });
    this.#remember();
    this.#completeInTime();
  }

  #tabContext(): TabContext {
    return {
      host: this.#host,
      session: this.#session,
      queue: this.#queue,
      announce: (sentence) => {
        this.#announcement.value = sentence;
      },
      present: () => {
        this.#presentation.open();
      },
      editPrompt: () => {
        this.#edit(true);
      },
      chooseModel: (id, quietly) => {
        this.#chooseModel(id, quietly);
      },
      hasTab: (id) => this.#tabs.value.some((tab) => tab.id === id),
      openTab: (id, parameters, run) => {
        this.#open(id, { parameters }, run);
        window.scrollTo({ top: 0 });
      },
      changePrompt: (text, place) => {
        this.#changePrompt(() => {
          this.#session.changePrompt(text, place);
        });
      },
    };
  }

  // Messages from the extension.

  #receive(message: Announcement): void {
    switch (message.type) {
      case 'welcome':
        this.#session.welcome(message.models, message.defaultModel, message.toy);
        this.#load();
        break;
      case 'presets':
        this.#session.presets = message.presets;
        break;
      case 'take-preset':
        this.#whenComplete(() => {
          this.#takePreset(message.id);
        });
        break;
      case 'use-model':
        // One that the welcome did not offer cannot be run here.
        if (this.#session.models.some(({ id }) => id === message.model)) this.#chooseModel(message.model);
        break;
      case 'prompt':
        this.#takePrompt(message.source, message.run);
        this.#host.forgoRuns();
        break;
      case 'engine':
        this.#session.engine = message.state;
        break;
      case 'open':
        this.#whenComplete(() => {
          this.#open(message.tab, message, message.run);
        });
        break;
    }
  }

  #open(id: string, request: OpenRequest, run: boolean): void {
    const tab = this.#tabs.value.find((candidate) => candidate.id === id);
    if (!tab) return;
    this.#select(tab);
    if (tab instanceof ComingTab) {
      void this.#complete().then(() => {
        // Where its code could not be had it says so, and is asked for again with the next click.
        if (!this.#tabs.peek().includes(tab)) this.#open(id, request, run);
      });
      return;
    }
    tab.open?.(request);
    if (run) tab.run();
  }

  /** Brings a tab to the front; what was shown large is of the one before. */
  #select(tab: Tab): void {
    if (tab !== this.#active.value) this.#presentation.close();
    this.#active.value = tab;
    if (tab instanceof ComingTab) void this.#complete();
  }

  // The code that comes later.

  /** Does what may need any of the code: at once where all is there. */
  #whenComplete(action: () => void): void {
    if (!this.#tabs.peek().some((tab) => tab instanceof ComingTab)) action();
    else void this.#complete().then(action);
  }

  /** Puts the tabs that are to come into their places; a failure is told by the one in front, and tried again. */
  #complete(): Promise<void> {
    this.#coming ??= this.#fetchTabs().catch((error: unknown) => {
      this.#coming = undefined;
      this.#host.log(`The other tabs could not be read: ${String(error)}`);
      for (const tab of this.#tabs.peek()) if (tab instanceof ComingTab) tab.failed(error);
    });
    return this.#coming;
  }

  async #fetchTabs(): Promise<void> {
    const factories = (await this.#later?.load()) ?? [];
    const come = factories.map((create) => create(this.#context));
    const now = (tab: Tab): Tab => come.find(({ id }) => id === tab.id) ?? tab;
    batch(() => {
      this.#tabs.value = this.#tabs.peek().map(now);
      this.#active.value = now(this.#active.peek());
    });
    if (this.#session.loaded) for (const tab of come) tab.modelLoaded?.();
  }

  /** Ahead of a click, but after the first answer: nobody is to wait for what nobody has asked for. */
  #completeInTime(): void {
    if (!this.#later) return;
    const [first] = this.#tabs.peek();
    const isTime = (): boolean =>
      this.#session.welcomed && (this.#queue.stateOf(EXPLORE) === 'none' || first?.isAnswered?.() === true);
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

  #takePreset(id: string): void {
    const preset = this.#session.presets.find((one) => one.id === id);
    const tab = this.#tabs.value.find((one) => 'takePreset' in one);
    if (!preset || !tab) return;
    this.#select(tab);
    tab.takePreset?.(preset);
    this.#announcement.value = t('Explore uses the preset {0}.', visibleText(preset.name));
  }

  #takePrompt(source: PromptSource, run: boolean): void {
    const { source: before, tokens } = this.#session;
    this.#session.source = source;
    // The same prompt, handed over once more, has the same tokens.
    if (before && tokens && samePrompt(before, source)) this.#session.takeTokens({ ...tokens, source });
    this.#session.sourceInDocument = source;
    this.#session.before = null;
    this.#editing.value = false;
    this.#chips.value = CHIPS;
    if (!run) return;
    if (this.#active.value.id !== EXPLORE) window.scrollTo({ top: 0 });
    this.#open(EXPLORE, {}, true);
  }

  /** Runs the active tab on another prompt than the one that was handed over. */
  #changePrompt(change: () => void): void {
    change();
    this.#chips.value = CHIPS;
    // What was clicked may stand far below the prompt that it has made.
    window.scrollTo({ top: 0 });
    this.#active.value.run();
  }

  #unreadable(type: string): void {
    this.#host.log(`A message of type ${type} is not of this page's version of the protocol.`);
    if (type !== 'welcome') return;
    this.#announcement.value = t(
      'This panel belongs to another version of the extension. Close it and open it again.',
    );
    this.#outdated.value = true;
  }

  /** Gets the chosen model's vocabulary ahead of the first run. */
  #load(): void {
    this.#session.load(this.#session.model).then(
      () => {
        for (const tab of this.#tabs.value) tab.modelLoaded?.();
      },
      (error: unknown) => {
        this.#active.value.failed(error, () => {
          this.#load();
        });
      },
    );
  }

  // What a user does.

  #chooseModel(id: string, quietly = false): void {
    if (id === this.#session.model || id === '') return;
    const { model } = this.#session;
    this.#session.model = id;
    for (const tab of this.#tabs.value) tab.modelLeft?.(model);
    this.#load();
    if (!quietly) this.#active.value.modelChanged?.();
  }

  /** Makes the tokens up to and including one the prompt. */
  #cutPrompt(index: number): void {
    const beginning = beginningUpTo(this.#session, index);
    if (!beginning) return;
    this.#changePrompt(() => {
      this.#session.changePrompt(beginning.text, beginning.place);
    });
  }

  #edit(editing: boolean): void {
    this.#editing.value = editing;
    if (!editing) return;
    afterDraw(() => {
      this.#root.querySelector<HTMLElement>('.prompt-editor')?.focus();
    });
  }

  #key(event: KeyboardEvent): void {
    if (this.#presentation.key(event)) {
      this.#card.close();
    } else if (event.key === 'Escape') {
      // A card that happens to be open must not keep a run from being stopped.
      const closed = this.#card.close();
      if (this.#active.value.stop() || closed) event.preventDefault();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#active.value.run();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented) {
      if (this.#active.value.key?.(event)) event.preventDefault();
    }
  }

  // Drawing.

  /** Draws the page now, and in every frame before which something that is on it has changed. */
  #draw(): void {
    follow(
      () => {
        this.#render();
        this.#presentation.place();
        this.#card.place();
      },
      (turn) => {
        requestAnimationFrame(turn);
      },
    );
  }

  /** One result that cannot be drawn, as a damaged file may hold, must not end the page. */
  #render(): void {
    try {
      render(this.#page(null), this.#root);
    } catch (error) {
      this.#host.log(`The tab ${this.#active.value.id} could not be drawn: ${String(error)}`);
      this.#card.close();
      this.#presentation.close();
      render(this.#page(messageOf(error)), this.#root);
    }
  }

  /** @param broken why the tab in front cannot be drawn; null where it can */
  #page(broken: string | null): TemplateResult {
    const session = this.#session;
    const active = this.#active.value;
    const announcement = this.#announcement.value;
    if (this.#outdated.value) return html`<p class="empty" role="alert">${announcement}</p>`;
    return html`
      <h1 class="unseen">${filled(t('Decoding Lab: {0}'), active.title)}</h1>
      ${headerView({
        session,
        editing: this.#editing.value,
        chips: this.#chips.value,
        onModel: (id) => {
          this.#chooseModel(id);
        },
        onGetModel: () => {
          this.#host.getModel();
        },
        onConnect: () => {
          this.#host.connectServer();
        },
        remark: this.#remark,
        prose: this.#prose,
        onEdit: (editing) => {
          this.#edit(editing);
        },
        onPrompt: (text) => {
          session.typePrompt(text);
        },
        onTrim: () => {
          this.#changePrompt(() => {
            this.#session.trimPrompt();
          });
        },
        onChip: (index) => {
          this.#cutPrompt(index);
        },
        onBack: () => {
          this.#changePrompt(() => {
            this.#session.changeBack();
          });
        },
        onEarlier: () => {
          this.#chips.value += CHIPS;
        },
      })}
      ${tabsView({
        tabs: this.#tabs.value,
        active,
        onSelect: (tab) => {
          this.#select(tab);
        },
      })}
      <div class="tab-body" role="tabpanel" aria-label=${active.title}>
        ${this.#tabs.value.map((tab) => (tab === active ? nothing : (tab.strip?.(active) ?? nothing)))}
        ${broken === null ? active.body() : brokenView(active, broken)}
      </div>
      <div class="message-row">${broken === null ? active.message() : nothing}</div>
      <footer class="footer" data-testid="footer">
        <span>${broken === null ? active.footer() : nothing}</span>
        <span class="quiet">${ENGINE[session.engine]}</span>
      </footer>
      <div class="unseen" role="status" aria-live="polite">${announcement}</div>
      ${this.#presentation.view(this.#card.view())}
    `;
  }

  #cardContent(reference: string): TemplateResult | null {
    const [kind = '', ...rest] = reference.split(':');
    if (kind === 'term') return termCard(rest[0] ?? '');
    if (kind === 'legend') return legendCard();
    if (kind === 'model') return modelCard(this.#session);
    if (kind === 'server' && rest[0] === 'now') return this.#serverCard();
    if (kind !== 'chip') return this.#active.value.card(kind, rest);
    return this.#chipCard(Number(rest[0]));
  }

  #serverCard(): TemplateResult | null {
    const { server, loaded } = this.#session;
    return server ? serverCard(server, loaded?.info.vocabularySize, 'now') : null;
  }

  /** A token of the prompt, and what the chain of the tab can do with it. */
  #chipCard(index: number): TemplateResult | null {
    const { tokens, model } = this.#session;
    const loaded = tokens && this.#session.loadedOf(tokens.model, tokens.toy);
    const id = tokens?.ids[index];
    if (!tokens || !loaded || id === undefined) return null;
    const actions = tokens.model === model ? this.#active.value.tokenActions?.(id) : undefined;
    return html`${chipCard(tokens.ids, loaded, index)} ${actions ?? nothing}`;
  }

  // Memory.

  /** Stores the page's state when nothing of it has changed for a while, and when the focus leaves it. */
  #remember(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let changed: (() => unknown) | undefined;
    let first = true;
    const store = (): void => {
      clearTimeout(timer);
      if (changed) this.#api.setState(changed());
      changed = undefined;
    };
    // Whoever reloads the window or closes it leaves the page first, and may do so right after a change.
    window.addEventListener('blur', store);
    effect(() => {
      const packed = this.#packed();
      if (!first) {
        changed = packed;
        clearTimeout(timer);
        timer = setTimeout(store, REMEMBER_AFTER);
      }
      first = false;
    });
  }

  #packed(): () => PageMemory {
    return packPage(this.#session, this.#active.value, this.#tabs.value, this.#remark);
  }

  #restore(memory: PageMemory | null): void {
    if (!memory) return;
    unpackPage(memory, this.#session, this.#tabs.value, this.#remark);
    const active = this.#tabs.value.find(({ id }) => id === memory.tab);
    if (active) this.#active.value = active;
  }
}
