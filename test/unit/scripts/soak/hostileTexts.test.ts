import { describe, expect, it } from 'vitest';
import { HOSTILE_LINES, hostileDocument } from '../../../../scripts/soak/hostileTexts';

describe('hostile texts', () => {
  it('stand in their document a line each, every unit of them', () => {
    const text = hostileDocument().toString('utf16le');
    expect(text[0]).toBe('\uFEFF');
    expect(text.slice(1).split('\n')).toEqual([...HOSTILE_LINES, '']);
    // VS Code would make a line end of these as well, and the lines would be others than their numbers say.
    expect(HOSTILE_LINES.filter((line) => /[\r\n]/.test(line))).toEqual([]);
  });

  it('are of every kind', () => {
    const all = HOSTILE_LINES.join('\n');
    for (const kind of [
      // With the flag u, half of a pair that is whole is no surrogate.
      /\p{Surrogate}/u,
      /<script>/,
      /onerror=/,
      /command:/,
      /javascript:/,
      /\$\([a-z]+\)/,
      /\p{Bidi_Control}/u,
      /\0/,
    ])
      expect(all).toMatch(kind);
    expect(Math.max(...HOSTILE_LINES.map((line) => line.length))).toBeGreaterThan(100_000);
  });
});
