/** Temperature on a server that lists some tokens, against the whole distribution behind it. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { LanguageModel, TextScores } from '../../../../src/core/languageModel';
import { softmax } from '../../../../src/core/logits';
import { temperature } from '../../../../src/experiments/temperature';
import { temperatureReport } from '../../../../src/experiments/temperature/report';
import {
  temperatureResultSchema,
  type ListedTemperature,
  type TemperatureResult,
} from '../../../../src/experiments/temperature/result';
import { letters, type LetterModel } from '../letterModel';
import { runExperiment } from '../running';
import { DOWN, serve, type Serving } from '../servedModel';

const TEMPERATURES = [0.2, 0.5, 1, 1.5, 4];
const SIZE = 8;
const whole = (): LetterModel => letters(3, SIZE, 7);
const asked = {
  prompt: 'abc',
  target: 'e',
  leadingSpace: false,
  temperatures: TEMPERATURES,
  draws: 300,
  seed: 3,
};

/** Probabilities of the next token, of all of them. */
async function after(tokens: readonly number[], t: number): Promise<Float64Array> {
  const [next] = await whole().next([{ tokens }]);
  return softmax(Array.from(next!.logits, (logit) => logit / t));
}

async function probabilityOf(text: string, t: number): Promise<number> {
  const ids = whole().encode(text);
  const prompt = whole().encode('abc');
  let p = 1;
  for (const [at, id] of ids.entries()) p *= (await after([...prompt, ...ids.slice(0, at)], t))[id]!;
  return p;
}

/** With scores of given texts. */
function serving(options: Serving): LanguageModel & { texts: number } {
  const { model } = serve(whole(), options);
  const score = async (tokens: readonly number[]): Promise<TextScores> => {
    scored.texts++;
    const found: number[] = [NaN];
    for (let at = 1; at < tokens.length; at++) {
      found.push(Math.log((await after(tokens.slice(0, at), 1))[tokens[at]!]!));
    }
    return {
      logProbabilities: Float64Array.from(found),
      ranks: new Int32Array(tokens.length).fill(-1),
      entropies: new Float64Array(tokens.length).fill(NaN),
      alternatives: { count: 0, ids: new Int32Array(), logProbabilities: new Float64Array() },
    };
  };
  const scored = { ...model, score, texts: 0 };
  return scored;
}

async function run(
  model: LanguageModel,
  order: object = asked,
): Promise<[TemperatureResult, ListedTemperature]> {
  const { result } = await runExperiment(temperature, model, order);
  // As it is saved and read again.
  const read = v.parse(temperatureResultSchema, JSON.parse(JSON.stringify(result)));
  expect(read.rows).toEqual([]);
  return [read, read.listed!];
}

describe('a target on a server that lists some tokens', () => {
  it('is exact at temperature 1, and between limits that hold elsewhere', async () => {
    const prompt = whole().encode('abc');
    for (const target of ['a', 'e', 'g', 'dg', 'bdf', 'fff']) {
      const exact = await Promise.all(TEMPERATURES.map((t) => probabilityOf(target, t)));
      for (const listed of [1, 3, 6, SIZE - 1]) {
        const [result, { rows }] = await run(serving({ listed }), { ...asked, target });
        expect(result.wayCount).toBe(1);
        expect(result.ways[0]!.probability).toBeCloseTo(exact[TEMPERATURES.indexOf(1)]!, 12);
        for (const [i, { temperature: t, least, most, tokens }] of rows.entries()) {
          expect(least).toBeLessThanOrEqual(exact[i]! * (1 + 1e-9));
          expect(most).toBeGreaterThanOrEqual(exact[i]! * (1 - 1e-9));
          // Nothing is open where one token alone is not listed.
          if (t === 1 || listed === SIZE - 1) expect(most - least).toBeLessThan(1e-9);
          const next = await after(prompt, t);
          let others = 1;
          for (const row of tokens) {
            const p: number = row.token ? next[row.token.id]! : others;
            others -= p;
            expect(row.least).toBeLessThanOrEqual(p + 1e-9);
            expect(row.most).toBeGreaterThanOrEqual(p - 1e-9);
          }
        }
      }
    }
  });

  it('has limits that come closer as more tokens are listed', async () => {
    const width = async (listed: number): Promise<number> => {
      const [, { rows }] = await run(serving({ listed }));
      return rows.reduce((sum, { least, most }) => sum + most - least, 0);
    };
    const widths = await Promise.all([2, 4, 6].map(width));
    expect(widths[1]).toBeLessThan(widths[0]!);
    expect(widths[2]).toBeLessThan(widths[1]!);
  });

  it('is scored with the text only where a token of it is not listed, in one request', async () => {
    const [next] = await whole().next([{ tokens: whole().encode('abc') }]);
    const order = Array.from(next!.logits.keys()).sort((a, b) => next!.logits[b]! - next!.logits[a]!);
    const letter = (place: number): string => whole().decode([order[place]!]);
    const near = serving({ listed: 3 });
    const [, { scored }] = await run(near, { ...asked, target: letter(2) });
    expect([scored, near.texts]).toEqual([0, 0]);
    const far = serving({ listed: 3 });
    const [result, listed] = await run(far, { ...asked, target: letter(3) });
    expect([listed.scored, far.texts]).toEqual([1, 1]);
    expect(temperatureReport.summary(result).join(' ')).toMatch(
      /It is not listed, so the server scored the text\./,
    );
    const { model: silent } = serve(whole(), { listed: 3 });
    await expect(run(silent, { ...asked, target: letter(3) })).rejects.toThrow(
      /not listed at its place: gpu1 lists only 3 of 8 tokens\. Choose a more probable word, or start the server/,
    );
  });

  it('is the most probable token where none is given', async () => {
    const [result, { rows }] = await run(serving({ listed: 2 }), { ...asked, target: '' });
    const next = await after(whole().encode('abc'), 1);
    expect(result.mostProbable).toBe(true);
    expect(rows[TEMPERATURES.indexOf(1)]!.least).toBeCloseTo(Math.max(...next), 12);
    expect(result.limits.zero.probability).toBe(1);
    expect(result.limits.infinity).toEqual({ probability: 1 / SIZE, entropy: Math.log(SIZE) });
  });

  it('is found where the tokenizer puts a token of its own before every text', async () => {
    const model = serving({ listed: 4 });
    const added = { ...model, encode: (text: string) => [0, ...whole().encode(text)] };
    const [result] = await run(added, { ...asked, target: 'dg' });
    expect(result.ways[0]!.tokens.map(({ text }) => text)).toEqual(['d', 'g']);
    await expect(run(added, { ...asked, target: 'z' })).rejects.toThrow(/no tokens that spell “z”/);
  });
});

