import * as vscode from 'vscode';
import type { EngineClient, LoadedModel } from '../../engine/client';
import { runExperiment } from '../../engine/runExperiment';
import { nameWithServer } from '../../experiments/kit/results';
import { DocumentScoring, SCORING_LIMITS, type ScoringState } from './documentScoring';
import { offsetOf, rangeOf, TextEdits, textOf } from '../document/documentText';
import type { Library } from '../models/library';
import { count } from '../numbers';
import { toFailure } from '../panel/requests';
import type { ScoredToken } from './scoredDocument';
import { settings } from '../settings';
import { hover } from '../shown/documents';
import { showProgress, tell } from '../shown/messages';
import { wereLastOf } from './tabs';
import { mayAskOften } from './tokenByToken';
import { SurprisalColours } from './surprisalColours';
import { hoverText } from './surprisalHover';
import { summarize, type SurprisalSummary } from './surprisalSummary';

/** How long after the last keystroke changed text is scored again, in milliseconds. */
const EDIT_PAUSE = 700;

/** While tokens come in, tints are drawn after so many times the time that drawing them took, in milliseconds. */
const PAINT_SHARE = 10;
const PAINT_PAUSE = 50;

export interface SurprisalServices {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly log: vscode.LogOutputChannel;
}

interface Shown {
  readonly document: vscode.TextDocument;
  readonly scoring: DocumentScoring;
  readonly edits: TextEdits;
  readonly model: LoadedModel;
  /** Waits for the user to pause. */
  timer?: NodeJS.Timeout;
  /** Waits to draw the tints. */
  painting?: NodeJS.Timeout;
  /** How long drawing them took last, in milliseconds. */
  paintTime: number;
  /** The state that was told last. */
  told?: ScoringState['kind'];
  /** Whether the user has been told that not all will be scored. */
  limitTold: boolean;
}

export interface ShownSummary {
  readonly summary: SurprisalSummary;
  /** Name of the model that scored the tokens. */
  readonly model: string;
  /** Whether the text's first token has no value, because the model has no token that stands before a text. */
  readonly startless: boolean;
}

/** The surprisal heat map: tints, hovers and a summary for every document in which it was asked for. */
export class SurprisalMap implements vscode.Disposable, vscode.HoverProvider {
  readonly #services: SurprisalServices;
  readonly #shown = new Map<string, Shown>();
  readonly #disposables: readonly { dispose(): unknown }[];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #progress = new vscode.EventEmitter<vscode.TextDocument>();
  /** Fires when a summary changes. */
  readonly onDidChange = this.#changed.event;
  /** Fires when a document's scoring has come further, has ended or was forgotten. */
  readonly onDidProgress = this.#progress.event;
  #colours = new SurprisalColours(settings.surprisalScale());

