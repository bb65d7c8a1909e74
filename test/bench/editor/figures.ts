/** What the suite inside the extension host measures for `npm run bench -- editor`; milliseconds and bytes. */
export interface EditorFigures {
  /** From the request to activate until the extension is active, and what of it is reading its code; once each. */
  readonly activation: number | null;
  /** Memory of the extension host before and after the activation. */
  readonly hostBefore: number;
  readonly hostAfter: number;
  /** Whether a model process runs before anything was asked for. */
  readonly processBefore: boolean;
  /** From a keystroke to the suggestions, with the prompt cache, and where nothing of the prompt was read before. */
  readonly warm: readonly number[];
  readonly cold: readonly number[];
  /** The model process with the bundled model, at rest: memory, and processor time over a while of rest. */
  readonly idleBytes: number;
  readonly idleShare: number;
  /** Before and after the soak. */
  readonly keystrokes: number;
  readonly before: Soaked;
  readonly after: Soaked;
}

export interface Soaked {
  readonly listeners: number;
  readonly pending: number;
  readonly engineBytes: number;
  readonly hostHeap: number;
}

/** Environment variable with the path of the file that the suite writes. */
export const FIGURES_VARIABLE = 'DECODING_LAB_BENCH_FIGURES';
