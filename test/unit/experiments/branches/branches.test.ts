import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { branches } from '../../../../src/experiments/branches';
import type {
  BranchEdit,
  BranchesParameters,
  BranchStart,
} from '../../../../src/experiments/branches/parameters';
import type { BranchesResult, BranchNode } from '../../../../src/experiments/branches/result';
import { explore } from '../../../../src/experiments/explore';
import { PROPERTY } from '../../core/generators';
import { depth } from '../../depth';
import { listAll } from '../../core/search/models';
import { letters } from '../letterModel';
import { fixture, loadFireside, runExperiment } from '../running';
import { distribution, entropyOf, ranked, rawLogits } from '../slowPath';
import { TableModel, type Table } from '../tableModel';

const asked = (start: BranchStart, edits: readonly BranchEdit[] = [], prompt = 'a'): BranchesParameters => ({
  prompt,
  start,
  alternatives: 3,
  edits,
});

const grow = async (model: LanguageModel, parameters: BranchesParameters): Promise<BranchesResult> =>
  (await runExperiment(branches, model, parameters)).result;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Ids from the root to a node. */
function pathOf(nodes: readonly BranchNode[], index: number): number[] {
  const { parent, token } = nodes[index]!;
  return parent < 0 ? [] : [...pathOf(nodes, parent), token.id];
}

const paths = ({ nodes }: BranchesResult): string[] => nodes.map((_, i) => pathOf(nodes, i).join());

describe('exact enumeration', () => {
  it('finds and proves what listing everything finds, and puts it into the tree', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        async (seed, size, length, count, ends) => {
          const model = letters(seed, size, ends ? size - 1 : null);
          const result = await grow(model, asked({ kind: 'exact', length, count, budget: 10_000 }));
          const all = listAll(model, [0], length, model.info.endOfText[0] ?? null);
          const { continuations, greedy, bound } = result.exact!;
          expect(continuations.map(({ ids }) => ids)).toEqual(
            all.slice(0, count).map(({ tokens }) => tokens),
          );
          continuations.forEach(({ logProbability, proven }, i) => {
            expect(proven).toBe(true);
            expect(logProbability).toBeCloseTo(all[i]!.logProbability, 10);
          });
          // The bound holds for the best that is not listed.
          const next = all[continuations.length];
          if (next) expect(next.logProbability).toBeLessThanOrEqual(bound! + 1e-9);
          else expect(bound).toBeNull();
          const there = new Set(paths(result));
          for (const { ids } of [...continuations, greedy]) expect(there).toContain(ids.join());
        },
      ),
      { ...PROPERTY, numRuns: depth(20, 40) },
    );
  });

  it('says what it could not prove when the budget is too small', async () => {
    const model = letters(5, 6);
    const { exact } = await grow(model, asked({ kind: 'exact', length: 4, count: 5, budget: 3 }));
    expect(exact!.read).toBeLessThanOrEqual(3);
    expect(exact!.continuations.every(({ proven }) => !proven)).toBe(true);
    const [best] = listAll(model, [0], 4, null);
    expect(best!.logProbability).toBeLessThanOrEqual(exact!.bound! + 1e-9);
  });

  it('is not searched again for an edit of its tree', async () => {
    const model = letters(8, 8);
    const start: BranchStart = { kind: 'exact', length: 4, count: 6, budget: 10_000 };
    const whole = await grow(model, asked(start));
    const before = model.read;
    const cut = whole.exact!.continuations[2]!.ids;
    const edited = await grow(model, asked(start, [{ edit: 'prune', path: cut }]));
    expect(edited.exact).toEqual(whole.exact);
    expect(model.read - before).toBeLessThan(whole.nodes.length + 2);
    expect(paths(edited)).toEqual(paths(whole).filter((path) => path !== cut.join()));
    // Another prompt is another search.
    const other = await grow(model, asked(start, [], 'b'));
    expect(other.exact!.continuations[0]!.logProbability).toBeCloseTo(
      listAll(model, [1], 4, null)[0]!.logProbability,
      10,
    );
  });
});

