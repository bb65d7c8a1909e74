/** Where a process keeps the language that it speaks: whoever starts it writes it here before anything is read. */

/** A language that VS Code has a bundle of sentences for. */
export interface Language {
  /** As in BCP 47: `fr`. */
  readonly tag: string;
  /** English sentences, each with its translation. */
  readonly bundle: Readonly<Record<string, string>>;
}

/** The panel's HTML names it as well. */
const PLACE = Symbol.for('decoding-lab.language');
const process = globalThis as { [PLACE]?: Language };

/** Makes a language that of this process. Modules that were read before have their constants in English. */
export function speak(language: Language): void {
  process[PLACE] = language;
}

/** Nothing where it is English. */
export function spoken(): Language | undefined {
  return process[PLACE];
}
