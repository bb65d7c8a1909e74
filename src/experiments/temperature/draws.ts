/** Draws the target at several temperatures, each with random numbers of its own or all with the same ones. */
import { CumulativeTable } from '../../core/draw';
import { randomStream, type RandomStream } from '../../core/random';
import type { CooperativeYield } from '../kit/cooperativeYield';
import { weightsAt, type TokenizationNode, type Tokenizations } from './tokenizations';

export interface TargetDraws {
  /** Draws done; fewer than asked for after a stop. */
  readonly draws: number;
  /** How many of them gave the target. */
  readonly count: number;
  /** How often each token was drawn as the next one. */
  readonly tokens: Int32Array;
}

/** Random numbers that are taken at a time. */
const BLOCK = 4096;

/** One temperature's draws of one place in the tree. */
interface Column {
  readonly table: CumulativeTable;
  readonly counts: Int32Array;
}

/**
 * Draws the next token, and where it begins the target, the one after it, and so on.
 * @param common whether draw i of every temperature takes the same random number: they differ in nothing but the
 * temperature then, and so err together (Law, Simulation Modeling and Analysis, 2015, section 11.2). Otherwise each
 * temperature has a stream of its own, which does not depend on what other temperatures there are.
 * @param onDone called with the number of draws done, over all temperatures.
 */
export async function drawTargets(
  tree: Tokenizations,
  temperatures: readonly number[],
  { draws, seed, common }: { readonly draws: number; readonly seed: number; readonly common: boolean },
  turns: CooperativeYield,
  onDone: (done: number) => void,
): Promise<TargetDraws[]> {
  const columns: Column[] = [];
  for (const t of temperatures) {
    await turns.giveWay();
    columns.push(columnOf(tree.root, t));
  }
  const streams = common
    ? [randomStream(seed, 'draw', 0)]
    : temperatures.map((t) => randomStream(seed, 'temperature', t, 'next'));
  const block = new Float64Array(BLOCK);
  let done = 0;
  while (done < draws) {
    const size = Math.min(BLOCK, draws - done);
    let stopped = false;
    for (const [at, { table, counts }] of columns.entries()) {
      const stream = streams[at];
      if (stream) for (let i = 0; i < size; i++) block[i] = stream.next();
      for (let i = 0; i < size; i++) counts[table.draw(block[i]!)]!++;
      // A block is drawn at every temperature, so that all have the same number of draws.
      stopped = !(await turns.giveWay()) || stopped;
    }
    done += size;
    onDone(done * temperatures.length);
    if (stopped) break;
  }
  const rows: TargetDraws[] = [];
  for (const [i, t] of temperatures.entries()) {
    const { counts: tokens } = columns[i]!;
    const streamAfter = (path: readonly number[]): RandomStream =>
      common ? randomStream(seed, 'draw', ...path) : randomStream(seed, 'temperature', t, 'after', ...path);
    rows.push({ draws: done, count: await targets(tree.root, tokens, t, streamAfter, [], turns), tokens });
  }
  return rows;
}

function columnOf(node: TokenizationNode, temperature: number): Column {
  const weights = weightsAt(node, temperature);
  const probabilities = Float64Array.from(
    node.logits,
    (logit) => Math.exp((logit - node.largest) / temperature) / weights,
  );
  return { table: new CumulativeTable(probabilities), counts: new Int32Array(node.logits.length) };
}

/** How many of the draws that came to a node write the target to its end. */
async function targets(
  node: TokenizationNode,
  counts: Int32Array,
  temperature: number,
  streamAfter: (path: readonly number[]) => RandomStream,
  before: readonly number[],
  turns: CooperativeYield,
): Promise<number> {
  let sum = 0;
  for (const { id, ends, node: next } of node.steps) {
    const times = counts[id]!;
    if (ends) sum += times;
    else if (next && times > 0) {
      const path = [...before, id];
      const column = columnOf(next, temperature);
      const stream = streamAfter(path);
      for (let i = 0; i < times; i++) {
        column.counts[column.table.draw(stream.next())]!++;
        if (i % BLOCK === BLOCK - 1) await turns.giveWay();
      }
      sum += await targets(next, column.counts, temperature, streamAfter, path, turns);
    }
  }
  return sum;
}
