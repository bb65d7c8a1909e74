import * as vscode from 'vscode';
import { softmax, topIndices } from '../../core/logits';
import type { EngineClient, LoadedModel } from '../../engine/client';
import { languageTag } from '../../l10n/language';
import { inPercent } from '../../l10n/numbers';
import { runExperiment } from '../../engine/runExperiment';
import { activeText } from '../document/activeText';
import { offsetOf, positionOf, textFor, textOf } from '../document/documentText';
import type { Library } from '../models/library';
import { nextTokenAfter } from './nextToken';
import { lastPart } from '../panel/promptSource';
import { toFailure } from '../panel/requests';
import { count, decimals, significant } from '../numbers';
import { settings } from '../settings';
import { tell } from '../shown/messages';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';
import { tokenName } from '../tokenNames';
import { bar } from '../shown/bar';

/** Tokens listed. */
const LISTED = 20;

/** Quiet time after the last keystroke or cursor move before the model is asked, in milliseconds. */
const DELAY = 250;

/** Characters before the cursor that are read. */
const LONGEST_PREFIX = 8_000;

/** Milliseconds within which a second click on a row makes it a double click. */
const DOUBLE_CLICK = 500;

interface TokenRow {
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
}

/** A token, or one of the figures under it. */
type Row = TokenRow | { readonly of: TokenRow; readonly label: string; readonly value: string };

export interface CursorServices {
  readonly engine: EngineClient;
  readonly library: Library;
}

/** "At the cursor": the next-token distribution for the text before the cursor, live. */
export class CursorView implements TreeData<Row>, vscode.Disposable {
  readonly #services: CursorServices;
  readonly #view: TreeView<Row>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: { dispose(): unknown }[];
  readonly #models = new Map<string, LoadedModel>();
  #rows: readonly TokenRow[] = [];
  /** The row that was clicked last, and when; on a clock that only goes forward. */
  #clicked: { readonly id: number; readonly at: number } | undefined;
  /** Until when the next row that is chosen is inserted: Enter was pressed. */
  #entered = 0;
  #model: LoadedModel | undefined;
  /** White space before the cursor that the tokens begin with. */
  #owed = '';
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;
  #paused = false;
  /** What the rows belong to; the same text is not asked for twice. */
  #shownFor: string | undefined;

