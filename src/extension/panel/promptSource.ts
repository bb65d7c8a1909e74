import * as vscode from 'vscode';
import { visibleText } from '../../core/visibleText';
import type { PromptSource } from '../../protocol/messages';
import { offsetOf, positionOf, textOf } from '../document/documentText';
import { count } from '../numbers';

/**
 * Longest text handed to the panel, in UTF-16 units. No GPT-2 reads more: its context of 1024 tokens holds at
 * most 1024 x 128 bytes, so what is cut off could not have reached the model.
 */
export const LONGEST_PROMPT = 200_000;

/** A prompt, and the place in the document it came from. */
export interface TakenPrompt {
  readonly source: PromptSource;
  readonly document: vscode.TextDocument;
  /** UTF-16 offsets into the document's text with LF: the selection, or the cursor twice. */
  readonly start: number;
  readonly end: number;
}

/** The last `LONGEST_PROMPT` units of a text; never begins inside a surrogate pair. */
export function lastPart(text: string): string {
  if (text.length <= LONGEST_PROMPT) return text;
  const cut = text.slice(-LONGEST_PROMPT);
  const first = cut.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? cut.slice(1) : cut;
}

/** The editor's selection, or the text before its cursor where nothing is selected. */
export function takePrompt({ document, selection }: vscode.TextEditor): TakenPrompt {
  return take(document, selection);
}

/** The text before a position. */
export function takePromptAt(document: vscode.TextDocument, position: vscode.Position): TakenPrompt {
  return take(document, new vscode.Selection(position, position));
}

function take(document: vscode.TextDocument, selection: vscode.Selection): TakenPrompt {
  const start = offsetOf(document, selection.start);
  const end = offsetOf(document, selection.end);
  const selected = !selection.isEmpty;
  // Only the part that can reach the model is copied: a document may have many megabytes.
  const from = Math.max(selected ? start : 0, end - LONGEST_PROMPT - 1);
  const text = lastPart(textOf(document, new vscode.Range(positionOf(document, from), selection.end)));
  const whole = selected ? end - start : end;
  const notes =
    whole > text.length
      ? [
          selected
            ? vscode.l10n.t(
                'The selection has {0} characters. Only the last {1} can affect the model, so only those are used.',
                count(whole),
                count(text.length),
              )
            : vscode.l10n.t(
                'The text before the cursor has {0} characters. Only the last {1} can affect the model, so only those are used.',
                count(whole),
                count(text.length),
              ),
        ]
      : [];
  return {
    source: {
      text,
      document: visibleText(vscode.workspace.asRelativePath(document.uri, false)),
      place: vscode.l10n.t('Ln {0}, Col {1}', selection.end.line + 1, selection.end.character + 1),
      kind: selected ? 'selection' : 'before cursor',
      notes,
    },
    document,
    start,
    end,
  };
}
