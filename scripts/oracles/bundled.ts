import { readFile } from 'node:fs/promises';
import { beamSearch } from '../../src/core/search/beam';
import { entropy, logSumExp, softmax } from '../../src/core/logits';
import type { LanguageModel } from '../../src/core/languageModel';
import { THE_VERDICT_PATH } from '../../src/experiments/kit/theVerdict';
import { loss } from '../../src/experiments/loss';
import { lossParameters } from '../../src/experiments/loss/parameters';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { compare, greedy, sameIds } from './modelChecks';

interface BundledReference {
  readonly model: string;
  readonly cases: readonly BundledCase[];
  readonly the_verdict_loss: {
    readonly train: Losses;
    readonly validation: Losses;
  };
}

interface BundledCase {
  readonly prompt: string;
  readonly input_ids: readonly number[];
  readonly last_logits_top50: readonly (readonly [id: number, logit: number])[];
  readonly last_log_sum_exp: number;
  readonly last_entropy_nats: number;
  readonly token_log_probs: readonly number[];
  readonly token_ranks: readonly number[];
  readonly greedy_40: readonly number[];
  readonly beam4_12: readonly { readonly tokens: readonly number[]; readonly score: number }[];
}

interface Losses {
  readonly tokens: number;
  readonly windows: number;
  readonly batch_losses: readonly number[];
  readonly mean: number;
}

/** A float32 run agrees with the reference's float64 run to about this. */
const TOLERANCE = 1e-4;

/** As the reference's `settings` say; the rest are the book's, which the product takes by itself. */
const LOSS_SETTINGS = { shuffle: false };

async function check(_file: string, json: unknown): Promise<string[]> {
  const reference = json as BundledReference;
  const model = await loadGpt2({ id: 'bundled', name: 'bundled', directory: reference.model });
  try {
    const mismatches: string[] = [];
    for (const one of reference.cases) mismatches.push(...(await checkCase(model, one)));
    const verdict = await readFile(THE_VERDICT_PATH, 'utf8');
    mismatches.push(...(await checkVerdict(model, verdict, reference)));
    return mismatches;
  } finally {
    await model.dispose();
  }
}

async function checkCase(model: LanguageModel, one: BundledCase): Promise<string[]> {
  const name = JSON.stringify(one.prompt);
  const [answer] = await model.next([{ tokens: one.input_ids }]);
  const { logits } = answer!;
  const scores = await model.score!(one.input_ids);
  return [
    ...sameIds(`${name}, ids`, await model.encode(one.prompt), one.input_ids),
    ...compare(
      `${name}, logits`,
      one.last_logits_top50.map(([id]) => logits[id]!),
      one.last_logits_top50.map(([, logit]) => logit),
      TOLERANCE,
    ),
    ...compare(`${name}, log-sum-exp`, [logSumExp(logits)], [one.last_log_sum_exp], TOLERANCE),
    ...compare(`${name}, entropy`, [entropy(softmax(logits))], [one.last_entropy_nats], TOLERANCE),
    ...compare(
      `${name}, log-probabilities`,
      scores.logProbabilities.subarray(1),
      one.token_log_probs,
      TOLERANCE,
    ),
    ...sameIds(`${name}, ranks`, [...scores.ranks.subarray(1)], one.token_ranks),
    ...sameIds(
      `${name}, greedy`,
      await greedy(model, one.input_ids, one.greedy_40.length - one.input_ids.length),
      one.greedy_40,
    ),
    ...(await checkBeams(model, one, name)),
  ];
}

async function checkBeams(model: LanguageModel, one: BundledCase, name: string): Promise<string[]> {
  const { input_ids: prompt, beam4_12: expected } = one;
  const found = await beamSearch(model, prompt, {
    beams: 4,
    returned: expected.length,
    maxNewTokens: 12,
    endOfText: [],
  });
  const sequences = found.map(({ tokens }) => [...prompt, ...tokens]);
  return [
    ...expected.flatMap(({ tokens }, i) => sameIds(`${name}, beam ${i}`, sequences[i] ?? [], tokens)),
    ...compare(
      `${name}, beam scores`,
      found.map(({ score }) => score),
      expected.map(({ score }) => score),
      TOLERANCE,
    ),
  ];
}

async function checkVerdict(
  model: LanguageModel,
  text: string,
  { the_verdict_loss: reference }: BundledReference,
): Promise<string[]> {
  const result = await loss.run(model, lossParameters.parse({ text, ...LOSS_SETTINGS }), {
    emit: () => undefined,
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  const parts = [
    ['train', result.training, reference.train],
    ['validation', result.validation, reference.validation],
  ] as const;
  return parts.flatMap(([name, own, expected]) => [
    ...compare(
      `The Verdict, ${name}, tokens and windows`,
      [own?.tokens ?? 0, own?.windows ?? 0],
      [expected.tokens, expected.windows],
      0,
    ),
    ...compare(`The Verdict, ${name}, losses`, own?.batchLosses ?? [], expected.batch_losses, TOLERANCE),
    ...compare(`The Verdict, ${name}, mean loss`, [own?.loss ?? NaN], [expected.mean], TOLERANCE),
  ]);
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'bundled/1': check,
};
