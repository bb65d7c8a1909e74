import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  SamplerChain,
  type ChainSpec,
  type ProcessedDistribution,
  type SamplerSpec,
} from '../../src/core/samplers/chain';
import { topIndices } from '../../src/core/logits';
import { descending, nucleus, worstDifference } from './filters';

/** Samplers of Hugging Face Transformers; see the reference data's README for every field. */
interface LogitSets {
  readonly logits_file?: string;
  readonly sets: readonly LogitSet[];
}

interface LogitSet {
  readonly id: string;
  readonly logits?: readonly (number | null)[];
  readonly cases: readonly Case[];
  readonly penalties?: readonly Penalty[];
}

interface Case {
  readonly params: Readonly<Record<string, number>>;
  readonly min_tokens_to_keep?: number;
  readonly input_ids?: readonly number[];
  readonly n: number;
  readonly scores?: readonly (number | null)[];
  readonly probs?: readonly number[];
  readonly kept?: readonly number[];
  readonly kept_sha256?: string;
  readonly kept_first50?: readonly number[];
  readonly top?: readonly (readonly [id: number, probability: number])[];
  readonly entropy: number | null;
  readonly fragile?: boolean;
  readonly tie_at_cutoff?: boolean;
}

interface Penalty {
  readonly params: Readonly<Record<string, number>>;
  readonly input_ids: readonly number[];
  readonly n: number;
  readonly entropy: number | null;
  readonly changed?: readonly (readonly [id: number, logit: number])[];
  readonly banned?: readonly number[];
}

/** The reference is a float64 run printed with 15 digits. */
const TOLERANCE = 1e-12;
/** Digits that 15 significant ones leave of a logit of this size, or of one divided by a small temperature. */
const RELATIVE = 1e-14;

async function check(file: string, json: unknown): Promise<string[]> {
  const sets = json as LogitSets;
  // The path is relative to the folder that holds this file's folder.
  const shared = sets.logits_file && (await readFloats(join(dirname(dirname(file)), sets.logits_file)));
  return sets.sets.flatMap((set) => {
    const logits = set.logits?.map((logit) => logit ?? -Infinity) ?? shared;
    if (!logits) return [`${set.id}: there are no logits`];
    return [
      ...set.cases.flatMap((c) => checkCase(logits, c).map((wrong) => `${set.id} ${title(c)}: ${wrong}`)),
      ...(set.penalties ?? []).flatMap((p) =>
        checkPenalty(logits, p).map((wrong) => `${set.id} ${title(p)}: ${wrong}`),
      ),
    ];
  });
}