interface BeamModel extends Table {
  readonly id: string;
  readonly runs: readonly {
    readonly params: Readonly<Record<string, number | boolean | string | null>>;
    readonly results: readonly { readonly tokens: readonly number[]; readonly score?: number }[];
  }[];
  readonly exhaustive_top10: Readonly<
    Record<string, readonly { readonly tokens: number[]; readonly logprob: number }[]>
  >;
}

const { models } = fixture('beam/beam-search.json') as { readonly models: readonly BeamModel[] };

/** What beam search ranks at a step, listed one by one: every token after every beam. */
function ranking(
  table: BeamModel,
  beams: readonly (readonly number[])[],
): { ids: number[]; total: number }[] {
  const total = (ids: readonly number[]): number => {
    const whole = [...table.start, ...ids];
    return sum(
      ids.map((id, i) => {
        const before = whole.slice(0, table.start.length + i);
        const row = table.table[before.at(-1)!]!;
        const logits = row.map((logit, j) => Math.fround(logit + table.position_bias[before.length]![j]!));
        return Math.log(distribution(logits)[id]!);
      }),
    );
  };
  return beams
    .flatMap((beam) => table.table.map((_, id) => [...beam, id]))
    .map((ids) => ({ ids, total: total(ids) }))
    .sort((a, b) => b.total - a.total);
}

