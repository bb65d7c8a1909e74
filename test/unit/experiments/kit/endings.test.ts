/** Texts that end at a stop string, or at the end of a shape. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { explore } from '../../../../src/experiments/explore';
import type { ExploreResult } from '../../../../src/experiments/explore/result';
import { grid } from '../../../../src/experiments/grid';
import { methods } from '../../../../src/experiments/methods';
import { PROPERTY } from '../../core/generators';
import { hashLogits } from '../../core/search/models';
import { depth } from '../../depth';
import { LetterModel } from '../letterModel';
import { runExperiment } from '../running';

const USUAL = { prompt: '', chain: [] as ChainSpec, greedy: false, seed: 1, samples: 8, maxNewTokens: 12 };

async function draw(model: LetterModel, parameters: object): Promise<ExploreResult> {
  return (await runExperiment(explore, model, { ...USUAL, ...parameters })).result;
}

const modelOf = (seed: number, tokens: readonly string[], endOfText: number | null = null): LetterModel =>
  new LetterModel(tokens, hashLogits(seed, tokens.length), { endOfText });

describe('a stop string', () => {
  const tokens = ['a', 'b', 'ab', '\n', 'é', 'ca'];
  const letter = fc.constantFrom('a', 'b', 'c', '\n', 'é');
  const stops = fc.uniqueArray(
    fc.array(letter, { minLength: 1, maxLength: 3 }).map((letters) => letters.join('')),
    { minLength: 1, maxLength: 3 },
  );

  it('ends a text where it is complete, and cuts it before the earliest', async () => {
    let stopped = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), stops, async (seed, stop) => {
        const model = modelOf(seed, tokens);
        const free = await draw(model, { seed });
        const { completions } = await draw(model, { seed, stop });
        completions.forEach((completion, sample) => {
          const { text, ids } = free.completions[sample]!;
          const places = stop.map((each) => text.indexOf(each)).filter((at) => at >= 0);
          if (places.length === 0) {
            expect(completion).toEqual(free.completions[sample]);
            return;
          }
          stopped++;
          // The tokens up to the first that makes any of them whole.
          const needed = ids.findIndex((_, i) =>
            stop.some((each) => model.decode(ids.slice(0, i + 1)).includes(each)),
          );
          const written = model.decode(ids.slice(0, needed + 1));
          const at = Math.min(...stop.map((each) => written.indexOf(each)).filter((place) => place >= 0));
          expect(completion.ids).toEqual(ids.slice(0, needed + 1));
          expect(completion.text).toBe(written.slice(0, at));
          expect(completion.end).toBe('stop string');
          expect(stop.filter((each) => written.startsWith(each, at))).toContain(completion.stop);
        });
      }),
      { ...PROPERTY, numRuns: depth(80, 2000) },
    );
    expect(stopped).toBeGreaterThan(200);
  });

  it('ends the texts of other experiments too, searches among them', async () => {
    const model = modelOf(3, tokens);
    const stop = ['a'];
    const sides = {
      rows: { sampler: 'temperature', parameter: 'temperature', values: [1, 2] },
      columns: { sampler: 'top-k', parameter: 'k', values: [3, 6] },
    };
    const { result: cells } = await runExperiment(grid, model, {
      ...{ prompt: '', ...sides, samples: 3, maxNewTokens: 10, seed: 2, stop },
    });
    const { result: compared } = await runExperiment(methods, model, {
      ...{ prompt: '', form: 'continuations', samples: 4, trials: 1, maxNewTokens: 10, seed: 2, stop },
      methods: [
        { name: 'drawn', kind: 'sampling', chain: [] },
        { name: 'beam', kind: 'beam', beams: 3, lengthPenalty: 1 },
        { name: 'diverse', kind: 'diverse-beam', beams: 2, groups: 2, diversity: 1 },
      ],
    });
    const texts = [
      ...cells.cells.flatMap((cell) => cell.texts),
      ...compared.methods.flatMap((method) => method.texts),
    ];
    expect(texts.filter(({ end }) => end === 'stop string').length).toBeGreaterThan(5);
    for (const { text, end, stop: at } of texts) {
      expect(text).not.toContain('a');
      expect(at).toBe(end === 'stop string' ? 'a' : undefined);
    }
  });

  it('is refused where it is empty, twice there, or too long', () => {
    const read = (stop: unknown): unknown => explore.parse({ ...USUAL, stop });
    expect(() => read([''])).toThrow('Stop string 1 is empty; give it at least one character.');
    expect(() => read(['a', 'a'])).toThrow('contain "a" twice');
    expect(() => read(['a', 'b'.repeat(201)])).toThrow('Stop string 2 has 201 characters; the limit is 200.');
    expect(read([])).toMatchObject({ stop: [] });
  });
});

describe('a shape', () => {
  const tokens = ['a', 'b', 'ab', 'c', 'bc', '<end>'];
  const END = tokens.length - 1;
  const shapes = ['(ab|ba)+', 'a(b|c){2,3}', '[ab]{3}c?', 'a*b', '(abc|acb){1,2}', 'c|a+c'];

  it.each(shapes)('%s: every text has it, and ends where nothing can follow', async (expression) => {
    const shape = { sampler: 'regex', expression, endOfText: END } as const;
    const chains: ChainSpec[] = [
      [shape],
      [shape, { sampler: 'top-k', k: 2 }],
      // The shape has to take what top-k has removed.
      [{ sampler: 'top-k', k: 1 }, shape],
    ];
    const ends = new Set<string>();
    for (const [seed, chain] of chains.flatMap((each) => [1, 2, 3].map((at) => [at, each] as const))) {
      const model = modelOf(seed, tokens, END);
      const { completions } = await draw(model, { chain, seed, samples: 32, maxNewTokens: 20 });
      for (const { text, end, unfinished } of completions) {
        ends.add(end);
        if (!unfinished) expect(text).toMatch(new RegExp(`^(?:${expression})$`, 'u'));
        const further = ['a', 'b', 'c'].some((letter) => mayBegin(expression, text + letter));
        if (end === 'complete') expect(further).toBe(false);
        if (end === 'end of text') expect(further).toBe(true);
        expect(end).not.toBe('stuck');
      }
    }
    expect(ends.has('complete') || ends.has('end of text')).toBe(true);
  });

  it('takes its share of the probability whatever the order of the samplers', async () => {
    const language = ['ab', 'abc', 'cab', 'ba'];
    const shape = { sampler: 'regex', expression: language.join('|'), endOfText: END } as const;
    for (const chain of [
      [shape, { sampler: 'temperature', temperature: 2 }],
      [{ sampler: 'top-k', k: 3 }, shape],
    ] satisfies ChainSpec[]) {
      const model = modelOf(4, tokens, END);
      const { completions } = await draw(model, { chain, samples: 16 });
      for (const { ids, steps, fitting } of completions) {
        let product = 1;
        steps.forEach((step, place) => {
          const before = model.decode(ids.slice(0, place));
          const weights = model.logits(ids.slice(0, place)).map(Math.exp);
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          const fits = tokens.map((token, id) =>
            id === END ? language.includes(before) : language.some((text) => text.startsWith(before + token)),
          );
          const share = weights.reduce((sum, weight, id) => (fits[id] ? sum + weight : sum), 0) / total;
          expect(step.fitting).toBeCloseTo(share, 6);
          const best = weights.indexOf(Math.max(...weights));
          expect(step.wanted).toBe(fits[best] ? undefined : best);
          product *= share;
        });
        expect(Math.exp(fitting!)).toBeCloseTo(product, 6);
      }
    }
  });

  it('of JSON is one that a validator accepts', async () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 0, maximum: 99 }, s: { enum: ['x', 'é', '"'] } },
      required: ['n', 's'],
    };
    const parts = ['{"n":', '{', '"n"', '"s"', ':', '","', ',', '"', 'x', 'é', '\\', '}', '1', '2', '0', ' '];
    const model = modelOf(6, parts);
    const chain: ChainSpec = [{ sampler: 'json-schema', schema: JSON.stringify(schema), endOfText: 1000 }];
    const { completions } = await draw(model, { chain, samples: 64, maxNewTokens: 40 });
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const whole = completions.filter(({ end }) => end === 'complete');
    expect(whole.length).toBeGreaterThan(30);
    for (const { text } of whole) expect(validate(JSON.parse(text))).toBe(true);
  });

  it('that the vocabulary cannot finish ends the text, and says so', async () => {
    const chain: ChainSpec = [{ sampler: 'regex', expression: 'ax|b', endOfText: END }];
    const { completions } = await draw(modelOf(1, tokens, END), { chain, samples: 32 });
    const ends = new Map(completions.map(({ text, end }) => [text, end]));
    expect(Object.fromEntries(ends)).toEqual({ a: 'stuck', b: 'complete' });
  });

  it('that takes more tokens than there may be is refused with the numbers', async () => {
    const chain = (expression: string): ChainSpec => [{ sampler: 'regex', expression, endOfText: END }];
    const model = modelOf(1, tokens, END);
    await expect(draw(model, { chain: chain('(abc){4}'), maxNewTokens: 5 })).rejects.toThrow(
      'regex: a text that fits takes at least 6 tokens, but max new tokens is 5. Raise it to 8, or make the shape shorter.',
    );
    await expect(draw(model, { chain: chain('ax'), maxNewTokens: 5 })).rejects.toThrow(
      'regex: no text that this model’s tokens make fits the shape.',
    );
    // Hundreds of states lie before the end that no token reaches.
    await expect(draw(model, { chain: chain('.{0,400}x'), maxNewTokens: 5 })).rejects.toThrow(
      'regex: no text that this model’s tokens make fits the shape.',
    );
    expect((await draw(model, { chain: chain('(abc){4}'), maxNewTokens: 8 })).completions).toHaveLength(8);
    // Greedy decoding takes no notice of samplers.
    expect((await draw(model, { chain: chain('ax'), greedy: true })).completions).toHaveLength(8);
  });

  it('and a banned phrase together leave texts that heed both, or none', async () => {
    const chain: ChainSpec = [
      { sampler: 'regex', expression: '[abc]{4}', endOfText: END },
      { sampler: 'banned-phrases', phrases: ['ab', 'ca'], endOfText: END },
    ];
    const { completions } = await draw(modelOf(8, tokens, END), { chain, samples: 64 });
    expect(completions.some(({ turns }) => turns)).toBe(true);
    for (const { text, end } of completions) {
      expect(text).not.toMatch(/ab|ca/);
      if (end !== 'banned') expect(text).toMatch(/^[abc]{4}$/);
    }
    // Nothing but the phrase fits.
    const { completions: none } = await draw(modelOf(8, tokens, END), {
      chain: [{ sampler: 'regex', expression: 'abc', endOfText: END }, chain[1]],
    });
    expect(new Set(none.map(({ end }) => end))).toEqual(new Set(['banned']));
  });
});

/** Whether some text of up to 20 letters that begins so matches: those of the expressions here are short or repeat. */
function mayBegin(expression: string, text: string): boolean {
  const whole = new RegExp(`^(?:${expression})$`, 'u');
  let open = [text];
  for (let more = 0; more <= 4; more++) {
    if (open.some((each) => whole.test(each))) return true;
    open = open.flatMap((each) => ['a', 'b', 'c'].map((letter) => each + letter));
  }
  return false;
}
