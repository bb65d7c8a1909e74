/** Prompts that end in white space: tokens, the distribution after them, and what is said of it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { softmax } from '../../../../src/core/logits';
import { ToyModel, TOY_DEFAULT } from '../../../../src/core/toyModel';
import { BOUNDARY_NOTE, HEALED_NOTE } from '../../../../src/experiments/kit/boundary';
import { explore } from '../../../../src/experiments/explore';
import type { ExploreResult } from '../../../../src/experiments/explore/result';
import type { PromptTokens } from '../../../../src/experiments/kit/prompt';
import { exploreParameters } from '../../../../src/experiments/explore/parameters';
import { takePrompt } from '../../../../src/experiments/kit/prompt';
import { fitSuggestion } from '../../../../src/extension/inline/textBehind';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { depth } from '../../depth';
import '../../fixedSeed';

let model: LanguageModel;
beforeAll(async () => {
  model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
}, 60_000);
afterAll(() => model.dispose());

async function run(
  prompt: string,
  healing: boolean,
  more: object = {},
): Promise<{ prompt: PromptTokens; probabilities: Float64Array; result: ExploreResult }> {
  let read: PromptTokens | undefined;
  let logits: Float32Array | undefined;
  const parameters = {
    prompt,
    chain: [],
    greedy: false,
    seed: 7,
    samples: 0,
    maxNewTokens: 6,
    healing,
    ...more,
  };
  const result = await explore.run(model, exploreParameters.parse(parameters), {
    emit: (event) => {
      if (event.type === 'prompt') read = event.prompt;
      if (event.type === 'next') logits = event.logits;
    },
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  return { prompt: read!, probabilities: softmax(logits!), result };
}

const idOf = async (token: string): Promise<number> => {
  const ids = await model.encode(token);
  expect(ids).toHaveLength(1);
  return ids[0]!;
};

it('what the model says before a text that says it already is not suggested', async () => {
  const document = 'Once upon a time there was a king who had been a little daughter, and lived in a castle.';
  for (const cut of ['a king who', 'a king who ', 'a ki']) {
    const at = document.indexOf(cut) + cut.length;
    const before = document.slice(0, at);
    const { result } = await run(before, true, { greedy: true, samples: 1 });
    const { text } = result.completions[0]!;
    if (cut !== 'a ki') expect(text.trimStart()).toMatch(/^had been a little/);
    expect(fitSuggestion(text, before, document.slice(at)), text).toBeUndefined();
  }
});

describe('a text that ends in white space and goes on', () => {
  it('is cut before the last of four spaces, where the next word is 14 times as probable', async () => {
    const prefix = 'The king said:\n    ';
    const kept = await run(prefix, false);
    expect(kept.prompt.notes).toEqual([BOUNDARY_NOTE]);
    const healed = await run(prefix, true);
    expect(healed.prompt.notes).toEqual([HEALED_NOTE]);
    expect(healed.prompt.owed).toBe(' ');
    expect(Array.from(healed.prompt.ids)).toEqual(model.encode('The king said:\n   '));
    // The reference has 1.68e-4 and 1.19e-5.
    const natural = await run('The king said:\n   ', false);
    const factor = natural.probabilities[await idOf(' The')]! / kept.probabilities[await idOf('The')]!;
    expect(Math.abs(factor - 1.68e-4 / 1.19e-5)).toBeLessThan(1);
    expect(healed.probabilities[await idOf(' The')]).toBeGreaterThan(
      natural.probabilities[await idOf(' The')]!,
    );
  });

  it('has exactly the distribution of the next token given that it begins with that space', async () => {
    const healed = await run('Once upon a time there was a ', true);
    const plain = await run('Once upon a time there was a', false);
    const { bytes, offsets } = model.vocabulary;
    const allowed = Array.from(
      plain.probabilities,
      (_, id) => bytes[offsets[id]!] === 0x20 && offsets[id + 1]! > offsets[id]!,
    );
    const total = plain.probabilities.reduce((sum, p, id) => sum + (allowed[id] ? p : 0), 0);
    healed.probabilities.forEach((p, id) => {
      const expected = allowed[id] ? plain.probabilities[id]! / total : 0;
      if (Math.abs(p - expected) > 1e-9) expect(p, `token ${id}`).toBeCloseTo(expected, 9);
    });
    const best = [...healed.probabilities.keys()].sort(
      (a, b) => healed.probabilities[b]! - healed.probabilities[a]!,
    );
    expect(best.slice(0, 3).map((id) => model.decode([id]))).toEqual([' little', ' great', ' man']);
  });

  it('is continued behind it, the same again in a replay', async () => {
    const asked = { samples: 5, chain: [{ sampler: 'temperature', temperature: 1 }] };
    const { result, prompt } = await run('Once upon a time there was a ', true, asked);
    for (const { ids, text } of result.completions) {
      expect(` ${text}`).toBe(model.decode([...ids]));
      expect(model.decode([...prompt.ids, ...ids])).toBe(`Once upon a time there was a ${text}`);
    }
    const again = await run('Once upon a time there was a ', true, asked);
    expect(again.result.completions).toEqual(result.completions);
    expect(again.result.provenance).toEqual(result.provenance);
    expect(result.provenance.parameters).toMatchObject({ healing: true });
  });

  it('goes on without the words that a preset bans, of one token or of several', async () => {
    const banning = [
      { sampler: 'banned-tokens', texts: [' little'] },
      { sampler: 'banned-phrases', phrases: ['great', 'king', ' of the'] },
    ];
    const texts = async (chain: readonly object[]): Promise<readonly string[]> => {
      const asked = { samples: 8, chain: [...chain, { sampler: 'temperature', temperature: 0.7 }] };
      const { result } = await run('Once upon a time there was a ', true, asked);
      return result.completions.map(({ text }) => text);
    };
    const banned = /little|great|king| of the/;
    expect((await texts([])).filter((text) => banned.test(text)).length).toBeGreaterThan(2);
    // The token "little" within a longer word, and without its space, is another one.
    expect((await texts(banning)).filter((text) => /^little|great|king| of the/.test(text))).toEqual([]);
  });

  it('is cut into the tokens of the text as it goes on', async () => {
    const space = fc.array(fc.constantFrom(' ', '  ', '\n', '\t', '\u00A0', '\r\n', '\u3000'), {
      ...{ minLength: 1, maxLength: 5 },
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'a', 'The king said:', 'x = 1'),
        space,
        fc.constantFrom('The', 'king', '42', '"'),
        async (start, ends, word) => {
          const text = start + ends.join('');
          const { ids, owed = '', notes } = await takePrompt(model, text, 40, { healing: true });
          const own = text === '' || (notes.includes(HEALED_NOTE) && owed === text) ? [] : Array.from(ids);
          // All but the token across the boundary, which begins with what is owed.
          const whole = await model.encode(text + word);
          expect(whole.slice(0, own.length)).toEqual(own);
          expect(model.decode(own) + owed).toBe(text);
          expect(model.decode([whole[own.length]!]).startsWith(owed)).toBe(true);
          expect(notes.includes(HEALED_NOTE)).toBe(
            !(await model.encode(text)).every((id, i) => whole[i] === id),
          );
        },
      ),
      { numRuns: depth(100, 300) },
    );
  });

  it('is said nothing of where it makes no difference', async () => {
    for (const text of ['The king', 'The king said:\n', '']) {
      for (const healing of [true, false]) {
        const { notes } = await takePrompt(model, text, 40, { healing });
        expect(notes).not.toContain(BOUNDARY_NOTE);
        expect(notes).not.toContain(HEALED_NOTE);
      }
    }
    expect((await takePrompt(new ToyModel(TOY_DEFAULT), 'pizza ', 4)).notes).toEqual([]);
  });

  it('is kept, with a note, where a tokenizer changes the characters of a text', async () => {
    const shouting: LanguageModel = {
      ...{ info: model.info, vocabulary: model.vocabulary },
      encode: (text) => model.encode(text.toUpperCase()),
      decode: (ids) => model.decode(ids),
      next: (contexts) => model.next(contexts),
      dispose: () => Promise.resolve(),
    };
    const { ids, owed, notes } = await takePrompt(shouting, 'a king ', 40, { healing: true });
    expect(Array.from(ids)).toEqual(model.encode('A KING '));
    expect(owed).toBeUndefined();
    expect(notes).toEqual([BOUNDARY_NOTE]);
  });
});
