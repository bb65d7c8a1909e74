import { beamSearch, type EarlyStopping } from '../../src/core/search/beam';
import { enumerate } from '../../src/core/search/enumeration';
import { greedySearch } from '../../src/core/search/greedy';
import type { ChainSpec } from '../../src/core/samplers/chain';
import { TableModel, type Table } from '../../test/unit/experiments/tableModel';

/** Beam and greedy search of Hugging Face Transformers, and full enumeration, over small table models. */
interface BeamReference {
  readonly models: readonly Model[];
}

interface Model extends Table {
  readonly id: string;
  readonly runs: readonly Run[];
  readonly exhaustive_top10: Readonly<
    Record<string, readonly { readonly tokens: readonly number[]; readonly logprob: number }[]>
  >;
}

interface Run {
  readonly params: {
    readonly num_beams: number;
    readonly max_new_tokens: number;
    readonly eos_token_id: number | null;
    readonly num_return_sequences?: number;
    readonly length_penalty?: number;
    readonly early_stopping?: EarlyStopping;
    readonly repetition_penalty?: number;
    readonly no_repeat_ngram_size?: number;
  };
  readonly results: readonly { readonly tokens: readonly number[]; readonly score?: number }[];
}

interface Found {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** The reference is a float32 run; its scores agree to this, relative. */
const RELATIVE = 1e-5;
/** Full enumeration in float64; a model's logits are float32, half a unit of which is 1e-7 of a logit around 2. */
const ENUMERATION = 1e-6;

async function check(_file: string, json: unknown): Promise<string[]> {
  const mismatches: string[] = [];
  for (const model of (json as BeamReference).models) {
    for (const run of model.runs) {
      const wrong = await checkRun(model, run);
      mismatches.push(...wrong.map((sentence) => `${model.id} ${JSON.stringify(run.params)}: ${sentence}`));
    }
    for (const [length, best] of Object.entries(model.exhaustive_top10)) {
      const found = await enumerate(new TableModel(model, null), model.start, {
        length: Number(length),
        count: best.length,
      });
      const own = found.continuations.map(({ tokens, logProbability }) => ({
        tokens,
        score: logProbability,
      }));
      const expected = best.map(({ tokens, logprob }) => ({ tokens, score: logprob }));
      const wrong = compareLists(own, expected, () => ENUMERATION);
      if (found.continuations.some(({ proven }) => !proven)) wrong.push('not all are proven');
      mismatches.push(...wrong.map((sentence) => `${model.id} enumeration of length ${length}: ${sentence}`));
    }
  }
  return mismatches;
}

async function checkRun(model: Model, { params, results }: Run): Promise<string[]> {
  const table = new TableModel(model, params.eos_token_id);
  const options = { maxNewTokens: params.max_new_tokens, chain: penalties(params) };
  if (params.num_beams === 1) {
    const { tokens } = await greedySearch(table, model.start, options);
    const [expected] = results;
    return compareLists([{ tokens, score: 0 }], [{ tokens: expected!.tokens, score: 0 }], () => 0);
  }
  const found = await beamSearch(table, model.start, {
    ...options,
    beams: params.num_beams,
    returned: params.num_return_sequences,
    lengthPenalty: params.length_penalty,
    earlyStopping: params.early_stopping,
  });
  const expected = results.map(({ tokens, score }) => ({ tokens, score: score ?? NaN }));
  return compareLists(found, expected, (score) => Math.abs(score) * RELATIVE);
}

function penalties({ repetition_penalty: penalty, no_repeat_ngram_size: n }: Run['params']): ChainSpec {
  return [
    ...(penalty === undefined ? [] : [{ sampler: 'repetition-penalty', penalty } as const]),
    ...(n === undefined ? [] : [{ sampler: 'no-repeat-ngram', n } as const]),
  ];
}

function compareLists(
  own: readonly Found[],
  expected: readonly Found[],
  tolerance: (score: number) => number,
): string[] {
  if (own.length !== expected.length) return [`${own.length} sequences, expected ${expected.length}`];
  return expected.flatMap(({ tokens, score }, i) => {
    const found = own[i]!;
    if (found.tokens.join() !== tokens.join()) {
      return [`sequence ${i} is ${found.tokens.join(' ')}, expected ${tokens.join(' ')}`];
    }
    return Math.abs(found.score - score) <= tolerance(score)
      ? []
      : [`the score of sequence ${i} is ${found.score}, expected ${score}`];
  });
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'beam/1': check,
};
