/** The end of the bars' axis: the least of 1, 2, 5 times a power of ten that holds them all, at most 1. */
export function axisEnd(rows: readonly { readonly raw: number; readonly processed: number }[]): number {
  const most = Math.max(0, ...rows.map(({ raw, processed }) => Math.max(raw, processed)));
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= most * (1 - 1e-12)) ?? 10;
  return Math.min(1, step * power);
}
