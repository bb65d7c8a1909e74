/** The page: connects the extension, the session, the tabs and the drawing. */
import { html, render, type TemplateResult } from 'lit';
import type { PromptSource } from '../src/protocol/messages';
import { completionText } from './format/tokenText';
import { Host, type Announcement, type VsCodeApi } from './host';
import { ExperimentQueue } from './frame/queue';
import { readPageMemory, type PageMemory } from './frame/memory';
import { samePrompt, Session, type EngineState } from './frame/session';
import { tabFactories } from './experiments/registry';
import type { OpenRequest, Tab, TabContext } from './frame/tab';
import { afterDraw } from './ui/afterDraw';
import { Card } from './ui/card';
import { chipCard, CHIPS } from './ui/chips';
import { headerView } from './frame/header';
import { termCard } from './ui/info';
import { legendCard } from './ui/legend';
import { tabsView } from './frame/tabs';

/** Milliseconds without a change after which the page's state is stored. */
const REMEMBER_AFTER = 300;

/** What the footer says of the engine; nothing where all is well. */
const ENGINE: Readonly<Record<EngineState, string>> = {
  stopped: '',
  starting: 'The model process is starting.',
  ready: '',
  failed: 'The model process stopped unexpectedly; the next run starts it again.',
};

export class App {
  readonly #root: HTMLElement;
  readonly #api: VsCodeApi;
  readonly #host: Host;
  readonly #session: Session;
  readonly #queue = new ExperimentQueue(() => {
    this.#redraw();
  });
  readonly #tabs: readonly Tab[];
  readonly #card: Card;
  #active: Tab;
  #editing = false;
  #chips = CHIPS;
  #announcement = '';
  #drawing = false;
  /** The extension speaks another version of the protocol. */
  #outdated = false;
  #remembering: ReturnType<typeof setTimeout> | undefined;

  constructor(root: HTMLElement, api: VsCodeApi) {
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
    );
    this.#session = new Session(this.#host);
    const context = this.#tabContext();
    this.#tabs = tabFactories.map((create) => create(context));
    this.#active = this.#tabs[0]!;
    this.#card = new Card(
      (reference) => this.#cardContent(reference),
      () => {
        this.#redraw();
      },
    );
    this.#restore(readPageMemory(api.getState()));
    window.addEventListener('message', (event) => {
      this.#host.receive(event.data);
    });
    window.addEventListener('keydown', (event) => {
      this.#key(event);
    });
    this.#draw();
    this.#host.ready();
  }

  #tabContext(): TabContext {
    return {
      host: this.#host,
      session: this.#session,
      queue: this.#queue,
      redraw: () => {
        this.#redraw();
      },
      changed: () => {
        this.#redraw();
        this.#remember();
      },
      announce: (sentence) => {
        this.#announcement = sentence;
        this.#redraw();
      },
      editPrompt: () => {
        this.#edit(true);
      },
      chooseModel: (id) => {
        this.#chooseModel(id);
      },
      hasTab: (id) => this.#tabs.some((tab) => tab.id === id),
      openTab: (id, parameters, run) => {
        this.#open(id, { parameters }, run);
        window.scrollTo({ top: 0 });
        this.#redraw();
        this.#remember();
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
      case 'prompt':
        this.#takePrompt(message.source, message.run);
        return;
      case 'engine':
        this.#session.engine = message.state;
        break;
      case 'open':
        this.#open(message.tab, message, message.run);
        break;
    }
    this.#redraw();
    this.#remember();
  }

  #open(id: string, request: OpenRequest, run: boolean): void {
    const tab = this.#tabs.find((candidate) => candidate.id === id);
    if (!tab) return;
    this.#active = tab;
    tab.open?.(request);
    if (run) tab.run();
  }

  #takePrompt(source: PromptSource, run: boolean): void {
    const { source: before, tokens } = this.#session;
    this.#session.source = source;
    // The same prompt, handed over once more, has the same tokens.
    if (before && tokens && samePrompt(before, source)) this.#session.tokens = { ...tokens, source };
    this.#session.sourceInDocument = source;
    this.#session.before = null;
    this.#editing = false;
    this.#chips = CHIPS;
    this.#redraw();
    this.#remember();
    this.#active.promptChanged(run);
  }

  /** Runs the active tab on another prompt than the one that was handed over. */
  #changePrompt(change: () => void): void {
    change();
    this.#chips = CHIPS;
    // What was clicked may stand far below the prompt that it has made.
    window.scrollTo({ top: 0 });
    this.#redraw();
    this.#remember();
    this.#active.promptChanged(true);
  }

  #unreadable(type: string): void {
    this.#host.log(`A message of type ${type} is not of this page's version of the protocol.`);
    if (type !== 'welcome') return;
    this.#announcement =
      'This panel belongs to another version of the extension. Close it and open it again.';
    this.#outdated = true;
    this.#redraw();
  }

  /** Gets the chosen model's vocabulary ahead of the first run. */
  #load(): void {
    this.#session.load(this.#session.model).then(
      () => {
        for (const tab of this.#tabs) tab.modelLoaded();
        this.#redraw();
      },
      (error: unknown) => {
        this.#active.failed(error);
      },
    );
  }

  // What a person does.

  #chooseModel(id: string): void {
    if (id === this.#session.model || id === '') return;
    this.#session.model = id;
    this.#redraw();
    this.#remember();
    this.#load();
    this.#active.modelChanged();
  }

  /** Makes the tokens up to and including one the prompt. */
  #cutPrompt(index: number): void {
    const { tokens } = this.#session;
    const model = tokens && this.#session.loadedOf(tokens.model, tokens.toy);
    if (!tokens || !model) return;
    const ids = Array.from(tokens.ids);
    const textTo = (end: number): string => completionText(model.vocabulary, ids.slice(0, end));
    let end = index + 1;
    // A prompt is text, so it does not end within a character.
    while (end < ids.length && textTo(end).endsWith('\uFFFD')) end += 1;
    if (end >= ids.length) return;
    this.#changePrompt(() => {
      this.#session.changePrompt(textTo(end), `up to token ${end} of ${ids.length}`);
    });
  }

  #edit(editing: boolean): void {
    this.#editing = editing;
    this.#redraw();
    if (!editing) return;
    afterDraw(() => {
      this.#root.querySelector<HTMLElement>('.prompt-editor')?.focus();
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      // A card that happens to be open must not keep a run from being stopped.
      const closed = this.#card.close();
      if (this.#active.stop() || closed) event.preventDefault();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#active.run();
    }
  }

  // Drawing.

  #redraw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    render(this.#page(), this.#root);
    this.#card.place();
  }

  #page(): TemplateResult {
    const session = this.#session;
    if (this.#outdated) return html`<p class="empty" role="alert">${this.#announcement}</p>`;
    return html`
      ${headerView({
        session,
        editing: this.#editing,
        chips: this.#chips,
        onModel: (id) => {
          this.#chooseModel(id);
        },
        onGetModel: () => {
          this.#host.getModel();
        },
        onEdit: (editing) => {
          this.#edit(editing);
        },
        onPrompt: (text) => {
          session.typePrompt(text);
          this.#redraw();
          this.#remember();
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
          this.#chips += CHIPS;
          this.#redraw();
        },
      })}
      ${tabsView({
        tabs: this.#tabs,
        active: this.#active,
        onSelect: (tab) => {
          this.#active = tab;
          this.#redraw();
          this.#remember();
        },
      })}
      <div class="tab-body" role="tabpanel" aria-label=${this.#active.title}>${this.#active.body()}</div>
      <div class="message-row">${this.#active.message()}</div>
      <footer class="footer" data-testid="footer">
        <span>${this.#active.footer()}</span>
        <span class="quiet">${ENGINE[session.engine]}</span>
      </footer>
      <div class="unseen" role="status" aria-live="polite">${this.#announcement}</div>
      ${this.#card.view()}
    `;
  }

  #cardContent(reference: string): TemplateResult | null {
    const [kind = '', ...rest] = reference.split(':');
    if (kind === 'term') return termCard(rest[0] ?? '');
    if (kind === 'legend') return legendCard();
    if (kind !== 'chip') return this.#active.card(kind, rest);
    const { tokens } = this.#session;
    const model = tokens && this.#session.loadedOf(tokens.model, tokens.toy);
    return tokens && model ? chipCard(tokens.ids, model, Number(rest[0])) : null;
  }

  // Memory.

  #remember(): void {
    clearTimeout(this.#remembering);
    this.#remembering = setTimeout(() => {
      const { model, toyDraft, source } = this.#session;
      const memory: PageMemory = {
        version: 1,
        model: model === '' ? null : model,
        toy: [...toyDraft],
        source,
        tab: this.#active.id,
        tabs: Object.fromEntries(this.#tabs.map((tab) => [tab.id, tab.save()])),
      };
      this.#api.setState(memory);
    }, REMEMBER_AFTER);
  }

  #restore(memory: PageMemory | null): void {
    if (!memory) return;
    this.#session.model = memory.model ?? '';
    this.#session.toyDraft = memory.toy;
    this.#session.source = memory.source;
    if (memory.source?.kind !== 'typed') this.#session.sourceInDocument = memory.source;
    for (const tab of this.#tabs) tab.restore(memory.tabs[tab.id]);
    this.#active = this.#tabs.find(({ id }) => id === memory.tab) ?? this.#active;
  }
}
