import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { BOUNDARY_NOTE } from '../../../../src/experiments/kit/boundary';
import { takePrompt } from '../../../../src/experiments/kit/prompt';
import { END_OF_TEXT, GPT2_VOCABULARY_SIZE, Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import '../../fixedSeed';

const tokenizer = new Gpt2Tokenizer();

/** GPT-2's text side with a context of any length; it has no logits. */
function gpt2(contextLength: number, endOfText: number | null = END_OF_TEXT): LanguageModel {
  return {
    info: {
      id: 'text',
      name: 'Text',
      kind: 'gpt2',
      vocabularySize: GPT2_VOCABULARY_SIZE,
      contextLength,
      endOfText: endOfText === null ? [] : [endOfText],
      startOfText: endOfText,
      fingerprint: '00',
      precision: 'fp32',
      parameters: 0,
    },
    vocabulary: tokenizer.vocabulary,
    encode: (text) => tokenizer.encode(text),
    decode: (ids) => tokenizer.decode(ids),
    next: () => Promise.reject(new Error('It has no logits.')),
    dispose: () => Promise.resolve(),
  };
}

const words = fc.array(
  fc.oneof(
    fc.stringMatching(/^[a-z]{1,12}$/),
    fc.constantFrom(
      ' ',
      '  ',
      '\n\n',
      '\t',
      "don't",
      '3.14',
      '…',
      'naïve',
      '日本語',
      '👩‍👩‍👧',
      ', ',
      '. The ',
      '---',
    ),
  ),
  { minLength: 1, maxLength: 60 },
);

describe('takePrompt', () => {
  it('keeps a prompt that fits as it is', async () => {
    expect(await takePrompt(gpt2(256), 'Once upon a time', 40)).toEqual({
      ids: Int32Array.from(tokenizer.encode('Once upon a time')),
      truncated: false,
      notes: [],
    });
  });

  it('keeps the end of a prompt that does not fit, and says how much', async () => {
    const { ids, truncated, notes } = await takePrompt(gpt2(256), ' word'.repeat(1000), 40);
    expect(Array.from(ids)).toEqual(tokenizer.encode(' word'.repeat(216)));
    expect(truncated).toBe(true);
    expect(notes).toEqual([
      'The prompt has 1,000 tokens; the last 216 are used so that 40 new ones fit in the context of 256.',
    ]);
  });

  it('takes exactly as many tokens as there is room for', async () => {
    expect(await takePrompt(gpt2(10), ' word'.repeat(6), 4)).toMatchObject({ truncated: false, notes: [] });
    expect(await takePrompt(gpt2(10), ' word'.repeat(7), 4)).toMatchObject({
      ids: { length: 6 },
      truncated: true,
    });
    expect((await takePrompt(gpt2(10), ' word'.repeat(7), 9)).notes).toEqual([
      'The prompt has 7 tokens; the last one is used so that 9 new ones fit in the context of 10.',
    ]);
    expect((await takePrompt(gpt2(3), ' word'.repeat(7), 1)).notes[0]).toContain(
      'so that 1 new one fits in the context',
    );
  });

  it('takes from any long text the tokens at the end of its whole encoding', async () => {
    await fc.assert(
      fc.asyncProperty(words, fc.integer({ min: 2, max: 8 }), fc.nat(), async (parts, context, turn) => {
        // Beyond 8 tokens of 128 bytes and the lead-in, so that the text is cut before it is encoded; the end of
        // the page keeps `---` from becoming one piece of thousands of characters.
        const page = `${[...parts.slice(turn % parts.length), ...parts.slice(0, turn % parts.length)].join(' ')} a. `;
        const text = page.repeat(Math.ceil(9000 / page.length));
        const { ids, truncated, notes } = await takePrompt(gpt2(context), text, 1);
        expect(Array.from(ids)).toEqual(tokenizer.encode(text).slice(-(context - 1)));
        expect(truncated).toBe(true);
        expect(notes[0]).toContain(`${text.length.toLocaleString('en-US')} characters`);
      }),
    );
  });

  it('takes the last token of a long piece as the whole piece gives it', async () => {
    // Runs of dashes are merged from the left, so that the last token depends on where the run begins.
    for (const length of [3000, 3003, 4090]) {
      const text = 'word '.repeat(2000) + '-'.repeat(length);
      expect(Array.from((await takePrompt(gpt2(2), text, 1)).ids)).toEqual(tokenizer.encode(text).slice(-1));
    }
  });

  it('takes the end of a megabyte', async () => {
    const text = 'The cat sat on the mat. '.repeat(50_000);
    const { ids, truncated, notes } = await takePrompt(gpt2(256), text, 56);
    expect(ids).toHaveLength(200);
    expect(Array.from(ids)).toEqual(tokenizer.encode('The cat sat on the mat. '.repeat(100)).slice(-200));
    expect(truncated).toBe(true);
    expect(notes).toEqual([
      'The text of 1,200,000 characters is far longer than the context; of its tokens the last 200 are used so that 56 new ones fit in the context of 256.',
      BOUNDARY_NOTE,
    ]);
  });

  it('never splits a character at the cut', async () => {
    for (const offset of [0, 1]) {
      const text = '🦊'.repeat(5000) + 'x'.repeat(offset);
      expect((await takePrompt(gpt2(2), text, 1)).notes).toHaveLength(1);
    }
  });

  it('takes a megabyte without a single space', async () => {
    expect(await takePrompt(gpt2(256), 'a'.repeat(1_000_000), 56)).toMatchObject({
      ids: { length: 200 },
      truncated: true,
    });
  });

  it('starts an empty prompt from the end of text, and says so', async () => {
    expect(await takePrompt(gpt2(256), '', 40)).toEqual({
      ids: Int32Array.of(END_OF_TEXT),
      truncated: false,
      notes: [
        'The prompt is empty; the model starts from its end-of-text token, as at the start of a document.',
      ],
    });
    await expect(takePrompt(gpt2(256, null), '', 40)).rejects.toThrow('no token that stands before a text');
  });

  it.each([[' '], ['\n\n\t '], ['\0'], ['a\0b'], ['<|endoftext|>']])(
    'takes %j as ordinary text',
    async (text) => {
      const { ids, notes } = await takePrompt(gpt2(256), text, 40);
      expect(notes.filter((note) => note !== BOUNDARY_NOTE)).toEqual([]);
      expect(tokenizer.decode(Array.from(ids))).toBe(text);
      expect(Array.from(ids)).not.toContain(END_OF_TEXT);
    },
  );

  it.each([
    ['a\ud800b', 'a\ufffdb', 'half a character (a lone UTF-16 surrogate); it is'],
    ['\udc00\udc00 🦊', '\ufffd\ufffd 🦊', '2 halves of characters (lone UTF-16 surrogates); each is'],
  ])('replaces lone surrogates in %j, and says so', async (text, read, words) => {
    const { ids, notes } = await takePrompt(gpt2(256), text, 40);
    expect(tokenizer.decode(Array.from(ids))).toBe(read);
    expect(notes).toEqual([`The text holds ${words} read as the replacement character U+FFFD.`]);
  });

  it('counts the words that the toy does not know', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    expect(await takePrompt(model, 'I had pizza and pasta', 10)).toEqual({
      ids: Int32Array.of(0, 2),
      truncated: false,
      notes: [
        'The toy vocabulary does not know 3 words of the text; its logits do not depend on the prompt anyway.',
      ],
    });
    expect(await takePrompt(model, '', 10)).toEqual({ ids: new Int32Array(), truncated: false, notes: [] });
    expect((await takePrompt(model, 'nice pizza', 10)).notes[0]).toContain('does not know 1 word of');
  });
});