async function readFloats(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

function title({
  params,
  min_tokens_to_keep: minKeep,
  input_ids: ids,
}: Case | (Penalty & { min_tokens_to_keep?: number })): string {
  return JSON.stringify({ ...params, ...(minKeep && { minKeep }), ...(ids && { ids }) });
}

/** Reference name and how the product says it, in the order in which the reference applies them. */
const STEPS: readonly (readonly [name: string, spec: (value: number, minKeep: number) => SamplerSpec])[] = [
  ['repetition_penalty', (penalty) => ({ sampler: 'repetition-penalty', penalty })],
  ['no_repeat_ngram', (n) => ({ sampler: 'no-repeat-ngram', n })],
  ['temperature', (temperature) => ({ sampler: 'temperature', temperature })],
  ['top_h', (h) => ({ sampler: 'top-h', h })],
  ['top_k', (k, minKeep) => ({ sampler: 'top-k', k, minKeep })],
  ['top_p', nucleus],
  ['min_p', (p, minKeep) => ({ sampler: 'min-p', p, minKeep })],
  ['typical_p', (p, minKeep) => ({ sampler: 'typical', p, minKeep })],
  ['epsilon', (epsilon, minKeep) => ({ sampler: 'epsilon', epsilon, minKeep })],
  ['eta', (eta, minKeep) => ({ sampler: 'eta', eta, minKeep })],
];

function chainFor(params: Readonly<Record<string, number>>, minKeep: number): ChainSpec {
  const unknown = Object.keys(params).find((name) => !STEPS.some(([known]) => known === name));
  if (unknown !== undefined) throw new RangeError(`the parameter ${unknown} is not known`);
  return STEPS.flatMap(([name, spec]) => (name in params ? [spec(params[name]!, minKeep)] : []));
}

function run(logits: ArrayLike<number>, params: Case['params'], minKeep: number, ids: readonly number[]) {
  return new SamplerChain(chainFor(params, minKeep), logits.length).apply(logits, { tokens: ids });
}

function checkCase(logits: ArrayLike<number>, expected: Case): string[] {
  const own = run(logits, expected.params, expected.min_tokens_to_keep ?? 1, expected.input_ids ?? []);
  // A fragile kept set hangs on rounding: only its size is held to the reference, and not to the token.
  if (expected.fragile) {
    const few = Math.max(3, expected.n / 100);
    return Math.abs(own.kept - expected.n) <= few ? [] : [`keeps ${own.kept}, expected about ${expected.n}`];
  }
  if (own.kept !== expected.n) return [`keeps ${own.kept} tokens, expected ${expected.n}`];
  return [
    ...(expected.tie_at_cutoff ? checkTied(own, expected) : checkById(own, expected)),
    ...checkTop(own, expected),
    ...checkEntropy(own, expected.entropy),
  ];
}

/** Which of the tied ids stay is not defined, but how many of each value is. */
function checkTied(own: ProcessedDistribution, { scores, probs }: Case): string[] {
  const finite = (values: ArrayLike<number | null>): number[] =>
    descending(Array.from(values, (value) => value ?? -Infinity));
  return [
    ...(scores ? checkVector('logits', finite(own.logits), finite(scores)) : []),
    ...(probs ? checkVector('probabilities', finite(own.probabilities), finite(probs)) : []),
  ];
}

function checkById(own: ProcessedDistribution, expected: Case): string[] {
  const { scores, probs, kept, kept_sha256: digest, kept_first50: first } = expected;
  const ownKept = [...own.logits.keys()].filter((id) => own.logits[id]! > -Infinity);
  const wrong = [
    ...(scores
      ? checkVector(
          'logits',
          [...own.logits],
          scores.map((s) => s ?? -Infinity),
        )
      : []),
    ...(probs ? checkVector('probabilities', [...own.probabilities], probs) : []),
  ];
  if (kept && ownKept.join() !== kept.join()) wrong.push('keeps other tokens than expected');
  if (first && ownKept.slice(0, 50).join() !== first.join()) wrong.push('the first 50 kept tokens differ');
  if (digest && sha256(ownKept) !== digest) wrong.push('the digest of the kept tokens differs');
  return wrong;
}

function checkVector(what: string, own: readonly number[], expected: readonly number[]): string[] {
  const size = expected.reduce(
    (max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max),
    1,
  );
  const worst = worstDifference(own, expected);
  return worst <= Math.max(TOLERANCE, size * RELATIVE) ? [] : [`${what} differ by ${worst}`];
}

function checkTop(own: ProcessedDistribution, { top, tie_at_cutoff: tie }: Case): string[] {
  if (!top) return [];
  const best = topIndices(own.logits, top.length);
  const wrong = checkVector(
    'the best probabilities',
    best.map((id) => own.probabilities[id]!),
    top.map(([, probability]) => probability),
  );
  if (!tie && best.join() !== top.map(([id]) => id).join()) wrong.push('the best tokens differ');
  return wrong;
}

function checkEntropy(own: ProcessedDistribution, expected: number | null): string[] {
  const difference = Math.abs(own.entropy - (expected ?? NaN));
  return difference <= TOLERANCE ? [] : [`entropy is ${own.entropy}, expected ${expected}`];
}

function checkPenalty(logits: ArrayLike<number>, expected: Penalty): string[] {
  const { params, input_ids: ids, changed, banned } = expected;
  const own = run(logits, params, 1, ids);
  // Where everything is banned the reference leaves nothing; the product keeps the best token and says so.
  if (expected.n === 0) {
    const rescued = own.kept === 1 && own.warnings.length === 1;
    return rescued ? [] : [`keeps ${own.kept} tokens with ${own.warnings.length} warnings, expected 1 and 1`];
  }
  const wanted = Array.from(logits);
  for (const id of banned ?? []) wanted[id] = -Infinity;
  for (const [id, logit] of changed ?? []) wanted[id] = logit;
  const wrong = checkVector('logits', [...own.logits], wanted);
  if (own.kept !== expected.n) wrong.push(`keeps ${own.kept} tokens, expected ${expected.n}`);
  return [...wrong, ...checkEntropy(own, expected.entropy)];
}

function sha256(ids: readonly number[]): string {
  const bytes = Buffer.alloc(4 * ids.length);
  ids.forEach((id, i) => bytes.writeInt32LE(id, 4 * i));
  return createHash('sha256').update(bytes).digest('hex');
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'logit-sets/1': check,
};
