import { describe, expect, it } from 'vitest';
import { BOUNDARY_NOTE } from '../../../../src/experiments/kit/boundary';
import type { PromptSource } from '../../../../src/protocol/messages';
import { endNote, onlySpaceRemoved } from '../../../../webview/frame/promptEnd';
import { Session } from '../../../../webview/frame/session';
import { Host } from '../../../../webview/host';

const nothing = (): void => undefined;

function sessionOf(text: string): Session {
  const session = new Session(new Host({ postMessage: nothing }, nothing, nothing, nothing));
  const source: PromptSource = { text, document: 'a.md', place: 'Ln 1, Col 9', kind: 'selection', notes: [] };
  session.model = 'fireside';
  session.source = source;
  session.sourceInDocument = source;
  return session;
}

function read(session: Session, notes: string[]): void {
  const source = session.source!;
  session.takeTokens({ source, model: 'fireside', toy: undefined, ids: [1], truncated: false, notes });
}

describe('a prompt that ends in a space', () => {
  it('is told before any run, and in the words of what it ends in', () => {
    expect(endNote(sessionOf('in the well '), false)?.remedy).toBe('Remove the space');
    expect(endNote(sessionOf('in the well   '), false)?.remedy).toBe('Remove the spaces');
    expect(endNote(sessionOf('in the well'), false)).toBeNull();
    expect(endNote(sessionOf('in the well\n'), false)).toBeNull();
    // A space that is typed is on its way to the next word; of an empty prompt nothing would be left.
    expect(endNote(sessionOf('in the well '), true)).toBeNull();
    expect(endNote(sessionOf('  '), false)).toBeNull();
    const toy = sessionOf('pizza ');
    toy.model = 'toy';
    expect(endNote(toy, false)).toBeNull();
  });

  it('is what the engine says of it, once its tokens are known', () => {
    const healed = sessionOf('in the well ');
    read(healed, []);
    expect(endNote(healed, false)).toBeNull();
    const tabs = sessionOf('in the well\t\t');
    expect(endNote(tabs, false)).toBeNull();
    read(tabs, [BOUNDARY_NOTE]);
    expect(endNote(tabs, false)?.remedy).toBe('Remove the white space');
  });

  it('keeps its place without the space, which leads back', () => {
    const session = sessionOf('in the well  ');
    const before = session.source;
    session.trimPrompt();
    expect(session.source).toEqual({ ...before, text: 'in the well' });
    expect(endNote(session, false)).toBeNull();
    expect(onlySpaceRemoved(session)).toBe(true);
    expect(session.whiteSpaceBehind('in the well')).toBe('  ');
    expect(session.whiteSpaceBehind('in the')).toBeNull();
    expect(session.whiteSpaceBehind('in the well  ')).toBe('');
    session.changeBack();
    expect(session.source).toBe(before);
    expect(session.before).toBeNull();
  });

  it('leads back to the whole prompt where it was a part of one', () => {
    const session = sessionOf('in the well there was a frog');
    session.changePrompt('in the ', 'up to token 3 of 7');
    session.trimPrompt();
    expect(onlySpaceRemoved(session)).toBe(false);
    session.changeBack();
    expect(session.source?.text).toBe('in the well there was a frog');
  });
});