describe('beam search', () => {
  const plain = models.flatMap((model) =>
    model.runs
      .filter(({ params }) => Number(params['num_beams']) > 1 && params['early_stopping'] === false)
      .filter(({ params }) => !('repetition_penalty' in params) && !('no_repeat_ngram_size' in params))
      .map((run) => ({ model, run, name: `${model.id} ${JSON.stringify(run.params)}` })),
  );

  const beamOf = async ({ model, run: { params } }: (typeof plain)[number]): Promise<BranchesResult> => {
    const table = new TableModel(model, params['eos_token_id'] as number | null);
    const start: BranchStart = {
      kind: 'beam',
      length: Number(params['max_new_tokens']),
      beams: Number(params['num_beams']),
      lengthPenalty: Number(params['length_penalty'] ?? 1),
    };
    return grow(table, asked(start, [], table.decode(model.start)));
  };

  it.each(plain)('$name: finds the reference’s sequences and scores', async (given) => {
    const { beam } = await beamOf(given);
    const { results } = given.run;
    results.forEach(({ tokens, score }, i) => {
      expect(beam!.results[i]!.ids).toEqual(tokens);
      expect(Math.abs(beam!.results[i]!.score / score! - 1)).toBeLessThan(1e-5);
    });
  });

  it.each(plain)('$name: tells every step as listing all continuations gives it', async (given) => {
    const { model, run } = given;
    const { steps, results } = (await beamOf(given)).beam!;
    const beams = Number(run.params['num_beams']);
    let live: number[][] = [[]];
    for (const [step, candidates] of steps.entries()) {
      const expected = ranking(model, live).slice(0, 2 * beams);
      expect(candidates.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
      candidates.forEach(({ ids, total, logProbability, beam, token }, i) => {
        expect(total).toBeCloseTo(expected[i]!.total, 6);
        expect([...live[beam]!, token.id]).toEqual(ids);
        const before =
          step === 0 ? 0 : steps[step - 1]!.find((c) => c.ids.join() === live[beam]!.join())!.total;
        expect(total).toBeCloseTo(before + logProbability, 10);
      });
      // The best that have not ended go on, at most so many as there are beams.
      const ended = ({ ids }: { ids: readonly number[] }): boolean =>
        ids.at(-1) === run.params['eos_token_id'] || ids.length === run.params['max_new_tokens'];
      live = expected
        .map(({ ids }) => ids)
        .filter((ids) => !ended({ ids }))
        .slice(0, beams);
      expect(candidates.filter(({ fate }) => fate === 'kept').map(({ ids }) => ids)).toEqual(live);
      const finished = candidates.filter(({ fate }) => fate === 'finished');
      expect(finished).toEqual(candidates.slice(0, beams).filter(ended));
    }
    const ends = new Set(steps.flat().flatMap(({ ids, fate }) => (fate === 'finished' ? [ids.join()] : [])));
    for (const { ids } of results) expect(ends).toContain(ids.join());
  });

  it.each(models)('$id: exact enumeration finds the reference’s ten best', async (model) => {
    const table = new TableModel(model, null);
    for (const [length, best] of Object.entries(model.exhaustive_top10)) {
      const start: BranchStart = {
        kind: 'exact',
        length: Number(length),
        count: best.length,
        budget: 100_000,
      };
      const { exact } = await grow(table, asked(start, [], table.decode(model.start)));
      best.forEach(({ tokens, logprob }, i) => {
        expect(exact!.continuations[i]).toMatchObject({ ids: tokens, proven: true });
        expect(exact!.continuations[i]!.logProbability).toBeCloseTo(logprob, 6);
      });
    }
  });
});

describe('stop strings', () => {
  const model = letters(5, 4);
  /** The letters of all paths that end somewhere, sorted. */
  const ends = ({ nodes }: BranchesResult): string[] =>
    nodes.flatMap((_, i) =>
      nodes.some(({ parent }) => parent === i) ? [] : [model.decode(pathOf(nodes, i))],
    );
  const cut = (text: string, stop: string): string =>
    text.includes(stop) ? text.slice(0, text.indexOf(stop) + stop.length) : text;

  it('end what is drawn, and the ways that a user takes, with the token that brings them', async () => {
    const start: BranchStart = { kind: 'samples', length: 9, count: 6, temperature: 1, topK: null, seed: 3 };
    const edits: BranchEdit[] = [{ edit: 'take', path: [0, 0], ahead: 9 }];
    const free = ends(await grow(model, asked(start, edits)));
    const stop = free[0]!.slice(3, 5);
    expect(stop).toHaveLength(2);
    const ended = ends(await grow(model, { ...asked(start, edits), stop: [stop] }));
    expect(free.some((text) => cut(text, stop) !== text)).toBe(true);
    expect(new Set(ended)).toEqual(new Set(free.map((text) => cut(text, stop))));
  });

  it('end beams, whose texts are cut before them', async () => {
    const start: BranchStart = { kind: 'beam', length: 6, beams: 4, lengthPenalty: 0 };
    const { beam: free } = await grow(model, asked(start));
    const stop = free!.results[0]!.text.slice(1, 3);
    const { beam } = await grow(model, { ...asked(start), stop: [stop] });
    const stopped = beam!.results.filter(({ end }) => end === 'stop string');
    expect(stopped.length).toBeGreaterThan(0);
    for (const { ids, text } of stopped) expect(model.decode(ids)).toBe(text + stop);
    const finished = beam!.steps.flat().filter(({ fate }) => fate === 'finished');
    const known = new Set(finished.map(({ ids }) => ids.join()));
    for (const { ids } of beam!.results) expect(known).toContain(ids.join());
  });
});

describe('the tree', () => {
  const id = fc.integer({ min: 0, max: 4 });
  const path = fc.array(id, { minLength: 1, maxLength: 4 });
  const edit: fc.Arbitrary<BranchEdit> = fc.oneof(
    fc.record({ edit: fc.constant('take' as const), path, ahead: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ edit: fc.constant('expand' as const), path: fc.array(id, { maxLength: 4 }) }),
    fc.record({ edit: fc.constantFrom('prune' as const, 'pin' as const), path }),
  );
  const start: fc.Arbitrary<BranchStart> = fc.oneof(
    fc.constant({ kind: 'alternatives' as const }),
    fc.record({ kind: fc.constant('greedy' as const), length: fc.integer({ min: 1, max: 4 }) }),
    fc.constant({ kind: 'exact' as const, length: 3, count: 4, budget: 1000 }),
    fc.constant({ kind: 'samples' as const, length: 3, count: 4, temperature: 1, topK: null, seed: 7 }),
  );

  it('has the probabilities of its tokens, and of all else at every place', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        start,
        fc.array(edit, { maxLength: 6 }),
        async (seed, begin, edits) => {
          const model = letters(seed, 5);
          const { nodes } = await grow(model, asked(begin, edits));
          for (const [index, node] of nodes.entries()) {
            const before = pathOf(nodes, index);
            const after = nodes.filter(({ parent }) => parent === index);
            const p = distribution(model.logits([0, ...before]));
            const order = ranked(p);
            expect(new Set(after.map(({ token }) => token.id)).size).toBe(after.length);
            for (const child of after) {
              expect(Math.exp(child.logProbability)).toBeCloseTo(p[child.token.id]!, 10);
              expect(child.rank).toBe(order.indexOf(child.token.id));
              expect(child.total).toBeCloseTo(node.total + child.logProbability, 10);
            }
            // What the children have of their parent's probability, and the rest, is all of it.
            const mass = sum(after.map(({ total }) => Math.exp(total)));
            expect(mass).toBeLessThanOrEqual(Math.exp(node.total) + 1e-12);
            if (node.rest) {
              expect(mass + node.rest.mass * Math.exp(node.total)).toBeCloseTo(Math.exp(node.total), 12);
              expect(node.rest.tokens).toBe(5 - after.length);
              expect(node.entropy).toBeCloseTo(entropyOf(p), 10);
            } else expect(after).toEqual([]);
          }
        },
      ),
      { ...PROPERTY, numRuns: depth(20, 60) },
    );
  });

  it('has what was taken, lacks what was cut, and is the same before an edit and after undoing it', async () => {
    await fc.assert(
      fc.asyncProperty(start, fc.array(edit, { maxLength: 5 }), edit, async (begin, edits, last) => {
        const model = letters(3, 5);
        const before = await grow(model, asked(begin, edits));
        const after = await grow(model, asked(begin, [...edits, last]));
        const there = paths(after);
        const key = last.path.join();
        if (last.edit === 'take') {
          expect(there).toContain(key);
          expect(
            there.some((p) => p.startsWith(key) && p.split(',').length === last.path.length + last.ahead),
          ).toBe(true);
        } else if (last.edit === 'prune') {
          expect(there.filter((p) => p === key || p.startsWith(`${key},`))).toEqual([]);
          expect(there).toEqual(paths(before).filter((p) => p !== key && !p.startsWith(`${key},`)));
        } else if (last.edit === 'pin') {
          const pinnedBefore = before.nodes.find((_, i) => pathOf(before.nodes, i).join() === key)?.pinned;
          const now = after.nodes.find((_, i) => pathOf(after.nodes, i).join() === key)?.pinned;
          if (pinnedBefore !== undefined) expect(now).toBe(!pinnedBefore);
        }
        const undone = await grow(letters(3, 5), asked(begin, edits));
        expect(undone.nodes).toEqual(before.nodes);
      }),
      { ...PROPERTY, numRuns: depth(20, 60) },
    );
  });

  it('shows the most probable alternatives where it is asked, and a pinned token first', async () => {
    const model = letters(4, 6);
    const order = ranked(distribution(model.logits([0])));
    const pin: BranchEdit = { edit: 'pin', path: [order[2]!] };
    const { nodes } = await grow(model, asked({ kind: 'alternatives' }, [pin]));
    expect(nodes.slice(1).map(({ token }) => token.id)).toEqual([order[2], order[0], order[1]]);
    expect(nodes[0]).toMatchObject({ expanded: true, origin: 'root', rest: { tokens: 3 } });
    expect(nodes[1]).toMatchObject({ pinned: true, rank: 2, origin: 'alternative' });
  });

  it('pins and unpins, and takes what was only looked at', async () => {
    const model = letters(4, 6);
    const [, second] = ranked(distribution(model.logits([0])));
    const path = [second!];
    const of = async (...edits: BranchEdit[]): Promise<BranchNode> => {
      const { nodes } = await grow(model, asked({ kind: 'alternatives' }, edits));
      return nodes.find(({ parent, token }) => parent === 0 && token.id === second)!;
    };
    const pin: BranchEdit = { edit: 'pin', path };
    expect(await of(pin)).toMatchObject({ pinned: true, origin: 'alternative' });
    expect(await of(pin, pin)).toMatchObject({ pinned: false, origin: 'alternative' });
    expect(await of(pin, pin, pin)).toMatchObject({ pinned: true });
    const expand: BranchEdit = { edit: 'expand', path };
    expect(await of(expand)).toMatchObject({ origin: 'alternative', expanded: true });
    expect(await of(expand, { edit: 'take', path, ahead: 0 })).toMatchObject({ origin: 'taken' });
    expect(await of({ edit: 'take', path, ahead: 0 }, expand)).toMatchObject({ origin: 'taken' });
  });

  it('goes on as far as each edit says', async () => {
    const model = letters(4, 6);
    for (const ahead of [2, 5, 0, 1]) {
      const edits: BranchEdit[] = [{ edit: 'take', path: [3], ahead }];
      const { nodes } = await grow(model, asked({ kind: 'alternatives' }, edits));
      expect(nodes.filter(({ origin }) => origin === 'taken')).toHaveLength(1 + ahead);
    }
  });

  it('begins with the texts that Explore draws', async () => {
    const model = letters(6, 6);
    const begin: BranchStart = { kind: 'samples', length: 5, count: 3, temperature: 0.7, topK: 3, seed: 11 };
    const chain = [
      { sampler: 'temperature', temperature: 0.7 },
      { sampler: 'top-k', k: 3 },
    ];
    const drawn = await runExperiment(explore, model, {
      prompt: 'a',
      chain,
      greedy: false,
      seed: 11,
      samples: 3,
      maxNewTokens: 5,
    });
    const result = await grow(model, asked(begin));
    const leaves = new Set(
      paths(result).filter(
        (p, _, all) => !all.some((other) => other.startsWith(`${p},`) || (p === '' && other !== '')),
      ),
    );
    expect(leaves).toEqual(new Set(drawn.result.completions.map(({ ids }) => ids.join())));
  });

  it.each<[BranchStart, string]>([
    [{ kind: 'greedy', length: 20 }, 'tokens'],
    [{ kind: 'exact', length: 6, count: 20, budget: 100_000 }, 'places'],
  ])('keeps what it read when it is stopped: %j', async (begin, what) => {
    const { result } = await runExperiment(
      branches,
      letters(1, 8),
      asked(begin),
      (event) => event.what === what && event.done >= 5,
    );
    expect(result.stopped).toBe(true);
    const whole = await grow(letters(1, 8), asked(begin));
    expect(whole.stopped).toBe(false);
    expect(result.nodes.length).toBeGreaterThan(3);
    expect(result.nodes.length).toBeLessThan(whole.nodes.length);
    // What is there is there with its probabilities.
    const known = new Map(whole.nodes.map((node, i) => [pathOf(whole.nodes, i).join(), node.total]));
    result.nodes.forEach((node, i) => {
      expect(node.total).toBeCloseTo(known.get(pathOf(result.nodes, i).join())!, 10);
    });
  });

  it('refuses to grow beyond its limit', async () => {
    const model = letters(1, 8);
    const edits = Array.from({ length: 120 }, (_, i): BranchEdit => ({
      edit: 'take',
      path: [i % 8, Math.floor(i / 8) % 8, Math.floor(i / 64), 0],
      ahead: 50,
    }));
    await expect(grow(model, asked({ kind: 'alternatives' }, edits))).rejects.toThrow(
      /more than 5,000 tokens; cut some branches/,
    );
  });
});

