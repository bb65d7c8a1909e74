/** Whether figures that are read again and again, each time at rest, grow. */

/** A figure, read once. */
export interface Reading {
  /** Which process or page it was read of: another one begins with figures of its own. */
  readonly life: string | number;
  /** Steps that had been done. */
  readonly step: number;
  readonly value: number;
}

export interface Limit {
  /** Most that a hundred steps may add, within a life. */
  readonly slope: number;
  /** Most by which the last reading may be above what there was before. */
  readonly more: number;
}

export interface Growth {
  /** The least of the first half: that a figure was high at first, by chance, is no excuse for what comes. */
  readonly before: number;
  readonly after: number;
  readonly peak: number;
  /** Added by a hundred steps; undefined where no life has been read often enough. */
  readonly slope: number | undefined;
}

/** A slope of fewer readings says more of their noise than of growth. */
const ENOUGH = 5;

/** Steps that the first and the last of those readings are apart, at least. */
const APART = 30;

/** The middle; the upper one of an even number of values. */
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * What became of a figure. The slope is the median of those of all pairs of readings of one life (Theil 1950, Sen
 * 1968): a single reading taken at a bad moment does not move it. Where several lives have been read often enough,
 * the steepest of them counts.
 * @throws RangeError without a reading
 */
export function growthOf(readings: readonly Reading[]): Growth {
  const last = readings.at(-1);
  if (!last) throw new RangeError('Nothing was read.');
  const firstHalf = readings.slice(0, Math.ceil(readings.length / 2));
  const lives = [...new Set(readings.map(({ life }) => life))];
  const slopes = lives
    .map((life) => slopeOf(readings.filter((reading) => reading.life === life)))
    .filter((slope) => slope !== undefined);
  return {
    before: Math.min(...firstHalf.map(({ value }) => value)),
    after: last.value,
    peak: Math.max(...readings.map(({ value }) => value)),
    slope: slopes.length === 0 ? undefined : Math.max(...slopes),
  };
}

function slopeOf(readings: readonly Reading[]): number | undefined {
  if (readings.length < ENOUGH || readings.at(-1)!.step - readings[0]!.step < APART) return undefined;
  const slopes = readings.flatMap((one, i) =>
    readings
      .slice(i + 1)
      .filter(({ step }) => step > one.step)
      .map(({ step, value }) => (100 * (value - one.value)) / (step - one.step)),
  );
  return median(slopes);
}

/** What is wrong with a growth, in words; undefined where it keeps within the limit. */
export function excess({ before, after, slope }: Growth, limit: Limit): string | undefined {
  if (after - before > limit.more) return `${after - before} more than before, the limit is ${limit.more}`;
  if (slope !== undefined && slope > limit.slope)
    return `grows by ${slope} in 100 steps, the limit is ${limit.slope}`;
  return undefined;
}
