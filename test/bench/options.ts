/** What a benchmark is asked on the command line. */
export interface BenchOptions {
  /** Parts of it; none for all. */
  readonly words: readonly string[];
  /** Fewer turns: a glance. */
  readonly quick: boolean;
  readonly threads: number;
}