describe('on the bundled model', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadFireside();
  });
  interface Case {
    readonly prompt: string;
    readonly input_ids: readonly number[];
    readonly greedy_40: readonly number[];
    readonly beam4_12: readonly { readonly tokens: readonly number[]; readonly score: number }[];
  }
  const { cases } = fixture('bundled/fireside.json') as { readonly cases: readonly Case[] };

  it.each(cases)('finds the reference’s beams: $prompt', async ({ prompt, input_ids, beam4_12 }) => {
    const start: BranchStart = { kind: 'beam', length: 12, beams: 4, lengthPenalty: 1 };
    const { beam } = await grow(model, { ...asked(start), prompt });
    expect(beam!.results.map(({ ids }) => ids)).toEqual(
      beam4_12.map(({ tokens }) => tokens.slice(input_ids.length)),
    );
    beam!.results.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(beam4_12[i]!.score, 3);
    });
  });

  it('has the probabilities that raw logits give, after an edit too', async () => {
    const { prompt, input_ids, greedy_40 } = cases[0]!;
    const greedy = greedy_40.slice(input_ids.length);
    const first = await grow(model, { ...asked({ kind: 'greedy', length: 4 }), prompt });
    expect(paths(first)).toContain(greedy.slice(0, 4).join());
    const other = first.nodes.find(({ parent, rank }) => parent === 0 && rank === 1)!.token.id;
    const edits: BranchEdit[] = [{ edit: 'take', path: [other], ahead: 3 }];
    const { nodes } = await grow(model, { ...asked({ kind: 'greedy', length: 4 }, edits), prompt });
    for (const [index, node] of nodes.entries()) {
      if (!node.rest) continue;
      const p = distribution(await rawLogits(model, [...input_ids, ...pathOf(nodes, index)]));
      const order = ranked(p, 1e-4);
      const after = nodes.filter(({ parent }) => parent === index);
      for (const child of after) {
        expect(Math.exp(child.logProbability)).toBeCloseTo(p[child.token.id]!, 6);
        expect(child.rank).toBe(order.indexOf(child.token.id));
      }
      expect(node.entropy).toBeCloseTo(entropyOf(p), 5);
      expect(node.rest.mass).toBeCloseTo(1 - sum(after.map(({ token }) => p[token.id]!)), 5);
      // Taken paths go on greedily.
      if (node.origin === 'taken' && after.length > 0) expect(after[0]!.token.id).toBe(order[0]);
    }
    expect(nodes.filter(({ origin }) => origin === 'taken')).toHaveLength(4);
  });
});

