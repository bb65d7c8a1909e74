import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../../../webview/experiments/explore/lastWords';

describe('The end of the prompt in the heading', () => {
  it('shows the space and the line break at its end', () => {
    expect(lastWords('in the well ', false)).toBe('“in the well·”');
    expect(lastWords('he said\n\n', false)).toBe('“he said⏎⏎”');
  });

  it('shows the last characters of a long text, not the first', () => {
    expect(lastWords('first incomprehensibilities of revolutionaries', false)).toBe('“…of revolutionaries”');
    expect(lastWords('honorificabilitudinitatibus', false)).toBe('“…orificabilitudinitatibus”');
  });

  it('says that something came before', () => {
    expect(lastWords(' a king who', true)).toBe('“… a king who”');
  });
});
