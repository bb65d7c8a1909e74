/** Texts that are held to a shape, drawn from random distributions over a small vocabulary. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawToken } from '../../../../src/core/draw';
import type { Vocabulary } from '../../../../src/core/languageModel';
import { randomStream } from '../../../../src/core/random';
import { KEPT, SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import { depth } from '../../depth';
import { PROPERTY } from '../generators';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

const TOKENS = [
  ...[
    '0',
    '1',
    '2',
    '3',
    '-',
    '.',
    ' ',
    'a',
    'b',
    'ab',
    ' a',
    '"',
    ':',
    ',',
    '{',
    '}',
    '": ',
    '12',
    'true',
    'é',
  ].map(utf8),
  [0xc3],
  [0xa9],
  utf8('<end>'),
];
const END = TOKENS.length - 1;

function vocabularyOf(tokens: readonly (readonly number[])[]): Vocabulary {
  const offsets = Uint32Array.from([0, ...tokens.map((_, i) => tokens.slice(0, i + 1).flat().length)]);
  return { bytes: Uint8Array.from(tokens.flat()), offsets };
}
const vocabulary = vocabularyOf(TOKENS);

const textOf = (ids: readonly number[]): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(ids.flatMap((id) => TOKENS[id]!)));

/** A text drawn from flat random logits, at most so many tokens; whether it has come to its end. */
function write(chain: SamplerChain, seed: number, most: number): { ids: number[]; ended: boolean } {
  const random = randomStream(seed, 'shape');
  const ids: number[] = [];
  while (ids.length < most) {
    const history = { tokens: ids, promptLength: 0 };
    if (chain.standing(history) === 'complete') return { ids, ended: true };
    const logits = TOKENS.map(() => 4 * random.next());
    const { probabilities, raw, removedBy, steps } = chain.apply(logits, history);
    const removed = TOKENS.reduce((sum, _, id) => (removedBy[id] === KEPT ? sum : sum + raw[id]!), 0);
    expect(steps[0]!.mass).toBeCloseTo(removed, 12);
    const id = drawToken(probabilities, random.next());
    if (id === END) return { ids, ended: true };
    ids.push(id);
  }
  return { ids, ended: false };
}

describe('a text held to a shape', () => {
  it.each([
    ['regex', /^\d{4}-\d\d$/u],
    ['regex', /^(?:ab|ba)+$/u],
    ['regex', /^[é0-3]{3,5}\.$/u],
    ['regex', /^"[^"]{2,4}"$/u],
  ])('%s %s matches, whatever is drawn', (_, expression) => {
    const chain = new SamplerChain(
      [{ sampler: 'regex', expression: expression.source, endOfText: END }],
      TOKENS.length,
      vocabulary,
    );
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { ids, ended } = write(chain, seed, 40);
        if (ended) expect(textOf(ids)).toMatch(expression);
      }),
      { ...PROPERTY, numRuns: depth(50, 500) },
    );
  });

  it('json-schema is JSON of that form', () => {
    const schema = {
      properties: { a: { type: 'integer', minimum: 0 }, b: { enum: [true] } },
      required: ['b'],
    };
    const spec: ChainSpec = [{ sampler: 'json-schema', schema: JSON.stringify(schema), endOfText: END }];
    const chain = new SamplerChain(spec, TOKENS.length, vocabulary);
    let complete = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { ids, ended } = write(chain, seed, 60);
      if (!ended) continue;
      complete++;
      const read = JSON.parse(textOf(ids)) as { a?: number; b: boolean };
      expect(read.b).toBe(true);
      expect(Object.keys(read).every((key) => ['a', 'b'].includes(key))).toBe(true);
      expect(read.a === undefined || Number.isInteger(read.a)).toBe(true);
    }
    expect(complete).toBeGreaterThan(40);
  });

  const chainOf = (expression: string): SamplerChain =>
    new SamplerChain([{ sampler: 'regex', expression, endOfText: END }], TOKENS.length, vocabulary);
  const kept = (chain: SamplerChain, tokens: number[], more = {}): number[] => {
    const { removedBy } = chain.apply(new Float64Array(TOKENS.length), { tokens, promptLength: 0, ...more });
    return [...removedBy.keys()].filter((id) => removedBy[id] === KEPT);
  };
  const id = (text: string): number => TOKENS.findIndex((bytes) => String(bytes) === String(utf8(text)));

  it('may end where it matches, and not before', () => {
    const chain = chainOf('a+b?');
    expect(kept(chain, [])).toEqual([id('a'), id('ab')]);
    expect(kept(chain, [id('a')])).toEqual([id('a'), id('b'), id('ab'), END]);
    expect(chain.standing({ tokens: [id('a')], promptLength: 0 })).toBe('open');
    expect(chain.standing({ tokens: [id('ab')], promptLength: 0 })).toBe('complete');
  });

  it('never takes the token that ends a text for its letters', () => {
    expect(kept(chainOf('<end>a'), [])).not.toContain(END);
  });

  it('is stuck where the vocabulary has no token to go on with', () => {
    const chain = chainOf('az');
    expect(chain.standing({ tokens: [id('a')], promptLength: 0 })).toBe('stuck');
  });

  it('begins behind what the prompt owes', () => {
    // Tokens that do not begin with what is owed are impossible.
    const logits = TOKENS.map(([first]) => (first === 0x20 ? 0 : -Infinity));
    const { removedBy } = chainOf('a1').apply(logits, { tokens: [], promptLength: 0, owed: 1 });
    expect([...removedBy.keys()].filter((each) => removedBy[each] === KEPT)).toEqual([id(' '), id(' a')]);
    expect(kept(chainOf('a1'), [id(' a')], { owed: 1 })).toEqual([id('1')]);
    expect(kept(chainOf('a1'), [id(' ')], { owed: 1 })).toEqual([id('a')]);
  });

  it('that has left its shape is told so, and goes on', () => {
    const result = chainOf('a').apply(new Float64Array(TOKENS.length), {
      tokens: [id('b')],
      promptLength: 0,
    });
    expect(result.kept).toBe(TOKENS.length);
    expect(result.warnings.join(' ')).toContain('does not have the shape');
  });

  it('needs a vocabulary', () => {
    expect(() => new SamplerChain([{ sampler: 'regex', expression: 'a' }], 5)).toThrow(
      /regex needs the vocabulary/,
    );
  });
});
