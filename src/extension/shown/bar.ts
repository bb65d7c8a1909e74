/** A bar of eighths of a block: it reads in every theme. A screen reader is to be given the number instead. */
export function bar(fraction: number): string {
  const eighths = Math.round(fraction * 8 * 8);
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]!;
}
