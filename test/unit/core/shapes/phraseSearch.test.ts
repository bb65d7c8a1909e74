/** Phrases across tokens against a search of the whole text. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Vocabulary } from '../../../../src/core/languageModel';
import { parseSampler, SamplerChain } from '../../../../src/core/samplers/chain';
import { depth } from '../../depth';
import { PROPERTY } from '../generators';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

const TOKENS = [...['a', 'b', 'ab', 'ba', 'aab', 'é', 'bé', '.', '*'].map(utf8), [0xc3], [0xa9], []];
const vocabulary: Vocabulary = {
  bytes: Uint8Array.from(TOKENS.flat()),
  offsets: Uint32Array.from([0, ...TOKENS.map((_, i) => TOKENS.slice(0, i + 1).flat().length)]),
};

/** Bytes as Latin-1 letters, so that a text of them can be searched for others. */
const latin = (bytes: readonly number[]): string => String.fromCharCode(...bytes);

const phrase = fc
  .array(fc.constantFrom('a', 'b', 'é', '.', '*'), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(''));

it('turns back to the first token of the phrase that is complete first', () => {
  fc.assert(
    fc.property(
      fc.array(phrase, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(TOKENS.length - 1), { maxLength: 12 }),
      fc.nat(4),
      (phrases, tokens, promptLength) => {
        const prompt = Math.min(promptLength, tokens.length);
        const generated = tokens.slice(prompt);
        const begins = generated.map((_, i) => generated.slice(0, i).flatMap((id) => TOKENS[id]!).length);
        const text = latin(generated.flatMap((id) => TOKENS[id]!));
        const found = phrases
          .flatMap((each) => {
            const wanted = latin(utf8(each));
            const begin = text.indexOf(wanted);
            return begin === -1 ? [] : [{ begin, end: begin + wanted.length }];
          })
          .sort((a, b) => a.end - b.end || a.begin - b.begin)[0];
        const wanted =
          found &&
          prompt +
            begins.reduce(
              (last, begin, i) => (begin <= found.begin && TOKENS[generated[i]!]!.length > 0 ? i : last),
              0,
            );
        const chain = new SamplerChain([{ sampler: 'banned-phrases', phrases }], TOKENS.length, vocabulary);
        expect(chain.turnsBack({ tokens, promptLength: prompt })?.index).toBe(wanted);
        const { removedBy } = chain.apply(TOKENS.map(() => 0));
        const alone = TOKENS.map((token) => phrases.some((each) => latin(token).includes(latin(utf8(each)))));
        // Where every token would go the best one stays.
        if (!alone.every(Boolean)) expect([...removedBy].map((step) => step === 0)).toEqual(alone);
      },
    ),
    { ...PROPERTY, numRuns: depth(300, 5000) },
  );
});

it('takes a pattern beside phrases', () => {
  const chain = new SamplerChain(
    [{ sampler: 'banned-phrases', phrases: ['é'], pattern: 'b{3,}|a\\.a' }],
    TOKENS.length,
    vocabulary,
  );
  const back = (tokens: number[]): number | undefined => chain.turnsBack({ tokens, promptLength: 0 })?.index;
  expect(back([0, 1, 1])).toBeUndefined();
  // b b b begins in the token "ab".
  expect(back([0, 2, 1, 1])).toBe(1);
  expect(back([1, 0, 7, 0])).toBe(1);
  expect(back([1, 9, 10])).toBe(1);
});

it('refuses a pattern with anchors: it is looked for everywhere', () => {
  for (const pattern of ['^ab$', '^ab', 'ab$', 'a|b$']) {
    expect(() => parseSampler({ sampler: 'banned-phrases', pattern })).toThrow(
      /without \^ and \$: it is looked for everywhere in the text/,
    );
  }
  expect(parseSampler({ sampler: 'banned-phrases', pattern: '\\^ab\\$' })).toBeDefined();
});
