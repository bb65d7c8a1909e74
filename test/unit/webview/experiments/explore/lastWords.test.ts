import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../../../webview/experiments/explore/lastWords';

describe('The end of the prompt in the heading', () => {
  it('shows the space and the line break at its end', () => {
    expect(lastWords('in the well ', false)).toBe('“in the well·”');
    expect(lastWords('he said\n\n', false)).toBe('“he said⏎⏎”');
  });

  it('shows the last characters of a long text, not the first', () => {
    expect(lastWords('first incomprehensibilities of counterrevolutionaries', false)).toBe(
      '“…es of counterrevolutionaries”',
    );
  });

  it('says that something came before', () => {
    expect(lastWords(' a king who', true)).toBe('“… a king who”');
  });
});
