/** Whether a model on a server answers as the same model does on this machine. */
import { drawToken } from '../../src/core/draw';
import type { CacheHandle, LanguageModel } from '../../src/core/languageModel';
import { logSoftmax } from '../../src/core/logits';
import { randomStream } from '../../src/core/random';
import { SamplerChain, type ChainSpec } from '../../src/core/samplers/chain';
import { greedy } from '../oracles/modelChecks';
import { furthest, PROMPTS, sameText, TEXT, type Report } from './remoteChecks';

const NEW_TOKENS = 24;
const SEEDS = [1, 2, 3] as const;
const CHAIN: ChainSpec = [
  { sampler: 'temperature', temperature: 0.9 },
  { sampler: 'top-k', k: 40 },
  { sampler: 'top-p', p: 0.95 },
];

export interface ReferenceOptions {
  /** Nats between log-probabilities that should be the same. */
  readonly tolerance: number;
  /** Whether the server lists its whole vocabulary. */
  readonly exact: boolean;
}

export async function checkReference(
  remote: LanguageModel,
  local: LanguageModel,
  { tolerance, exact }: ReferenceOptions,
  report: Report,
): Promise<void> {
  const sizes = [remote, local].map(({ info }) => info.vocabularySize);
  if (sizes[0] !== sizes[1]) {
    report('the reference', '', [
      `It has ${sizes[1]!} tokens, the server's model ${sizes[0]!}: it is another model.`,
    ]);
    return;
  }
  let worst = 0;
  let tied = 0;
  const apart: string[] = [];
  for (const prompt of PROMPTS) {
    const tokens = await local.encode(prompt);
    const own = await remote.encode(prompt);
    if (own.join() !== tokens.join()) apart.push(`${JSON.stringify(prompt)} has other tokens there.`);
    const [here] = await local.next([{ tokens }]);
    const [there] = await remote.next([{ tokens }]);
    worst = Math.max(worst, furthest(there!.listed?.ids, logSoftmax(here!.logits), there!.logits));
    const texts = await Promise.all([greedy(local, tokens, NEW_TOKENS), greedy(remote, tokens, NEW_TOKENS)]);
    const [mine, theirs] = texts.map((text) => text.slice(tokens.length));
    const same = await sameText(local, tokens, [mine!, theirs!], tolerance);
    apart.push(...same.problems);
    tied += same.ties;
  }
  report(
    'distributions as the reference',
    `at most ${worst.toExponential(1)} nats apart`,
    worst <= tolerance ? [] : [`That is more than ${tolerance}.`],
  );
  const after = tied === 0 ? '' : `, ${tied} after a tie within the tolerance`;
  report('greedy texts as the reference', `${PROMPTS.length} texts of ${NEW_TOKENS} tokens${after}`, apart);
  if (exact) await checkSeeded(remote, local, tolerance, report);
  await checkSurprisal(remote, local, tolerance, report);
}

/** Texts that are drawn here, by the same numbers. */
async function checkSeeded(
  remote: LanguageModel,
  local: LanguageModel,
  tolerance: number,
  report: Report,
): Promise<void> {
  const prompt = await local.encode(PROMPTS[0]);
  const problems: string[] = [];
  let tied = 0;
  for (const seed of SEEDS) {
    const mine = await drawn(local, prompt, seed);
    const theirs = await drawn(remote, prompt, seed);
    const at = mine.ids.findIndex((id, i) => id !== theirs.ids[i]);
    if (at < 0) continue;
    // A number at the edge of two tokens chooses the one or the other by what is within the tolerance.
    if (mine.edges[at]! <= 2 * tolerance) tied += 1;
    else {
      const texts = [mine, theirs].map(({ ids }) => JSON.stringify(local.decode(ids)));
      problems.push(`With seed ${seed}, ${texts.join(' and ')} part at token ${at}.`);
    }
  }
  const after = tied === 0 ? '' : `, ${tied} after a number at the edge of two tokens`;
  report('seeded texts as the reference', `${SEEDS.length} texts of ${NEW_TOKENS} tokens${after}`, problems);
}

/** A text drawn here; of each token, how far the number was from choosing another one. */
async function drawn(
  model: LanguageModel,
  prompt: readonly number[],
  seed: number,
): Promise<{ readonly ids: number[]; readonly edges: number[] }> {
  const chain = new SamplerChain(CHAIN, model.info.vocabularySize, model.vocabulary);
  const stream = randomStream(seed, 'verify');
  const ids: number[] = [];
  const edges: number[] = [];
  let cache: CacheHandle | undefined;
  for (let i = 0; i < NEW_TOKENS; i++) {
    const [next] = await model.next([{ tokens: [...prompt, ...ids], cache }]);
    cache = next!.cache;
    const { probabilities } = chain.apply(next!.exact ?? next!.logits);
    const u = stream.next();
    const id = drawToken(probabilities, u);
    let below = 0;
    for (let other = 0; other < id; other++) below += probabilities[other]!;
    edges.push(Math.min(u - below, below + probabilities[id]! - u));
    ids.push(id);
  }
  return { ids, edges };
}

async function checkSurprisal(
  remote: LanguageModel,
  local: LanguageModel,
  tolerance: number,
  report: Report,
): Promise<void> {
  if (!remote.score || !local.score) return;
  const tokens = await local.encode(TEXT);
  const [here, there] = [await local.score(tokens), await remote.score(tokens)];
  const known = here.logProbabilities.map((value, i) => (i === 0 ? 0 : value - there.logProbabilities[i]!));
  const worst = known.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);
  const loss = Math.abs(known.reduce((sum, value) => sum + value, 0)) / (tokens.length - 1);
  report(
    'surprisal and loss as the reference',
    `at most ${worst.toExponential(1)} and ${loss.toExponential(1)} nats apart, ${tokens.length} tokens`,
    worst <= tolerance && loss <= tolerance ? [] : [`That is more than ${tolerance}.`],
  );
}