describe('what is known already', () => {
  const start: BranchStart = { kind: 'greedy', length: 5 };
  const edits = (ids: readonly number[]): BranchEdit[] => [
    { edit: 'expand', path: ids.slice(0, 2) },
    { edit: 'take', path: [...ids.slice(0, 3), 11], ahead: 3 },
    { edit: 'prune', path: ids.slice(0, 4) },
    { edit: 'expand', path: [...ids.slice(0, 3), 11] },
    { edit: 'pin', path: [...ids.slice(0, 3), 11] },
    { edit: 'take', path: [262], ahead: 2 },
  ];

  it('changes no bit of a result: edits one by one are as all of them at once', async () => {
    const [patient, hasty] = [await loadFireside(), await loadFireside()];
    const prompt = 'Once upon a time there was a king who';
    const first = await grow(patient, { ...asked(start), prompt });
    const ids = first.nodes.filter(({ origin }) => origin === 'start').map(({ token }) => token.id);
    const all = edits(ids);
    let last = first;
    for (let made = 1; made <= all.length; made++) {
      last = await grow(patient, { ...asked(start, all.slice(0, made)), prompt });
    }
    const atOnce = await grow(hasty, { ...asked(start, all), prompt });
    expect(atOnce.nodes).toEqual(last.nodes);
    await Promise.all([patient.dispose(), hasty.dispose()]);
  });

  it('is not asked again', async () => {
    const model = letters(9, 6);
    const first = await grow(model, asked(start));
    // The prompt, and four of the five tokens that greedy search added: the tree needs nothing beyond that.
    expect(model.read).toBe(1 + 4);
    const ids = first.nodes.filter(({ origin }) => origin === 'start').map(({ token }) => token.id);
    const cost = async (made: readonly BranchEdit[]): Promise<number> => {
      const before = model.read;
      await grow(model, asked(start, made));
      // The prompt itself is read in every run.
      return model.read - before - 1;
    };
    expect(await cost([{ edit: 'prune', path: ids.slice(0, 2) }])).toBe(0);
    expect(await cost([{ edit: 'pin', path: ids.slice(0, 1) }])).toBe(0);
    expect(await cost([])).toBe(0);
    const other = first.nodes.find(({ parent, rank }) => parent === 0 && rank === 1)!.token.id;
    const take: BranchEdit = { edit: 'take', path: [other], ahead: 2 };
    // Going on reads the path and one token more; the tree then the path and what was added, but for its last token.
    expect(await cost([take])).toBe(2 + 2);
    expect(await cost([take, { edit: 'prune', path: [ids[0]!] }])).toBe(0);
    // More alternatives than were asked for need the places again.
    const before = model.read;
    await grow(model, { ...asked(start), alternatives: 5 });
    expect(model.read - before - 1).toBe(4);
  });
});

