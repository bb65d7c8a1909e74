import * as vscode from 'vscode';
import type { EngineClient, LoadedModel } from '../engine/client';
import type { SurprisalEvent, SurprisalTokens } from '../experiments/surprisal';
import type { Library } from './library';
import { count } from './numbers';
import { toFailure } from './requests';
import { hull, ScoredDocument, type ScoredToken } from './scoredDocument';
import { settings } from './settings';
import type { Span } from './spans';
import { SurprisalColours } from './surprisalColours';
import { hoverText } from './surprisalHover';
import { summarize, type SurprisalSummary } from './surprisalSummary';

/** Characters read before the scored part, so that its first tokens are not judged without context. */
const LEAD = 2_000;

/** Longest part that is scored at once; more is possible by selecting it. About a minute for the bundled model. */
export const LONGEST_SCORED = 400_000;

/** How long after the last keystroke changed text is scored again, in milliseconds. */
const EDIT_PAUSE = 700;

/** Characters behind an edit that are scored again, per token of the model's context: what the edit can influence. */
const CHARACTERS_PER_TOKEN = 4;

export interface SurprisalServices {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly log: vscode.LogOutputChannel;
}

interface Shown {
  readonly scored: ScoredDocument;
  readonly model: LoadedModel;
  readonly modelId: string;
  /** Changed since it was scored. */
  stale: Span | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** The surprisal heat map: tints, hovers and a summary for every document in which it was asked for. */
export class SurprisalMap implements vscode.Disposable, vscode.HoverProvider {
  readonly #services: SurprisalServices;
  readonly #shown = new Map<string, Shown>();
  readonly #disposables: readonly { dispose(): unknown }[];
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when a summary changes. */
  readonly onDidChange = this.#changed.event;
  #colours = new SurprisalColours(settings.surprisalScale());

