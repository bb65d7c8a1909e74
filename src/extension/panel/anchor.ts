import * as vscode from 'vscode';
import { rangeOf, textFor, textOf, TextEdits } from '../document/documentText';
import type { TakenPrompt } from './promptSource';
import { followEdit, isEdited, type Edit, type Span } from '../document/spans';

/** Why a completion could not be put into the document, as a sentence for people. */
export class InsertionError extends Error {}

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
  /** True once the prompt's own text was edited. */
  #changed = false;
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
    this.#changed ||= isEdited(this.#span, edit);
    this.#span = followEdit(this.#span, edit);
  }

  /**
   * Inserts `text` after the prompt, or replaces the prompt with it; one undo step.
   * @param whiteSpace stands at the end of the prompt's place but was not explored with it: an inserted text, which
   * begins with its own, takes its place; a replaced prompt leaves it where it is
   * @throws InsertionError when the document is gone or read-only, or when replacing would lose later edits.
   */
  async insert(text: string, how: 'after' | 'replace', whiteSpace = ''): Promise<void> {
    if (how === 'replace' && this.#kind === 'cursor') {
      throw new InsertionError(
        vscode.l10n.t(
          'There is no selection to replace: the prompt was the text before the cursor. Use Insert instead.',
        ),
      );
    }
    if (how === 'replace' && this.#changed) {
      throw new InsertionError(
        vscode.l10n.t(
          'The selected text was edited since it was explored, so replacing it would lose that edit. Use Insert, or explore the selection again.',
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
    if (how === 'after') edit.replace(this.uri, rangeOf(document, { start: promptEnd, end }), given);
    else edit.replace(this.uri, rangeOf(document, { start, end: promptEnd }), given);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new InsertionError(
        vscode.l10n.t(
          '{0} did not accept the text (is it read-only?). Use Copy instead.',
          vscode.workspace.asRelativePath(this.uri),
        ),
      );
    }
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
