/** What is copied as another program's text and pasted again is the same chain, but for what the notes name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/core/samplers/catalog';
import { SamplerChain, type ChainSpec, type SamplerSpec } from '../../../src/core/samplers/chain';
import { readPasted, type Pasted } from '../../../src/interchange/paste';
import { copyAs, TARGET_IDS, type Copied, type TargetId } from '../../../src/interchange/targets';
import { depth } from '../depth';
import { anyChain, anyStep, ORDINARY, plain, run } from './chains';

function back(id: TargetId, copied: Copied): Pasted {
  const read = readPasted(copied.text);
  if (typeof read === 'string') throw new Error(`${id}: ${read}\n${copied.text}`);
  return read;
}

/** The notes that are about a step's sampler. */
const naming = (notes: readonly string[], { sampler }: SamplerSpec): readonly string[] =>
  notes.filter(
    (note) =>
      note.startsWith(`${sampler}:`) ||
      note.startsWith(`${sampler} is`) ||
      note.startsWith(`The second ${sampler} `),
  );

/** Steps that change nothing are not written. */
function changes(step: SamplerSpec): boolean {
  const logits = Array.from({ length: 40 }, (_, id) => Math.sin(7 * id + 1) * 3);
  const history = { tokens: [3, 5, 3, 5, 3], promptLength: 2 };
  if (step.sampler === 'banned-phrases' || step.sampler === 'regex' || step.sampler === 'json-schema')
    return true;
  if (
    step.sampler === 'min-length' ||
    step.sampler === 'no-repeat-ngram' ||
    step.sampler === 'allowed-tokens'
  )
    return true;
  if (step.sampler === 'top-k') return true;
  if (step.sampler === 'dry') return step.multiplier > 0;
  if (step.sampler === 'logit-bias') return step.bias.length > 0;
  const { raw, probabilities } = new SamplerChain([step], 40).apply(logits, history);
  return raw.some((p, id) => p !== probabilities[id]);
}

describe.each(TARGET_IDS)('%s', (id) => {
  it('is recognised by its looks', () => {
    for (const chain of [
      [],
      [ORDINARY.temperature],
      [ORDINARY['repetition-penalty'], ORDINARY['top-k'], ORDINARY['top-p']],
    ]) {
      expect(back(id, copyAs(id, run(chain))).source.id).toBe(id);
    }
  });

  it.each(catalog.map(({ name }) => name))('says %s, or a note names it', (name) => {
    const step = ORDINARY[name];
    const copied = copyAs(id, run([step]));
    const { chain } = back(id, copied);
    if (naming(copied.notes, step).length === 0) expect(chain.map(plain)).toEqual([plain(step)]);
    else expect(chain.length).toBeLessThanOrEqual(1);
  });

  it('gives any step back whose sampler no note names', () => {
    fc.assert(
      fc.property(anyStep, (step) => {
        const copied = copyAs(id, run([step]));
        const read = back(id, copied);
        if (naming(copied.notes, step).length > 0) return;
        const expected = changes(step) ? [plain(step)] : [];
        const found = read.chain.map(plain);
        if (step.sampler === 'logit-bias') expect(biases(read.chain)).toEqual(biases([step]));
        else if (found.length > 0 || expected.length > 0) expect(close(found)).toEqual(close([plain(step)]));
      }),
      { numRuns: depth(80, 3000) },
    );
  });

  it('gives a chain back in its order, or a note names the order', () => {
    fc.assert(
      fc.property(anyChain, (chain) => {
        const copied = copyAs(id, run(chain));
        const read = back(id, copied);
        const named = chain.filter((step) => naming(copied.notes, step).length > 0);
        const quiet = chain.filter((step) => !named.some(({ sampler }) => sampler === step.sampler));
        // Nothing appears that was not there, and nothing goes that no note names.
        for (const { sampler } of read.chain) expect(chain.map((step) => step.sampler)).toContain(sampler);
        // Behind temperature 0 one token is left, whatever the others do.
        const greedy = chain.some((step) => step.sampler === 'temperature' && step.temperature === 0);
        for (const step of greedy ? [] : quiet.filter(changes)) {
          expect(
            read.chain.map(({ sampler }) => sampler),
            copied.document,
          ).toContain(step.sampler);
        }
        if (named.length > 0 || copied.notes.some((note) => note.startsWith('Order:'))) return;
        sameInEffect(chain, read.chain);
      }),
      { numRuns: depth(120, 5000) },
    );
  });

  it('gives the numbers of the run back where it has them', () => {
    const given = run([ORDINARY['top-p']], {
      seed: 7,
      samples: 3,
      maxNewTokens: 25,
      stop: ['\n', 'The "end"', '\u2028\\n'],
      prompt: 'It\'s a "$HOME" `x` of\n\ttwo lines \\ and more…\n',
    });
    const copied = copyAs(id, given);
    const { parameters } = back(id, copied);
    const missing = (text: RegExp): boolean => copied.notes.some((note) => text.test(note));
    expect(parameters.maxNewTokens).toBe(25);
    expect(parameters.seed).toBe(missing(/takes no seed/) ? undefined : 7);
    expect(parameters.samples).toBe(missing(/one text a call/) ? undefined : 3);
    expect(parameters.stop).toEqual(missing(/stop texts [^]* are left out/) ? undefined : given.stop);
    expect(parameters.prompt).toBe(missing(/has no prompt/) ? undefined : given.prompt);
  });
});

/** Biases of equal tokens add up, and those of nothing are none. */
function biases(chain: ChainSpec): [number, number][] {
  const sums = new Map<number, number>();
  for (const step of chain) {
    if (step.sampler !== 'logit-bias') continue;
    for (const [id, bias] of step.bias) sums.set(id, (sums.get(id) ?? 0) + bias);
  }
  return [...sums].sort(([a], [b]) => a - b);
}

/** Numbers that were halved and doubled on the way. */
const close = (steps: readonly Record<string, unknown>[]): unknown[] =>
  steps.map((step) =>
    Object.fromEntries(
      Object.entries(step).map(([key, value]) => [
        key,
        typeof value === 'number' && step['sampler'] === 'dynamic-temperature'
          ? Number(value.toPrecision(6))
          : value,
      ]),
    ),
  );

/** Both chains do the same to logits; the slight differences are those of rounding. */
function sameInEffect(here: ChainSpec, there: ChainSpec): void {
  const usable = (chain: ChainSpec): ChainSpec =>
    chain.filter(
      ({ sampler }) =>
        sampler !== 'banned-phrases' &&
        sampler !== 'regex' &&
        sampler !== 'json-schema' &&
        sampler !== 'min-length',
    );
  const logits = Array.from({ length: 40 }, (_, id) => Math.sin(5 * id + 2) * 3);
  const history = { tokens: [3, 5, 3, 5, 3, 8], promptLength: 2 };
  const expected = new SamplerChain(usable(here), 40).apply(logits, history);
  const found = new SamplerChain(usable(there), 40).apply(logits, history);
  expected.probabilities.forEach((p, id) => {
    expect(found.probabilities[id], JSON.stringify([here, there])).toBeCloseTo(p, 9);
  });
}