describe('parameters', () => {
  const good = asked({ kind: 'alternatives' });
  it.each<[unknown, RegExp]>([
    [null, /parameters of Branches are null; they must be an object/],
    [{ ...good, prompt: 5 }, /The prompt is 5; it must be text/],
    [{ ...good, alternatives: 0 }, /number of alternatives is 0; it must be a whole number from 1 to 50/],
    [{ ...good, start: { kind: 'best' } }, /start is "best"; it must be alternatives, greedy, samples/],
    [{ ...good, start: { kind: 'greedy', length: 101 } }, /length is 101; .* 1 to 100/],
    [
      { ...good, start: { kind: 'exact', length: 3, count: 51, budget: 5 } },
      /number of texts is 51; .* 1 to 50/,
    ],
    [
      { ...good, start: { kind: 'exact', length: 3, count: 5, budget: 1e6 } },
      /budget is 1000000; .* 1 to 100,000/,
    ],
    [{ ...good, start: { kind: 'beam', length: 3, beams: 33, lengthPenalty: 1 } }, /beams is 33; .* 1 to 32/],
    [{ ...good, start: { kind: 'beam', length: 3, beams: 3, lengthPenalty: NaN } }, /length penalty is NaN/],
    [
      { ...good, start: { kind: 'samples', length: 3, count: 2, temperature: -1, topK: null, seed: 1 } },
      /temperature is -1; it must be a number, 0 or more/,
    ],
    [{ ...good, edits: {} }, /edits are a value of type object; they must be a list/],
    [
      { ...good, edits: [{ edit: 'fell', path: [1] }] },
      /Edit 1 is "fell"; it must be expand, take, prune or pin/,
    ],
    [
      { ...good, edits: [{ edit: 'prune', path: [] }] },
      /path of edit 1 is empty; the end of the prompt can only be expanded/,
    ],
    [{ ...good, edits: [{ edit: 'take', path: [1], ahead: 101 }] }, /Tokens ahead is 101; .* 0 to 100/],
    [{ ...good, edits: [{ edit: 'pin', path: [0.5] }] }, /token id of edit 1 is 0.5/],
    [{ ...good, edits: [{ edit: 'pin', path: Array(1025).fill(0) }] }, /1025 tokens; the limit is 1024/],
    [{ ...good, edits: Array(501).fill({ edit: 'pin', path: [1] }) }, /501 edits; the limit is 500/],
  ])('%j are refused', (value, message) => {
    expect(() => branches.parse(value)).toThrow(message);
  });

  it('with ids of another model are refused when they are run', async () => {
    const edits: BranchEdit[] = [{ edit: 'take', path: [99], ahead: 0 }];
    await expect(grow(letters(1, 4), asked({ kind: 'alternatives' }, edits))).rejects.toThrow(
      /token id 99, but the ids of Function are 0 to 3\. It belongs to another model; start again/,
    );
  });
});

it('names what is wrong with a list that has holes', () => {
  const holes = (value: unknown[]): unknown[] => {
    const copy = [...value, 1];
    Reflect.deleteProperty(copy, value.length);
    return copy;
  };
  const given = asked({ kind: 'alternatives' });
  expect(() => branches.parse({ ...given, edits: holes([]) })).toThrow(RangeError);
  expect(() => branches.parse({ ...given, edits: [{ edit: 'expand', path: holes([]) }] })).toThrow(
    RangeError,
  );
});
