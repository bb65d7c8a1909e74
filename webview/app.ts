/** The page: connects the extension, the session, the tabs and the drawing. */
import { effect, signal } from '@preact/signals-core';
import { html, nothing, render, type TemplateResult } from 'lit';
import { messageOf } from '../src/core/messageOf';
import type { PromptSource } from '../src/protocol/messages';
import { visibleText } from '../src/core/visibleText';
import { Host, type Announcement, type VsCodeApi } from './host';
import { beginningUpTo } from './frame/beginning';
import { brokenView } from './frame/brokenView';
import { follow } from './frame/follow';
import { RunQueue } from './frame/queue';
import { packPage, readPageMemory, storeInTime, unpackPage, type PageMemory } from './frame/memory';
import { pageCard } from './frame/pageCard';
import { EXPLORE, PageTabs, type LaterTabs } from './frame/pageTabs';
import { samePrompt, Session, type EngineState } from './frame/session';
import type { TabContext, TabFactory } from './frame/tab';
import { afterDraw, onceDrawn } from './ui/afterDraw';
import { Card } from './ui/card';
import { CHIPS } from './ui/chips';
import { ProseCheck } from './frame/proseCheck';
import { headerView } from './frame/header';
import { ServerRemark } from './frame/serverRemark';
import { Presentation } from './frame/presentation';
import { tabsView } from './frame/tabs';
import { t } from '../src/l10n/language';
import { filled } from './ui/filled';

/** What the footer says of the engine; nothing where all is well. */
const ENGINE: Readonly<Record<EngineState, string>> = {
  stopped: '',
  starting: t('The model process is starting.'),
  ready: '',
  failed: t('The model process stopped unexpectedly; the next run starts it again.'),
};

export class App {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: Host;
  readonly #session: Session;
  readonly #queue = new RunQueue();
  readonly #prose: ProseCheck;
  readonly #remark: ServerRemark;
  readonly #tabs: PageTabs;
  readonly #context: TabContext;
  readonly #card: Card;
  readonly #presentation: Presentation;
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
    this.#tabs = new PageTabs(this.#context, tabs, later, () => {
      this.#presentation.close();
    });
    this.#card = new Card((reference) => pageCard(reference, this.#session, this.#tabs.active));
    this.#presentation = new Presentation(() => this.#tabs.active.slides?.() ?? []);
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
    storeInTime(
      () => this.#packed(),
      (memory) => {
        this.#api.setState(memory);
      },
    );
    this.#tabs.completeInTime();
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
      hasTab: (id) => this.#tabs.all.some((tab) => tab.id === id),
      openTab: (id, parameters, run) => {
        this.#tabs.open(id, { parameters }, run);
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
        this.#tabs.whenComplete(() => {
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
        this.#tabs.whenComplete(() => {
          this.#tabs.open(message.tab, message, message.run);
        });
        break;
    }
  }

  #takePreset(id: string): void {
    const preset = this.#session.presets.find((one) => one.id === id);
    const tab = this.#tabs.all.find((one) => 'takePreset' in one);
    if (!preset || !tab) return;
    this.#tabs.select(tab);
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
    if (this.#tabs.active.id !== EXPLORE) window.scrollTo({ top: 0 });
    this.#tabs.open(EXPLORE, {}, true);
  }

  /** Runs the active tab on another prompt than the one that was handed over. */
  #changePrompt(change: () => void): void {
    change();
    this.#chips.value = CHIPS;
    // What was clicked may stand far below the prompt that it has made.
    window.scrollTo({ top: 0 });
    this.#tabs.active.run();
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
        for (const tab of this.#tabs.all) tab.modelLoaded?.();
      },
      (error: unknown) => {
        this.#tabs.active.failed(error, () => {
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
    for (const tab of this.#tabs.all) tab.modelLeft?.(model);
    this.#load();
    if (!quietly) this.#tabs.active.modelChanged?.();
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
      if (this.#tabs.active.stop() || closed) event.preventDefault();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#tabs.active.run();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented) {
      if (this.#tabs.active.key?.(event)) event.preventDefault();
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
      this.#host.log(`The tab ${this.#tabs.active.id} could not be drawn: ${String(error)}`);
      this.#card.close();
      this.#presentation.close();
      render(this.#page(messageOf(error)), this.#root);
    }
  }

  /** @param broken why the tab in front cannot be drawn; null where it can */
  #page(broken: string | null): TemplateResult {
    const session = this.#session;
    const active = this.#tabs.active;
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
        tabs: this.#tabs.all,
        active,
        onSelect: (tab) => {
          this.#tabs.select(tab);
        },
      })}
      <div class="tab-body" role="tabpanel" aria-label=${active.title}>
        ${this.#tabs.all.map((tab) => (tab === active ? nothing : (tab.strip?.(active) ?? nothing)))}
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

  // Memory.

  #packed(): () => PageMemory {
    return packPage(this.#session, this.#tabs.active, this.#tabs.all, this.#remark);
  }

  #restore(memory: PageMemory | null): void {
    if (!memory) return;
    unpackPage(memory, this.#session, this.#tabs.all, this.#remark);
    const active = this.#tabs.all.find(({ id }) => id === memory.tab);
    if (active) this.#tabs.select(active);
  }
}
