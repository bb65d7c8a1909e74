import { parseSampler } from '../../src/core/samplers/chain';

/** Which parameters Hugging Face Transformers rejects. */
interface Invalid {
  readonly cases: readonly Case[];
}

interface Case {
  readonly class: string;
  readonly args: Readonly<Record<string, number>>;
  /** Name of the exception, or null where the arguments are accepted. */
  readonly error: string | null;
}

/** The product's names for classes and their arguments. */
const CLASSES: Readonly<
  Record<string, { readonly sampler: string; readonly args: Readonly<Record<string, string>> }>
> = {
  TemperatureLogitsWarper: { sampler: 'temperature', args: { temperature: 'temperature' } },
  TopKLogitsWarper: { sampler: 'top-k', args: { top_k: 'k' } },
  TopPLogitsWarper: { sampler: 'top-p', args: { top_p: 'p' } },
  MinPLogitsWarper: { sampler: 'min-p', args: { min_p: 'p' } },
  TypicalLogitsWarper: { sampler: 'typical', args: { mass: 'p' } },
  EpsilonLogitsWarper: { sampler: 'epsilon', args: { epsilon: 'epsilon' } },
  EtaLogitsWarper: { sampler: 'eta', args: { epsilon: 'eta' } },
  TopHLogitsWarper: { sampler: 'top-h', args: { top_h: 'h' } },
  RepetitionPenaltyLogitsProcessor: { sampler: 'repetition-penalty', args: { penalty: 'penalty' } },
  NoRepeatNGramLogitsProcessor: { sampler: 'no-repeat-ngram', args: { ngram_size: 'n' } },
};

/** Where the product differs on purpose, and what it does instead. */
const STATED_DIFFERENCES: readonly { readonly when: (c: Case) => boolean; readonly accepted: boolean }[] = [
  // Temperature 0 is greedy decoding here.
  { when: (c) => c.args['temperature'] === 0, accepted: true },
  // An empty nucleus is asked for as the smallest one, with a p above 0.
  { when: (c) => c.args['top_p'] === 0, accepted: false },
  // Every filter keeps at least one token, top-k too.
  { when: (c) => c.class === 'TopKLogitsWarper' && c.args['min_tokens_to_keep'] === 0, accepted: false },
  // JSON and JavaScript have one kind of number: 1 and 1.0 are the same, and a rejection of one cannot be told
  // from the acceptance of the other. The value itself is in range.
  { when: (c) => c.args['temperature'] === 1 || c.args['penalty'] === 2, accepted: true },
  { when: (c) => c.args['top_k'] === 2 || c.args['ngram_size'] === 2, accepted: true },
];

function check(_file: string, json: unknown): Promise<string[]> {
  const mismatches = (json as Invalid).cases.flatMap((c) => {
    const wrong = checkCase(c);
    return wrong === null ? [] : [`${c.class} ${JSON.stringify(c.args)}: ${wrong}`];
  });
  return Promise.resolve(mismatches);
}

function checkCase(c: Case): string | null {
  const named = CLASSES[c.class];
  if (!named) return 'the class is not known';
  const spec: Record<string, unknown> = { sampler: named.sampler };
  for (const [name, value] of Object.entries(c.args)) {
    spec[name === 'min_tokens_to_keep' ? 'minKeep' : (named.args[name] ?? name)] = value;
  }
  const accepted = STATED_DIFFERENCES.find(({ when }) => when(c))?.accepted ?? c.error === null;
  const error = rejection(spec);
  if (accepted) return error === null ? null : `is rejected (${error}), expected to be accepted`;
  if (error === null) return 'is accepted, expected to be rejected';
  // The sentence must name the value that is wrong.
  return Object.values(c.args).some((value) => error.includes(String(value)))
    ? null
    : `does not name it: ${error}`;
}

function rejection(spec: unknown): string | null {
  try {
    parseSampler(spec);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'invalid/1': check,
};