describe('draws of a target on a server that lists some tokens', () => {
  it('are made there at every temperature, and compared with what is known', async () => {
    const served = serving({ listed: 4, refuse: () => undefined });
    const [result, { rows }] = await run(served, { ...asked, target: 'dg' });
    expect(result.provenance.drawnBy).toBe('server');
    for (const { draws, count, expectedLow, expectedHigh, tokens } of rows) {
      expect(draws).toBe(300);
      expect(tokens.reduce((sum, row) => sum + row.count, 0)).toBe(300);
      expect(count).toBeGreaterThanOrEqual(expectedLow - 15);
      expect(count).toBeLessThanOrEqual(expectedHigh + 15);
    }
    expect(temperatureReport.summary(result).join(' ')).toMatch(/300 draws of the server/);
  });

  it('are made here at temperature 1 alone, and said to be', async () => {
    const [result, { rows }] = await run(serving({ listed: 4 }));
    expect(result.provenance).toMatchObject({
      drawnBy: 'here',
      notDrawnThere: 'gpu1 cannot be asked to draw.',
    });
    expect(rows.map(({ draws }) => draws)).toEqual([0, 0, 300, 0, 0]);
    const { count, expectedLow, expectedHigh } = rows[2]!;
    expect(count).toBeGreaterThanOrEqual(expectedLow - 10);
    expect(count).toBeLessThanOrEqual(expectedHigh + 10);
    expect(temperatureReport.summary(result).join(' ')).toMatch(/Other temperatures are not drawn here/);
  });

  it('are made there where the server takes the temperature, and the others are named', async () => {
    const refuse: Serving['refuse'] = ({ chain: [first] }) =>
      first?.sampler === 'temperature' && first.temperature > 1 ? 'gpu1 is too cold.' : undefined;
    const [result, { rows }] = await run(serving({ listed: 4, refuse }));
    expect(result.provenance.drawnBy).toBe('server');
    expect(rows.map(({ draws }) => draws)).toEqual([300, 300, 300, 0, 0]);
    expect(temperatureReport.summary(result)).toContain('Not drawn at T = 1.5 and T = 4: gpu1 is too cold.');
  });

  it('leave what is known where the server fails among them', async () => {
    const served = serving({ listed: 4, refuse: () => undefined, failAfter: { drawn: 450 } });
    const [result, { rows }] = await run(served);
    expect(result).toMatchObject({ stopped: true, brokeOff: DOWN });
    expect(rows.map(({ draws }) => draws)).toEqual([300, 0, 0, 0, 0]);
    expect(rows[2]!.least).toBeCloseTo(await probabilityOf('e', 1), 12);
  });
});

describe('what is said of a target on a server that lists some tokens', () => {
  it('names the list, the limits and the way that is counted', async () => {
    const [result] = await run(serving({ listed: 6 }), { ...asked, target: 'dg' });
    const sentences = temperatureReport.summary(result);
    expect(sentences[0]).toMatch(/^“dg” has probability .+ at temperature 1, .+ at 0\.2 and .+ at 4\.$/);
    expect(sentences[1]).toMatch(/^gpu1 lists only 6 of 8 tokens: at T = 1 the probability is exact/);
    expect(sentences[2]).toMatch(
      /^It is counted as 2 tokens, d \+ g; other ways to write it in tokens are not counted\./,
    );
    for (const { columns, formats, rows } of temperatureReport.tables(result)) {
      expect(formats).toHaveLength(columns.length);
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
  });
});
