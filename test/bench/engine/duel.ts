/** Two contestants in turns, with nothing else in memory. */
import { resolve } from 'node:path';
import { Contestant } from '../peers/contestant';
import type { BenchModels } from '../peers/models';
import type { Measured, Settings } from '../peers/tasks';
import { FIRST_PROMPT, JOBS, type Duel, type Entrant, type Job, type JobName } from './jobs';
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
}

/** One turn of each. */
export interface Pair {
  readonly ours: Measured;
  readonly peer: Measured;
}

/** A job of a duel. */
export interface Outcome {
  readonly duel: Duel;
  readonly job: JobName;
  readonly pairs: readonly Pair[];
}

const PEERS = 'test/bench/peers';

/**
 * Measures jobs of a duel, after one round of each that only warms up.
 * @param onYardstick is told how long a fixed piece of work took, between pairs
 */
export async function fight(
  duel: Duel,
  jobs: readonly JobName[],
  arena: Arena,
  onYardstick: (milliseconds: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const yardstick = await begin('the yardstick', 'yardstick', arena, '');
  const [ours, peer] = [await enter(duel.ours, arena), await enter(duel.peer, arena)];
  try {
    for (const job of jobs) {
      const { task }: Job = JOBS[job];
      if (!task) continue;
      for (const contestant of [ours, peer]) await contestant.measure(task);
      const pairs = await turns(
        arena.pairs,
        async (i) => {
          onYardstick((await yardstick.measure(task)).wall);
          return i;
        },
        () => ours.measure(task),
        () => peer.measure(task),
      );
      outcomes.push(told({ duel, job, pairs }));
    }
  } finally {
    for (const contestant of [ours, peer, yardstick]) await contestant.stop();
  }
  if (jobs.includes('first')) {
    const start = async (entrant: Entrant): Promise<Measured> => {
      const contestant = await enter(entrant, arena);
      await contestant.stop();
      return contestant.first;
    };
    const pairs = await turns(
      arena.pairs,
      async (i) => i,
      () => start(duel.ours),
      () => start(duel.peer),
    );
    outcomes.push(told({ duel, job: 'first', pairs }));
  }
  return outcomes;
}

/** In every second pair the peer begins. */
async function turns(
  count: number,
  before: (index: number) => Promise<unknown>,
  ours: () => Promise<Measured>,
  peer: () => Promise<Measured>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    await before(i);
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

function enter(entrant: Entrant, arena: Arena): Promise<Contestant> {
  return begin(entrant.name, entrant.program, arena, entrant.weights);
}

function begin(
  name: string,
  program: Entrant['program'] | 'yardstick',
  { models, folder, ours, threads, place }: Arena,
  weights: string,
): Promise<Contestant> {
  const common = { threads, prompt: FIRST_PROMPT };
  const checkpoint: Settings = { ...common, model: models.checkpoint, precision: weights };
  switch (program) {
    case 'ours':
      return Contestant.start(name, ours, { ...checkpoint, cache: resolve(folder) }, place.launcher);
    case 'transformers':
      return Contestant.start(name, `${PEERS}/transformers.mjs`, checkpoint, place.launcher);
    case 'llama': {
      const model = models.gguf[weights === 'q4_0' ? 'q4_0' : 'q8_0'];
      return Contestant.start(name, `${PEERS}/llama.mjs`, { ...common, model }, place.launcher);
    }
    case 'yardstick':
      return Contestant.start(name, `${PEERS}/yardstick.mjs`, { ...common, model: '' }, place.launcher);
  }
}

/** How many times as fast ours was, pair by pair. */
export function ratiosOf({ pairs }: Outcome): number[] {
  return pairs.map(({ ours, peer }) => peer.wall / ours.wall);
}

function told(outcome: Outcome): Outcome {
  const ratios = ratiosOf(outcome);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  console.log(`    ${outcome.job.padEnd(9)} ${median(ratios).toFixed(2)} x  (${each})`);
  return outcome;
}
