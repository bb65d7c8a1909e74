import { describe, expect, it } from 'vitest';
import { explained } from '../../../../webview/ui/info';
import { Drawn } from '../../before/drawn';

describe('a label that is explained', () => {
  it.each([
    ['gradient norm limit', 'gradient norm ', 'limit'],
    ['top-p', 'top-', 'p'],
    ['graine', '', 'graine'],
    // No line breaks at a no-break space, so what it joins stays together.
    ['lots de 8\u00A0jetons', 'lots de ', '8\u00A0jetons'],
  ])('keeps its button beside its last word: %s', (label, begin, last) => {
    const { html } = new Drawn(explained(label, 'entropy'));
    expect(html.startsWith(`${begin}<span class="last-word">${last}<button`)).toBe(true);
    expect(html).toMatch(/<\/button>\s*<\/span>$/);
    expect(html).toContain('data-card="term:entropy"');
  });
});
