/** Two contestants in turns, with nothing else in memory. */
import { resolve } from 'node:path';
import { withLargePages } from '../../../src/engine/largePages';
import { Contestant } from '../peers/contestant';
import type { BenchModels } from '../peers/models';
import type { Measured, Settings } from '../peers/tasks';
import { FIRST_PROMPT, type Duel, type Entrant, type Job } from './jobs';
import type { Place } from './machine';
import { median } from './statistics';

/** Where everything lies and how it is run. */
export interface Arena {
  readonly models: BenchModels;
  /** Our own program, bundled. */
  readonly ours: string;
  readonly folder: string;
  readonly threads: number;
  readonly place: Place;
  readonly pairs: number;
  /** Whether each job is done once before it is timed; a short warm-up there is in any case. */
  readonly rehearsed: boolean;
}

/** One turn of each. */
export interface Pair {
  readonly ours: Measured;
  readonly peer: Measured;
}

/** A job of a duel. */
export interface Outcome {
  readonly duel: Duel;
  readonly job: Job;
  readonly pairs: readonly Pair[];
}

const PEERS = 'test/bench/peers';

/** What the machine itself does in a fixed piece of work. */
const YARDSTICK = { name: 'the yardstick', program: 'yardstick', weights: '' } as const;
type Starting = Entrant | typeof YARDSTICK;

/** The contestants in memory. */
export class Ring {
  readonly #arena: Arena;
  readonly #entered = new Map<string, Contestant>();

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Starts those that are not there; all others leave before. */
  async hold(...entrants: readonly Starting[]): Promise<Contestant[]> {
    for (const [name, contestant] of this.#entered) {
      if (entrants.some((entrant) => entrant.name === name)) continue;
      this.#entered.delete(name);
      await contestant.stop();
    }
    const held: Contestant[] = [];
    for (const entrant of entrants) {
      const contestant = this.#entered.get(entrant.name) ?? (await start(entrant, this.#arena));
      this.#entered.set(entrant.name, contestant);
      held.push(contestant);
    }
    return held;
  }
}

/**
 * Measures jobs of a duel on the ring.
 * @param onYardstick is told how long the fixed piece of work took, between pairs
 */
export async function fight(
  duel: Duel,
  jobs: readonly Job[],
  ring: Ring,
  { pairs, rehearsed }: Pick<Arena, 'pairs' | 'rehearsed'>,
  onYardstick: (milliseconds: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const [yardstick, ours, peer] = await ring.hold(YARDSTICK, duel.ours, duel.peer);
  for (const job of jobs) {
    const { task } = job;
    if (!task) continue;
    if (rehearsed) for (const contestant of [ours!, peer!]) await contestant.measure(task);
    const measured = await turns(
      pairs,
      () => ours!.measure(task),
      () => peer!.measure(task),
      async () => {
        onYardstick((await yardstick!.measure(task)).wall);
      },
    );
    outcomes.push(told({ duel, job, pairs: measured }));
  }
  return outcomes;
}

/** Measures how soon processes of both have their first distribution, with nothing else in memory. */
export async function startUp(duel: Duel, job: Job, arena: Arena): Promise<Outcome> {
  const measure = async (entrant: Entrant): Promise<Measured> => {
    const contestant = await start(entrant, arena);
    await contestant.stop();
    return contestant.first;
  };
  const pairs = await turns(
    arena.pairs,
    () => measure(duel.ours),
    () => measure(duel.peer),
  );
  return told({ duel, job, pairs });
}

/** In every second pair the peer begins. */
async function turns(
  count: number,
  ours: () => Promise<Measured>,
  peer: () => Promise<Measured>,
  before?: () => Promise<void>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    await before?.();
    if (i % 2 === 0) {
      const first = await ours();
      pairs.push({ ours: first, peer: await peer() });
    } else {
      const first = await peer();
      pairs.push({ ours: await ours(), peer: first });
    }
  }
  return pairs;
}

function start(
  { name, program, weights }: Starting,
  { models, folder, ours, threads, place: { launcher } }: Arena,
): Promise<Contestant> {
  const common = { threads, prompt: FIRST_PROMPT };
  const checkpoint: Settings = { ...common, model: models.checkpoint, precision: weights };
  switch (program) {
    case 'ours': {
      // As the extension starts its model process.
      const env = { GLIBC_TUNABLES: withLargePages(process.env['GLIBC_TUNABLES']) };
      return Contestant.start(name, ours, { ...checkpoint, cache: resolve(folder) }, launcher, env);
    }
    case 'transformers':
      return Contestant.start(name, `${PEERS}/transformers.mjs`, checkpoint, launcher);
    case 'llama': {
      const model = models.gguf[weights === 'q4_0' ? 'q4_0' : 'q8_0'];
      return Contestant.start(name, `${PEERS}/llama.mjs`, { ...common, model }, launcher);
    }
    case 'yardstick':
      return Contestant.start(name, `${PEERS}/yardstick.mjs`, { ...common, model: '' }, launcher);
  }
}

/** How many times as fast ours was, pair by pair: by the clock, or by the time that processors spent on it. */
export function ratiosOf({ pairs }: Outcome, by: 'wall' | 'processor' = 'wall'): number[] {
  return pairs.map(({ ours, peer }) => peer[by] / ours[by]);
}

function told(outcome: Outcome): Outcome {
  const ratios = ratiosOf(outcome);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  console.log(`    ${outcome.job.name.padEnd(9)} ${median(ratios).toFixed(2)} x  (${each})`);
  return outcome;
}
