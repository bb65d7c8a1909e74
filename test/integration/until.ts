/** Waits until a condition holds; fails with what was waited for. */
export async function until(what: string, holds: () => boolean, limit = 60_000): Promise<void> {
  const end = Date.now() + limit;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