  constructor(services: SurprisalServices) {
    this.#services = services;
    this.#disposables = [
      this.#changed,
      vscode.languages.registerHoverProvider({ scheme: '*' }, this),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.#follow(event);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#forget(document.uri);
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
  summary(
    document: vscode.TextDocument,
  ): { readonly summary: SurprisalSummary; readonly model: string } | undefined {
    const shown = this.#shown.get(document.uri.toString());
    const summary = shown && summarize(shown.scored.tokens, document.getText());
    return summary && { summary, model: shown.model.info.name };
  }

  /** The scored tokens of a document, in order. */
  tokens(document: vscode.TextDocument): readonly ScoredToken[] {
    return this.#shown.get(document.uri.toString())?.scored.tokens ?? [];
  }

  /** The scored token at a position. */
  tokenAt(document: vscode.TextDocument, position: vscode.Position): ScoredToken | undefined {
    return this.#shown.get(document.uri.toString())?.scored.at(document.offsetAt(position));
  }

  /** Scores the selection, or the whole document where nothing is selected, with progress and a way to stop. */
  async show(editor: vscode.TextEditor): Promise<void> {
    const { document, selection } = editor;
    const whole: Span = selection.isEmpty
      ? { start: 0, end: document.offsetAt(document.lineAt(document.lineCount - 1).range.end) }
      : { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
    if (whole.start === whole.end) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('There is no text to score here. Type or open some first.'),
      );
      return;
    }
    const span = { start: whole.start, end: Math.min(whole.end, whole.start + LONGEST_SCORED) };
    if (span.end < whole.end) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'The text has {0} characters; the first {1} are scored. Select another part to score that.',
          count(whole.end - whole.start),
          count(LONGEST_SCORED),
        ),
      );
    }
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Surprisal'),
        cancellable: true,
      },
      async (progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => {
          controller.abort();
        });
        try {
          const shown = await this.#open(document, controller.signal);
          let before = 0;
          await this.#score(document, shown, span, controller.signal, (done, total) => {
            const percent = (100 * done) / total;
            progress.report({
              increment: percent - before,
              message: vscode.l10n.t('{0} of {1} tokens', count(done), count(total)),
            });
            before = percent;
          });
          this.#changed.fire();
        } catch (error) {
          if (!controller.signal.aborted) void vscode.window.showErrorMessage(toFailure(error).sentence);
        }
      },
    );
  }

  /** Takes the tints off a document. */
  clear(document: vscode.TextDocument): void {
    this.#forget(document.uri);
    this.#colours.paint(document, []);
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const shown = this.#shown.get(document.uri.toString());
    const token = shown?.scored.at(document.offsetAt(position));
    if (!shown || !token) return undefined;
    const range = new vscode.Range(document.positionAt(token.start), document.positionAt(token.end));
    return new vscode.Hover(hoverText(token, shown.model), range);
  }

  async #open(document: vscode.TextDocument, signal: AbortSignal): Promise<Shown> {
    const modelId = settings.textModel();
    const source = await this.#services.library.source(modelId, undefined);
    const model = await this.#services.engine.load(source, signal);
    const shown: Shown = {
      scored: new ScoredDocument(),
      model,
      modelId,
      stale: undefined,
      timer: undefined,
    };
    this.#forget(document.uri);
    this.#shown.set(document.uri.toString(), shown);
    return shown;
  }

  async #score(
    document: vscode.TextDocument,
    shown: Shown,
    span: Span,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<void> {
    const source = await this.#services.library.source(shown.modelId, undefined);
    const lead = Math.max(0, span.start - LEAD);
    const version = document.version;
    const text = document.getText(new vscode.Range(document.positionAt(lead), document.positionAt(span.end)));
    const parameters = { text, from: span.start - lead, alternatives: 10 };
    await this.#services.engine.run('surprisal', source, parameters, {
      signal,
      priority: 'background',
      onEvent: (event) => {
        // Offsets are of the text as it was; after an edit the next scoring brings them right.
        if (document.version !== version) return;
        const { tokens, done, total } = event as SurprisalEvent;
        shown.scored.put(toScored(tokens, lead));
        this.#paint(document);
        onProgress(done, total);
      },
    });
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const shown = this.#shown.get(document.uri.toString());
    if (!shown || contentChanges.length === 0) return;
    const changes = [...contentChanges].sort((a, b) => b.rangeOffset - a.rangeOffset);
    for (const { rangeOffset, rangeLength, text } of changes) {
      const edit = { offset: rangeOffset, length: rangeLength, inserted: text.length };
      const shift = edit.inserted - edit.length;
      const { stale } = shown;
      const moved =
        stale && stale.start > rangeOffset ? { start: stale.start + shift, end: stale.end + shift } : stale;
      shown.stale = hull(moved, shown.scored.edit(edit));
    }
    clearTimeout(shown.timer);
    shown.timer = setTimeout(() => void this.#rescore(document, shown), EDIT_PAUSE);
  }

  async #rescore(document: vscode.TextDocument, shown: Shown): Promise<void> {
    const { stale } = shown;
    if (!stale || document.isClosed) return;
    shown.stale = undefined;
    const reach = shown.model.info.contextLength * CHARACTERS_PER_TOKEN;
    const last = shown.scored.tokens.at(-1)?.end ?? stale.end;
    const span = {
      start: Math.max(0, stale.start - 40),
      end: Math.max(stale.end, Math.min(last, stale.end + reach)),
    };
    try {
      await this.#score(document, shown, span, new AbortController().signal, () => undefined);
      this.#changed.fire();
    } catch (error) {
      this.#services.log.warn(`surprisal: ${toFailure(error).sentence}`);
    }
  }

  #paint(document: vscode.TextDocument): void {
    const shown = this.#shown.get(document.uri.toString());
    if (shown) this.#colours.paint(document, shown.scored.tokens);
  }

  #recolour(): void {
    this.#colours.dispose();
    this.#colours = new SurprisalColours(settings.surprisalScale());
    for (const { document } of vscode.window.visibleTextEditors) this.#paint(document);
  }

  #forget(uri: vscode.Uri): void {
    const shown = this.#shown.get(uri.toString());
    clearTimeout(shown?.timer);
    if (this.#shown.delete(uri.toString())) this.#changed.fire();
  }

  dispose(): void {
    for (const { timer } of this.#shown.values()) clearTimeout(timer);
    this.#colours.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function toScored(tokens: SurprisalTokens, lead: number): ScoredToken[] {
  const perToken = tokens.ids.length === 0 ? 0 : tokens.alternativeIds.length / tokens.ids.length;
  return Array.from(tokens.ids, (id, i) => ({
    id,
    start: lead + tokens.starts[i]!,
    end: lead + tokens.ends[i]!,
    logProbability: tokens.logProbabilities[i]!,
    rank: tokens.ranks[i]!,
    entropy: tokens.entropies[i]!,
    alternatives: Array.from({ length: perToken }, (_, j) => ({
      id: tokens.alternativeIds[i * perToken + j]!,
      logProbability: tokens.alternativeLogProbabilities[i * perToken + j]!,
    })),
  }));
}
