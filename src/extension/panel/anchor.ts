import * as vscode from 'vscode';
import { withLf } from '../../core/lineEnds';
import { rangeOf, textFor, textOf, TextEdits } from '../document/documentText';
import type { TakenPrompt } from './promptSource';
import { followEdit, isEdited, type Edit, type Span } from '../document/spans';

/** Why a completion could not be put into the document, as a sentence for people. */
export class InsertionError extends Error {}

/** A text that was put into the document, and what stood there before. */
interface Insertion {
  span: Span;
  /** With LF, as `former`. */
  readonly text: string;
  readonly former: string;
  /** Whether it took the place of a part of the prompt. */
  readonly inPrompt: boolean;
}

/**
 * Remembers where a prompt stands in its document while the document is edited, so that a completion lands
 * after it (or in its place) however much later it is asked for.
 */
export class Anchor implements vscode.Disposable {
  /** Anchors that listen to their document now. */
  static listening = 0;

  /** The document. */
  readonly uri: vscode.Uri;
  readonly #kind: 'selection' | 'cursor';
  /** Where the prompt stands. */
  #span: Span;
  /** True once the prompt's own text was edited by others. */
  #changed = false;
  /** The edit that is being made from here: its undoing gives the prompt back. */
  #own: Edit | undefined;
  readonly #insertions = new Map<number, Insertion>();
  #disposed = false;
  readonly #listener: vscode.Disposable;

  constructor(taken: TakenPrompt) {
    this.uri = taken.document.uri;
    this.#kind = taken.source.kind === 'selection' ? 'selection' : 'cursor';
    this.#span = { start: taken.start, end: taken.end };
    const edits = new TextEdits(taken.document);
    Anchor.listening += 1;
    this.#listener = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document.uri.toString() === this.uri.toString()) {
        for (const edit of edits.read(event)) this.#follow(edit);
      }
    });
  }

  #follow(edit: Edit): void {
    this.#changed ||= !sameEdit(edit, this.#own) && isEdited(this.#span, edit);
    this.#span = followEdit(this.#span, edit);
    for (const insertion of this.#insertions.values()) insertion.span = followEdit(insertion.span, edit);
  }

  /** Whether the prompt is another text than was taken, by others or by what was put in its place and still stands. */
  get #promptChanged(): boolean {
    return this.#changed || [...this.#insertions.values()].some(({ inPrompt }) => inPrompt);
  }

  async #apply(edit: vscode.WorkspaceEdit, own: Edit): Promise<boolean> {
    this.#own = own;
    try {
      return await vscode.workspace.applyEdit(edit);
    } finally {
      this.#own = undefined;
    }
  }

  /**
   * Inserts `text` after the prompt, or replaces the prompt with it; one undo step.
   * @param id names the insertion for `undo` and `show`
   * @param whiteSpace stands at the end of the prompt's place but was not explored with it: an inserted text, which
   * begins with its own, takes its place; a replaced prompt leaves it where it is
   * @throws InsertionError when the document is gone or read-only, or when replacing would lose later edits.
   */
  async insert(text: string, how: 'after' | 'replace', id: number, whiteSpace = ''): Promise<void> {
    if (how === 'replace' && this.#kind === 'cursor') {
      throw new InsertionError(
        vscode.l10n.t(
          'There is no selection to replace: the prompt was the text before the cursor. Use Insert instead.',
        ),
      );
    }
    if (how === 'replace' && this.#promptChanged) {
      throw new InsertionError(
        vscode.l10n.t(
          'The selected text has been edited since it was explored; replacing it would lose the edit. Use Insert, or explore the selection again.',
        ),
      );
    }
    const document = await this.#open();
    const edit = new vscode.WorkspaceEdit();
    const given = textFor(document, text);
    const { start, end } = this.#span;
    const behind = rangeOf(document, { start: end - whiteSpace.length, end });
    // It may have been edited since.
    const promptEnd = textOf(document, behind) === whiteSpace ? end - whiteSpace.length : end;
    const place = how === 'after' ? { start: promptEnd, end } : { start, end: promptEnd };
    const range = rangeOf(document, place);
    const former = textOf(document, range);
    edit.replace(this.uri, range, given);
    const lf = withLf(text);
    const own = { offset: place.start, length: former.length, inserted: lf.length };
    const inPrompt = isEdited(this.#span, own);
    if (!(await this.#apply(edit, own))) {
      throw new InsertionError(
        vscode.l10n.t(
          '{0} did not accept the text (is it read-only?). Use Copy instead.',
          vscode.workspace.asRelativePath(this.uri),
        ),
      );
    }
    const span = { start: place.start, end: place.start + lf.length };
    this.#insertions.set(id, { span, text: lf, former, inPrompt });
  }

  /**
   * Takes an insertion back, and nothing else, whatever was edited elsewhere since.
   * @throws InsertionError when it was edited or is gone
   */
  async undo(id: number): Promise<void> {
    const { document, insertion } = await this.#find(id);
    const range = rangeOf(document, insertion.span);
    const edit = new vscode.WorkspaceEdit();
    const { span, text, former } = insertion;
    edit.replace(this.uri, range, textFor(document, former));
    if (!(await this.#apply(edit, { offset: span.start, length: text.length, inserted: former.length }))) {
      throw new InsertionError(
        vscode.l10n.t(
          '{0} did not accept the change (is it read-only?).',
          vscode.workspace.asRelativePath(this.uri),
        ),
      );
    }
    this.#insertions.delete(id);
  }

  /**
   * Shows an insertion in its document, selected.
   * @throws InsertionError when it was edited or is gone
   */
  async show(id: number): Promise<void> {
    const { document, insertion } = await this.#find(id);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const { activeTabGroup } = vscode.window.tabGroups;
    const other =
      activeTabGroup.viewColumn === vscode.ViewColumn.One ? vscode.ViewColumn.Beside : vscode.ViewColumn.One;
    await vscode.window.showTextDocument(document, {
      selection: rangeOf(document, insertion.span),
      // Not over the panel, which has the active column.
      viewColumn: shown?.viewColumn ?? other,
    });
  }

  async #find(
    id: number,
  ): Promise<{ readonly document: vscode.TextDocument; readonly insertion: Insertion }> {
    const insertion = this.#insertions.get(id);
    if (!insertion) {
      throw new InsertionError(
        vscode.l10n.t(
          'This text was already undone, or another place has been explored since. Use Undo in the editor.',
        ),
      );
    }
    const document = await this.#open();
    if (textOf(document, rangeOf(document, insertion.span)) !== insertion.text) {
      throw new InsertionError(
        vscode.l10n.t('The inserted text has been edited since. Use Undo in the editor.'),
      );
    }
    return { document, insertion };
  }

  async #open(): Promise<vscode.TextDocument> {
    const open = vscode.workspace.textDocuments.find((d) => d.uri.toString() === this.uri.toString());
    if (open && !open.isClosed) return open;
    try {
      return await vscode.workspace.openTextDocument(this.uri);
    } catch {
      throw new InsertionError(
        vscode.l10n.t(
          '{0} is closed and cannot be opened again. Use Copy instead.',
          vscode.workspace.asRelativePath(this.uri),
        ),
      );
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    Anchor.listening -= 1;
    this.#listener.dispose();
  }
}

const sameEdit = (edit: Edit, own: Edit | undefined): boolean =>
  own !== undefined &&
  edit.offset === own.offset &&
  edit.length === own.length &&
  edit.inserted === own.inserted;
