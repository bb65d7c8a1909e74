/** Waiting for what is read, with a bound that only ends a hang. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What takes longer hangs, on the busiest machine, in milliseconds. */
export const PATIENCE = 60_000;

/** A step that went otherwise than it must. */
export class Trouble extends Error {}

/** Asks again until something holds. @throws Trouble when it does not within `patience` milliseconds */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience = PATIENCE,
): Promise<void> {
  for (const deadline = Date.now() + patience; !(await holds());) {
    if (Date.now() > deadline) throw new Trouble(`This did not come about in ${patience / 1000} s: ${what}.`);
    await sleep(50);
  }
}

/** @throws Trouble where a promise does not settle within `limit` milliseconds: a hang has a name then */
export async function within<T>(what: string, limit: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const hang = sleep(limit, undefined, { signal: timer.signal }).then(
    () => {
      throw new Trouble(`Hangs: ${what} has not ended after ${limit / 1000} s.`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([promise, hang]);
  } finally {
    timer.abort();
  }
}
