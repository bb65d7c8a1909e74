/** The sentences of the code: all can be translated, all are into French, and none reaches a person as it stands. */
import { describe, expect, it } from 'vitest';
import { bundleOf, partsOf } from '../../../l10n/bundles.mjs';
import { arrange } from '../../../scripts/l10n/arrange';
import { readSentences } from '../../../scripts/l10n/sentences';
import { spacing } from './typography';

/** Modules that translate texts which others hold as data. */
const OF_DATA = ['src/gpt2/tokenizer/pipeline/patterns.ts'];

const sentences = readSentences();
const french = bundleOf('fr');
const places = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g))].sort();
const fileOf = (place: string): string => place.slice(0, place.lastIndexOf(':'));

describe('The sentences of the code', () => {
  it('are written out where they are translated', () => {
    // A sentence that is computed there could not be listed.
    expect(sentences.computed.filter((place) => !OF_DATA.includes(fileOf(place)))).toEqual([]);
  });

  it('go through the translation wherever a person reads them', () => {
    expect(sentences.bare).toEqual([]);
  });

  it('are all in French where they belong, and nothing else is', () => {
    const present = partsOf('fr');
    const { parts, missing, leftOver } = arrange(sentences, present);
    expect({ missing, leftOver }, 'Run `npm run l10n`.').toEqual({ missing: [], leftOver: [] });
    expect(present, 'Run `npm run l10n`.').toEqual(parts);
  });

  it('keep their places for what is filled in', () => {
    for (const [key, text] of Object.entries(french)) expect(places(text), key).toEqual(places(key));
  });

  it('are set in French as French is', () => {
    for (const [key, text] of Object.entries(french)) {
      expect(text.trim(), key).not.toBe('');
      expect(spacing(text), key).toEqual([]);
    }
  });
});
