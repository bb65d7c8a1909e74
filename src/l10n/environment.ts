/** How a process that forks another one tells it the language: in the environment, the bundle by its file. */

const TAG = 'DECODING_LAB_LANGUAGE';
const FILE = 'DECODING_LAB_SENTENCES';

export interface NamedLanguage {
  /** As in BCP 47. */
  readonly tag: string;
  /** Path of the bundle of its sentences. */
  readonly file: string;
}

/** Variables for the environment of the other process. */
export function environmentFor({ tag, file }: NamedLanguage): Record<string, string> {
  return { [TAG]: tag, [FILE]: file };
}

/** What `environmentFor` wrote. */
export function languageOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): NamedLanguage | undefined {
  const { [TAG]: tag, [FILE]: file } = environment;
  return tag && file ? { tag, file } : undefined;
}