  constructor(services: CursorServices) {
    this.#services = services;
    this.#view = new TreeView('decodingLab.cursor', this);
    this.#view.message = vscode.l10n.t('Place the cursor in a text to see here what the model expects next.');
    this.#disposables = [
      this.#view,
      this.#changed,
      vscode.window.onDidChangeTextEditorSelection(() => {
        this.#schedule();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#schedule();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === activeText()?.document) this.#schedule();
      }),
      this.#view.onDidChangeVisibility(() => {
        this.#schedule();
      }),
    ];
    this.setPaused(false);
  }

  /** Asks again, soon, where what the tokens depend on has changed. */
  update(): void {
    this.#describe();
    this.#schedule();
  }

  /** The tokens shown, most probable first. */
  get rows(): readonly TokenRow[] {
    return this.#rows;
  }

  /** Whether the rows may still change without another event. */
  get pending(): boolean {
    return this.#timer !== undefined || this.#running !== undefined;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    void vscode.commands.executeCommand('setContext', 'decodingLab.cursorPaused', paused);
    this.#describe();
    if (paused) {
      this.#wait(undefined);
      this.#running?.abort();
    } else this.#schedule();
  }

  /** Beside the view's name: that it is paused, or the server to which the text before the cursor goes. */
  #describe(): void {
    const server = this.#services.library.servers.serverOf(settings.defaultModel());
    this.#view.description = this.#paused ? vscode.l10n.t('paused') : (server?.name ?? '');
  }

  /** What a click on a row does: the first shows the token's figures, a second one soon after inserts it. */
  async click(id: number): Promise<void> {
    const now = performance.now();
    const isSecond = this.#clicked?.id === id && now - this.#clicked.at < DOUBLE_CLICK;
    const isDouble = isSecond || onlyDoubleClicks();
    this.#clicked = isDouble ? undefined : { id, at: now };
    if (isDouble || now < this.#entered) {
      this.#entered = 0;
      await this.insert(id);
      return;
    }
    const row = this.#rows.find((one) => one.id === id);
    if (row) await this.#view.expand(row);
  }

  /** Inserts the row that has the focus, which VS Code tells by choosing it. */
  async insertFocused(): Promise<void> {
    this.#entered = performance.now() + DOUBLE_CLICK;
    await vscode.commands.executeCommand('list.select');
  }

  /** Puts a token, or that of a row, at the cursor of the active editor. */
  async insert(given: unknown): Promise<void> {
    const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : given;
    if (typeof id !== 'number') return;
    const editor = activeText();
    const { vocabulary } = this.#model ?? {};
    if (!editor || !vocabulary) return;
    const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (text.includes('\uFFFD')) {
      void tell.information(
        vscode.l10n.t(
          'This token is only part of a character, so it cannot be inserted alone. Choose another.',
        ),
      );
      return;
    }
    await editor.edit((builder) => {
      builder.insert(editor.selection.active, textFor(editor.document, withoutStart(text, this.#owed)));
    });
  }

  rowOf(row: Row): TreeRow {
    if ('of' in row) return { label: row.label, description: row.value };
    const { id, probability, rank } = row;
    const name = tokenName(id, this.#model!);
    const share = inPercent(probability);
    return {
      label: name,
      description: `${share}  ${bar(probability)}`,
      tooltip: [
        vscode.l10n.t(
          '{0}: probability {1}, rank {2}, token id {3}.',
          name,
          probability.toLocaleString(languageTag, { maximumSignificantDigits: 6 }),
          rank + 1,
          id,
        ),
        vscode.l10n.t('Click to see its figures; double-click, or press Enter, to insert it.'),
      ],
      spoken: `${name}, ${share}`,
      collapsibleState: vscode.TreeItemCollapsibleState.Collapsed,
      contextValue: 'token',
      command: { command: 'decodingLab.clickToken', title: vscode.l10n.t('Show'), arguments: [id] },
    };
  }

  getChildren(row?: Row): Row[] {
    if (!row) return [...this.#rows];
    return 'of' in row ? [] : this.#figures(row);
  }

  getParent(row: Row): Row | undefined {
    return 'of' in row ? row.of : undefined;
  }

  #figures(of: TokenRow): Row[] {
    const { id, probability, rank } = of;
    const best = this.#rows[0]?.probability ?? probability;
    const digits = (value: number): string =>
      value.toLocaleString(languageTag, { maximumSignificantDigits: 6 });
    return [
      { of, label: vscode.l10n.t('Probability'), value: digits(probability) },
      {
        of,
        label: vscode.l10n.t('Rank'),
        value: vscode.l10n.t('{0} of {1}', count(rank + 1), count(this.#model?.info.vocabularySize ?? 0)),
      },
      {
        of,
        label: vscode.l10n.t('Surprisal'),
        value: vscode.l10n.t('{0} nats', decimals(-Math.log(probability), 2)),
      },
      ...(rank === 0
        ? []
        : [
            {
              of,
              label: vscode.l10n.t('Most probable'),
              value: vscode.l10n.t('{0} times as probable', significant(best / probability)),
            },
          ]),
      { of, label: vscode.l10n.t('Token id'), value: String(id) },
    ];
  }

  #schedule(): void {
    this.#wait(undefined);
    if (this.#paused || !this.#view.visible) return;
    // What runs belongs to a text that is no longer there.
    this.#running?.abort();
    this.#wait(
      setTimeout(() => {
        this.#timer = undefined;
        void this.#update();
      }, DELAY),
    );
  }

  #wait(timer: NodeJS.Timeout | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = timer;
  }

  async #update(): Promise<void> {
    const editor = activeText();
    if (!editor) return;
    const { document, selection } = editor;
    const cursor = offsetOf(document, selection.active);
    const from = positionOf(document, cursor - LONGEST_PREFIX);
    const prompt = lastPart(textOf(document, new vscode.Range(from, selection.active)));
    const modelId = settings.defaultModel();
    const key = JSON.stringify([modelId, prompt]);
    if (key === this.#shownFor) return;
    const controller = new AbortController();
    this.#running = controller;
    try {
      const source = await this.#services.library.source(modelId, undefined);
      const model =
        this.#models.get(modelId) ?? (await this.#services.engine.load(source, controller.signal));
      this.#models.set(modelId, model);
      let owed = '';
      await runExperiment(this.#services.engine, 'explore', source, nextTokenAfter(prompt), {
        signal: controller.signal,
        priority: 'background',
        onEvent: (event) => {
          if (event.type === 'prompt') owed = event.prompt.owed ?? '';
          if (event.type !== 'next' || controller.signal.aborted) return;
          const probabilities = softmax(event.logits);
          // Unlisted tokens have no probability of their own.
          this.#rows = Array.from(event.listed?.ids.subarray(0, LISTED) ?? topIndices(event.logits, LISTED))
            .map((id, rank) => ({ id, rank, probability: probabilities[id]! }))
            .filter(({ probability }) => probability > 0);
          this.#model = model;
          this.#owed = owed;
          this.#shownFor = key;
          this.#view.message =
            owed === ''
              ? ''
              : vscode.l10n.t(
                  'The text ends in white space, which is part of the next token: these tokens begin with it. It is not inserted twice.',
                );
          this.#changed.fire(undefined);
        },
      });
    } catch (error) {
      if (!controller.signal.aborted) this.#view.message = toFailure(error).sentence;
    } finally {
      if (this.#running === controller) this.#running = undefined;
    }
  }

  dispose(): void {
    this.#wait(undefined);
    this.#running?.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

/** Whether the user has set that a row is chosen by a double click alone: of single ones nothing is heard then. */
function onlyDoubleClicks(): boolean {
  return vscode.workspace.getConfiguration('workbench.list').get('openMode') === 'doubleClick';
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text;
}
