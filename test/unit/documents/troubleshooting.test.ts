/** Troubleshooting is found by the sentences that people see: each stands in the code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceTexts } from './sourceTexts';

/** What begins or ends a quotation stands for whatever is before or behind it. */
const inner = (sentence: string): string => sentence.replace(/^[…\s]+|[…\s]+$/g, '');

const quoted = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^> (.+)$/gm)].map(
  ([, text]) => text!,
);

describe('Troubleshooting', () => {
  it('quotes what the code says', () => {
    expect(quoted.length).toBeGreaterThan(30);
    const known = sourceTexts();
    expect(quoted.filter((sentence) => !known.some((text) => text.includes(inner(sentence))))).toEqual([]);
  });
});
