import fc from 'fast-check';
import type * as vscode from 'vscode';
import { describe, expect, it, vi } from 'vitest';
import { Anchor } from '../../../../src/extension/panel/anchor';
import { takePrompt } from '../../../../src/extension/panel/promptSource';
import '../../fixedSeed';
import { StandInDocument, type Position, type Range } from '../vscodeStandIn';

/** What VS Code would do for an anchor: it tells of changes, and applies edits to the open document. */
const editor: { document: StandInDocument | undefined; listeners: Set<(event: unknown) => void> } =
  vi.hoisted(() => ({ document: undefined, listeners: new Set() }));

vi.mock('vscode', async () => {
  const standIn = await import('../vscodeStandIn');
  type Edit = { range: Range; text: string };
  class WorkspaceEdit {
    readonly edits: Edit[] = [];
    insert(_: unknown, at: Position, text: string): void {
      this.edits.push({ range: new standIn.Range(at, at), text });
    }
    replace(_: unknown, range: Range, text: string): void {
      this.edits.push({ range, text });
    }
  }
  return {
    ...standIn,
    WorkspaceEdit,
    env: { language: 'en' },
    l10n: { t: (text: string) => text },
    workspace: {
      get textDocuments() {
        return [editor.document];
      },
      asRelativePath: () => 'story.txt',
      onDidChangeTextDocument: (listener: (event: unknown) => void) => {
        editor.listeners.add(listener);
        return { dispose: () => editor.listeners.delete(listener) };
      },
      applyEdit: ({ edits }: WorkspaceEdit) => {
        const document = editor.document!;
        const [{ range, text }] = edits as [Edit];
        const whole = document.getText();
        const [rangeOffset, rangeEnd] = [document.offsetAt(range.start), document.offsetAt(range.end)];
        const raw = whole.slice(0, rangeOffset) + text + whole.slice(rangeEnd);
        // As it was given: line ends of another kind than the document's would stay.
        document.lines = raw.split(document.eol === 2 ? '\r\n' : '\n');
        const contentChanges = [{ range, rangeOffset, rangeLength: rangeEnd - rangeOffset, text }];
        for (const listener of editor.listeners) listener({ document, contentChanges });
        return Promise.resolve(true);
      },
    },
  };
});

const PROMPT = '[the king]';
const part = fc.array(fc.constantFrom('a', ' ', '\n', '🐟'), { maxLength: 8 }).map((parts) => parts.join(''));

describe('a completion', () => {
  it('lands behind the prompt, with the line ends of the document, whatever was edited around it', async () => {
    const eol = fc.constantFrom(1 as const, 2 as const);
    await fc.assert(
      fc.asyncProperty(
        part,
        part,
        eol,
        part,
        part,
        fc.option(eol),
        async (head, tail, before, added, last, after) => {
          const document = Object.assign(new StandInDocument(`${head}${PROMPT}${tail}`, before), {
            uri: 'story.txt' as unknown as vscode.Uri,
            isClosed: false,
          });
          editor.document = document;
          const start = new (await import('../vscodeStandIn')).Position(
            head.split('\n').length - 1,
            head.split('\n').at(-1)!.length,
          );
          const { Position: At } = await import('../vscodeStandIn');
          const end = new At(start.line, start.character + PROMPT.length);
          const taken = takePrompt({
            document,
            selection: { start, end, isEmpty: false },
          } as unknown as vscode.TextEditor);
          expect(taken.source.text).toBe(PROMPT);
          const anchor = new Anchor(taken);
          const tell = (event: unknown): void => {
            for (const listener of editor.listeners) listener(event);
          };
          const size = document.text.length;
          // Around the prompt, in one event: something before it, something behind it.
          tell(
            document.change([
              { start: 0, end: head.length >> 1, text: added },
              { start: head.length + PROMPT.length, end: size, text: last },
            ]),
          );
          if (after) tell(document.endLinesWith(after));
          const whole = document.text;
          await anchor.insert(' said:\nyes', 'after', 1);
          expect(document.getText()).not.toMatch(document.eol === 2 ? /[^\r]\n/ : /\r/);
          expect(document.text).toBe(whole.replace(PROMPT, `${PROMPT} said:\nyes`));
          // Something more before it and behind it: what was put in is taken back, and that stays.
          const edge = document.text.length;
          tell(
            document.change([
              { start: 0, end: 0, text: added },
              { start: edge, end: edge, text: last },
            ]),
          );
          await anchor.undo(1);
          expect(document.text).toBe(added + whole + last);
          await expect(anchor.undo(1)).rejects.toThrow('already undone');
          // Edited within, it is nobody's to take back but the editor's.
          await anchor.insert('a king', 'after', 2);
          const inside = document.text.indexOf(PROMPT) + PROMPT.length + 1;
          tell(document.change([{ start: inside, end: inside, text: '!' }]));
          const edited = document.text;
          await expect(anchor.undo(2)).rejects.toThrow('edited');
          expect(document.text).toBe(edited);
          anchor.dispose();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes the place of white space that was taken off the prompt, and leaves it where the prompt is replaced', async () => {
    const { Position: At } = await import('../vscodeStandIn');
    for (const { how, edited, expected } of [
      { how: 'after', edited: false, expected: 'deep in the well said he. End' },
      { how: 'replace', edited: false, expected: 'deep said he.  End' },
      // The white space is gone by now: nothing else is taken away.
      { how: 'after', edited: true, expected: 'deep in the well said he.End' },
    ] as const) {
      const document = Object.assign(new StandInDocument('deep in the well  End', 1), {
        uri: 'story.txt' as unknown as vscode.Uri,
        isClosed: false,
      });
      editor.document = document;
      const taken = takePrompt({
        document,
        selection: { start: new At(0, 4), end: new At(0, 17), isEmpty: false },
      } as unknown as vscode.TextEditor);
      expect(taken.source.text).toBe(' in the well ');
      const anchor = new Anchor(taken);
      if (edited) {
        const event = document.change([{ start: 16, end: 18, text: '' }]);
        for (const listener of editor.listeners) listener(event);
      }
      await anchor.insert(' said he.', how, 1, ' ');
      anchor.dispose();
      expect(document.text).toBe(expected);
    }
  });

  it('can replace the prompt again once that was undone, but not where others have edited it', async () => {
    const { Position: At } = await import('../vscodeStandIn');
    const document = Object.assign(new StandInDocument('deep in the well. End', 1), {
      uri: 'story.txt' as unknown as vscode.Uri,
      isClosed: false,
    });
    editor.document = document;
    const anchor = new Anchor(
      takePrompt({
        document,
        selection: { start: new At(0, 5), end: new At(0, 16), isEmpty: false },
      } as unknown as vscode.TextEditor),
    );
    await anchor.insert('on the hill', 'replace', 1);
    await expect(anchor.insert('at sea', 'replace', 2)).rejects.toThrow('edited');
    await anchor.undo(1);
    await anchor.insert('at sea', 'replace', 3);
    expect(document.text).toBe('deep at sea. End');
    await anchor.undo(3);
    const event = document.change([{ start: 8, end: 11, text: 'a' }]);
    for (const listener of editor.listeners) listener(event);
    await expect(anchor.insert('at sea', 'replace', 4)).rejects.toThrow('edited');
    anchor.dispose();
  });
});
