import { CumulativeTable } from '../../../src/core/draw';
import type { RandomStream } from '../../../src/core/random';

/** How often each token comes in `draws` independent draws, one number of the stream each. */
export function countDraws(
  probabilities: ArrayLike<number>,
  draws: number,
  random: RandomStream,
): Int32Array {
  const table = new CumulativeTable(probabilities);
  const counts = new Int32Array(probabilities.length);
  for (let i = 0; i < draws; i++) counts[table.draw(random.next())]!++;
  return counts;
}