  constructor(services: SurprisalServices) {
    this.#services = services;
    this.#disposables = [
      this.#changed,
      this.#progress,
      vscode.languages.registerHoverProvider({ scheme: '*' }, this),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.#follow(event);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#forget(document);
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        // VS Code may keep a document for minutes after its last tab was closed.
        for (const { document } of [...this.#shown.values()]) {
          if (wereLastOf(document, closed)) this.#forget(document);
        }
      }),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const { document } of editors) this.#paint(document);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab.surprisal.scale')) this.#recolour();
      }),
    ];
  }

  /** What the scored tokens of a document say together, and the model that scored them. */
  summary(document: vscode.TextDocument): ShownSummary | undefined {
    const shown = this.#of(document);
    const summary = shown && summarize(shown.scoring.tokens, textOf(document));
    if (!summary) return undefined;
    const { info } = shown.model;
    const { startOfText } = info;
    return {
      summary,
      model: nameWithServer(info),
      startless: startOfText === null && shown.scoring.start === 0,
    };
  }

  /** How far the scoring of a document is; undefined where none was asked for. */
  state(document: vscode.TextDocument): ScoringState | undefined {
    return this.#of(document)?.scoring.state;
  }

  /** The scored tokens of a document, in order; offsets are of its text with LF. */
  tokens(document: vscode.TextDocument): readonly ScoredToken[] {
    return this.#of(document)?.scoring.tokens ?? [];
  }

  /** The scored token at a position. */
  tokenAt(document: vscode.TextDocument, position: vscode.Position): ScoredToken | undefined {
    return this.#of(document)?.scoring.at(offsetOf(document, position));
  }

  /** Scores the selection, or the whole document where nothing is selected, with progress and a way to stop. */
  async show({ document, selection }: vscode.TextEditor): Promise<void> {
    if (selection.isEmpty && textOf(document) === '') {
      void tell.information(vscode.l10n.t('There is no text to score here. Type or open some first.'));
      return;
    }
    const part = selection.isEmpty
      ? undefined
      : { start: offsetOf(document, selection.start), end: offsetOf(document, selection.end) };
    await this.#withProgress(document, async (signal) => {
      const modelId = settings.textModel();
      const source = await this.#services.library.source(modelId, undefined);
      const model = await this.#services.engine.load(source, signal);
      const { length } = part ? textOf(document).slice(part.start, part.end) : textOf(document);
      if (document.isClosed || !(await mayAskOften(model.info, length))) return undefined;
      const key = document.uri.toString();
      const earlier = this.#shown.get(key);
      if (earlier) this.#forget(earlier.document);
      const scoring = new DocumentScoring(part, {
        text: () => textOf(document),
        run: async (parameters, stop, onEvent) =>
          runExperiment(
            this.#services.engine,
            'surprisal',
            await this.#services.library.source(modelId, undefined),
            parameters,
            {
              signal: stop,
              priority: 'background',
              onEvent,
            },
          ),
        onChange: () => {
          this.#note(shown);
        },
      });
      const edits = new TextEdits(document);
      const shown: Shown = { document, scoring, edits, model, paintTime: 0, limitTold: false };
      this.#shown.set(key, shown);
      void scoring.score();
      return shown;
    });
  }

  /** Goes on with what a stop, a failure or the limit has left out. */
  async goOn(document: vscode.TextDocument): Promise<void> {
    await this.#withProgress(document, async () => {
      const shown = this.#of(document);
      void shown?.scoring.goOn();
      return Promise.resolve(shown);
    });
  }

  /** Ends the scoring of a document; the tints that it has stay. */
  stop(document: vscode.TextDocument): void {
    const shown = this.#of(document);
    clearTimeout(shown?.timer);
    shown?.scoring.stop();
  }

  /** Takes the tints off a document, and ends its scoring. */
  clear(document: vscode.TextDocument): void {
    this.#forget(document);
    this.#colours.paint(document, []);
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const shown = this.#of(document);
    const token = this.tokenAt(document, position);
    if (!shown || !token) return undefined;
    return hover(hoverText(token, shown.model, settings.surprisalScale()), rangeOf(document, token));
  }

  #of(document: vscode.TextDocument): Shown | undefined {
    const shown = this.#shown.get(document.uri.toString());
    // A new document may have the name of one whose closing is told only now.
    return shown?.document === document ? shown : undefined;
  }

  /** Begins a scoring and shows its progress until nothing is left to score, edits in the meantime included. */
  async #withProgress(
    document: vscode.TextDocument,
    begin: (signal: AbortSignal) => Promise<Shown | undefined>,
  ): Promise<void> {
    await showProgress(vscode.l10n.t('Surprisal'), async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
        this.stop(document);
      });
      let before = 0;
      const listener = this.onDidProgress((changed) => {
        const state = changed === document ? this.state(document) : undefined;
        if (state?.kind !== 'scoring' || state.total === 0) return;
        const percent = (100 * state.done) / state.total;
        progress.report({
          increment: Math.max(0, percent - before),
          message: vscode.l10n.t('{0} of {1} tokens', count(state.done), count(state.total)),
        });
        before = Math.max(before, percent);
      });
      try {
        const shown = await begin(controller.signal);
        await shown?.scoring.settled();
        if (shown?.scoring.state.kind === 'failed') throw shown.scoring.state.error;
      } catch (error) {
        if (!controller.signal.aborted) void tell.error(toFailure(error).sentence);
      } finally {
        listener.dispose();
      }
    });
  }

  #follow(event: vscode.TextDocumentChangeEvent): void {
    const shown = this.#of(event.document);
    if (!shown) return;
    if (event.contentChanges.length === 0) return;
    const again = shown.scoring.edit(shown.edits.read(event));
    clearTimeout(shown.timer);
    if (!again) return;
    shown.timer = setTimeout(() => void shown.scoring.score(), EDIT_PAUSE);
  }

  /** Draws and tells what has changed. */
  #note(shown: Shown): void {
    const { document, scoring } = shown;
    if (this.#of(document) !== shown) return;
    const { state } = scoring;
    if (state.kind === 'scoring') {
      shown.painting ??= setTimeout(
        () => {
          this.#paint(document);
        },
        Math.max(PAINT_PAUSE, PAINT_SHARE * shown.paintTime),
      );
      if (state.left > 0 && !shown.limitTold) this.#tellLimit(shown, state.left);
    } else if (state.kind !== 'waiting') this.#paint(document);
    if (state.kind === 'failed') this.#services.log.warn(`surprisal: ${toFailure(state.error).sentence}`);
    if (shown.told !== state.kind) this.#changed.fire();
    shown.told = state.kind;
    this.#progress.fire(document);
  }

  #tellLimit(shown: Shown, left: number): void {
    shown.limitTold = true;
    void tell.information(
      vscode.l10n.t(
        'At most {0} characters are scored at once; the last {1} were left out. Continue from the status bar, or select another part to score.',
        count(SCORING_LIMITS.scored),
        count(left),
      ),
    );
  }

  #paint(document: vscode.TextDocument): void {
    const shown = this.#of(document);
    if (!shown) return;
    clearTimeout(shown.painting);
    delete shown.painting;
    const begin = performance.now();
    this.#colours.paint(document, shown.scoring.tokens);
    shown.paintTime = performance.now() - begin;
  }

  #recolour(): void {
    this.#colours.dispose();
    this.#colours = new SurprisalColours(settings.surprisalScale());
    for (const { document } of vscode.window.visibleTextEditors) this.#paint(document);
  }

  #forget(document: vscode.TextDocument): void {
    const shown = this.#of(document);
    if (!shown) return;
    this.#shown.delete(document.uri.toString());
    end(shown);
    this.#changed.fire();
    this.#progress.fire(document);
  }

  dispose(): void {
    for (const shown of this.#shown.values()) end(shown);
    this.#colours.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function end({ scoring, timer, painting }: Shown): void {
  clearTimeout(timer);
  clearTimeout(painting);
  scoring.stop();
}
