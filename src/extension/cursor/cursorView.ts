import * as vscode from 'vscode';
import { softmax, topIndices } from '../../core/logits';
import type { EngineClient, LoadedModel } from '../../engine/client';
import { runExperiment } from '../../engine/runExperiment';
import { activeText } from '../document/activeText';
import { offsetOf, positionOf, textFor, textOf } from '../document/documentText';
import type { Library } from '../models/library';
import { nextTokenAfter } from './nextToken';
import { lastPart } from '../panel/promptSource';
import { toFailure } from '../panel/requests';
import { settings } from '../settings';
import { tell } from '../shown/messages';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';
import { percentOfLog, tokenName } from '../tokenNames';
import { bar } from '../shown/bar';

/** Tokens listed. */
const LISTED = 20;

/** Quiet time after the last keystroke or cursor move before the model is asked, in milliseconds. */
const DELAY = 250;

/** Characters before the cursor that are read. */
const LONGEST_PREFIX = 8_000;

interface Row {
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
}

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
  #rows: readonly Row[] = [];
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
    this.#view.message = vscode.l10n.t(
      'Put the cursor into a text: what the model expects next appears here.',
    );
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

  /** The tokens shown, most probable first. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Whether the rows may still change without another event. */
  get pending(): boolean {
    return this.#timer !== undefined || this.#running !== undefined;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    void vscode.commands.executeCommand('setContext', 'decodingLab.cursorPaused', paused);
    this.#view.description = paused ? vscode.l10n.t('paused') : '';
    if (paused) {
      this.#wait(undefined);
      this.#running?.abort();
    } else this.#schedule();
  }

  /** Puts a token at the cursor of the active editor. */
  async insert(id: number): Promise<void> {
    const editor = activeText();
    const { vocabulary } = this.#model ?? {};
    if (!editor || !vocabulary) return;
    const bytes = vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1]);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (text.includes('\uFFFD')) {
      void tell.information(
        vscode.l10n.t(
          'This token is only a part of a character, so it cannot be inserted alone. Choose another.',
        ),
      );
      return;
    }
    await editor.edit((builder) => {
      builder.insert(editor.selection.active, textFor(editor.document, withoutStart(text, this.#owed)));
    });
  }

  rowOf({ id, probability, rank }: Row): TreeRow {
    const name = tokenName(id, this.#model!);
    const share = percentOfLog(Math.log(probability), vscode.env.language);
    return {
      label: name,
      description: `${share}  ${bar(probability)}`,
      tooltip: [
        vscode.l10n.t(
          '{0}: probability {1}, rank {2}, token id {3}. Click to insert it.',
          name,
          probability.toLocaleString(vscode.env.language, { maximumSignificantDigits: 6 }),
          rank + 1,
          id,
        ),
      ],
      spoken: `${name}, ${share}`,
      command: { command: 'decodingLab.insertToken', title: vscode.l10n.t('Insert'), arguments: [id] },
    };
  }

  getChildren(row?: Row): Row[] {
    return row ? [] : [...this.#rows];
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
          this.#rows = topIndices(event.logits, LISTED)
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

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text;
}
