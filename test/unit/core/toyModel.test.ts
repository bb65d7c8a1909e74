import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOY_BOOK, TOY_DEFAULT, ToyModel } from '../../../src/core/toyModel';
import '../fixedSeed';

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !/\s/u.test(text));
const definition = fc
  .uniqueArray(fc.tuple(word, fc.float({ noNaN: true, noDefaultInfinity: true })), {
    selector: ([text]) => text,
    minLength: 1,
    maxLength: 20,
  })
  .map((pairs) => ({ words: pairs.map(([text]) => text), logits: pairs.map(([, logit]) => logit) }));

describe('ToyModel', () => {
  it('gives the same logits after every context, the empty one included', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    const answers = await model.next([{ tokens: [] }, { tokens: [4] }, { tokens: [0, 1, 2] }]);
    expect(answers.map(({ logits }) => Array.from(logits))).toEqual(
      answers.map(() => TOY_DEFAULT.logits.map(Math.fround)),
    );
    expect(answers.map(({ cache }) => cache.length)).toEqual([0, 1, 3]);
  });

  it('holds every token as the bytes of a space and the word', () => {
    const model = new ToyModel({ words: ['né', '食'], logits: [1, 2] });
    expect(Array.from(model.vocabulary.offsets)).toEqual([0, 4, 8]);
    expect(Buffer.from(model.vocabulary.bytes).toString('utf8')).toBe(' né 食');
  });

  it('leaves out the words that it does not know', () => {
    const model = new ToyModel(TOY_DEFAULT);
    expect(model.encode('I like\tpizza and\n pasta  pizza!')).toEqual([0, 2]);
    expect(model.encode('')).toEqual([]);
    expect(model.encode(' \n\u00a0')).toEqual([]);
  });

  it('knows the nine words of the book', () => {
    const model = new ToyModel(TOY_BOOK);
    expect(model.info.vocabularySize).toBe(9);
    expect(model.decode(model.encode('every effort moves you forward'))).toBe(
      ' every effort moves you forward',
    );
  });

  it('encodes what it decodes, for any vocabulary', () => {
    fc.assert(
      fc.property(definition, fc.array(fc.nat(1000), { maxLength: 30 }), (toy, numbers) => {
        const model = new ToyModel(toy);
        const ids = numbers.map((n) => n % toy.words.length);
        expect(model.encode(model.decode(ids))).toEqual(ids);
        expect(model.vocabulary.offsets.length).toBe(toy.words.length + 1);
      }),
    );
  });

  it('has a fingerprint that words, their order and logits change', () => {
    const print = (words: string[], logits: number[]) => new ToyModel({ words, logits }).info.fingerprint;
    const prints = [
      print(['a', 'b'], [1, 2]),
      print(['b', 'a'], [1, 2]),
      print(['a', 'b'], [1, 2.5]),
      print(['a', 'bc'], [1, 2]),
      print(['ab', 'c'], [1, 2]),
    ];
    expect(new Set(prints).size).toBe(prints.length);
    expect(print(['a', 'b'], [1, 2])).toBe(prints[0]);
    expect(prints[0]).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    [[], [], 'The toy vocabulary has no words; give it at least one.'],
    [['a', 'b'], [1], 'The toy vocabulary has 2 words but 1 logits; give every word one logit.'],
    [['a', ''], [1, 2], 'Word 2 of the toy vocabulary is empty; type a word.'],
    [['ice cream'], [1], 'Word 1 of the toy vocabulary, "ice cream", contains white space'],
    [['a', 'b', 'a'], [1, 2, 3], 'The toy vocabulary has "a" twice, as words 1 and 3'],
    [['a', 'b'], [1, NaN], 'The logit of "b" is NaN; it must be a finite number'],
    [['a'], [-Infinity], 'The logit of "a" is -Infinity; it must be a finite number'],
    [['a'], [1e39], 'The logit of "a" is 1e+39; it must be a finite number'],
  ])('refuses words %j with logits %j', (words, logits, sentence) => {
    const make = () => new ToyModel({ words, logits });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(sentence);
  });

  it('refuses contexts that are too long or hold an unknown id', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    const long = Array.from({ length: 1025 }, () => 0);
    await expect(model.next([{ tokens: long }])).rejects.toThrow('1025 tokens');
    await expect(model.next([{ tokens: [0] }, { tokens: [5] }])).rejects.toThrow(RangeError);
    await expect(model.next([{ tokens: [5] }])).rejects.toThrow('Token id 5');
    expect(() => model.decode([-1])).toThrow('its ids run from 0 to 4');
  });
});
