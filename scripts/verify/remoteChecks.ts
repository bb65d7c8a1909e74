/** What can be checked of a model on a server by itself. */
import { performance } from 'node:perf_hooks';
import type { LanguageModel, OwnDrawing } from '../../src/core/languageModel';
import { argmax, logSumExp } from '../../src/core/logits';
import { greedy } from '../oracles/modelChecks';

/** Takes what was checked: a name, a figure, and what is wrong; undefined where it is only told. */
export type Report = (name: string, figure: string, problems: readonly string[] | undefined) => void;

/** Texts of several kinds; the last one cuts a character that GPT-2 writes as several tokens. */
export const PROMPTS = [
  'Once upon a time there was a king who',
  'The history of the moon begins',
  'def main():\n    return',
  'She said: 🙂',
] as const;

/** A text to be scored, of more than a few tokens. */
export const TEXT =
  'The king had a daughter who was so beautiful that the sun itself, which has seen so much, was astonished.';

const NEW_TOKENS = 16;
/** Milliseconds after which a stop counts as not heeded. */
const STOP_MS = 2000;

/**
 * @param connect gives the model anew, without memory of what it was asked.
 * @param tolerance nats between log-probabilities that should be the same.
 */
export async function checkRemote(
  model: LanguageModel,
  connect: () => Promise<LanguageModel>,
  tolerance: number,
  report: Report,
): Promise<void> {
  const prompts = await Promise.all(PROMPTS.map(async (prompt) => model.encode(prompt)));
  await checkDistributions(model, prompts, connect, tolerance, report);
  await checkGreedy(model, prompts, tolerance, report);
  await checkSeeds(model, prompts[0]!, tolerance, report);
  await checkScore(model, tolerance, report);
  await checkStop(model, prompts[0]!, report);
  await measure(model, prompts[0]!, report);
}

const drawingOf = (prompt: readonly number[], more: Partial<OwnDrawing>): OwnDrawing => ({
  ...{ prompt, chain: [], greedy: false, seed: 7, first: 0, samples: 1, maxNewTokens: NEW_TOKENS, stop: [] },
  ...more,
});

interface Drawn {
  readonly ids: number[];
  /** What the server said of each drawn token; NaN where it said nothing. */
  readonly logProbabilities: number[];
}

async function draw(model: LanguageModel, drawing: OwnDrawing, signal?: AbortSignal): Promise<Drawn[]> {
  const drawn = Array.from({ length: drawing.samples }, (): Drawn => ({ ids: [], logProbabilities: [] }));
  await model.samplers?.draw(
    drawing,
    ({ sample, id, next }) => {
      const { ids, logProbabilities } = drawn[sample - drawing.first]!;
      ids.push(id);
      logProbabilities.push(next ? (next.exact ?? next.logits)[id]! : NaN);
      return true;
    },
    signal,
  );
  return drawn;
}

async function checkDistributions(
  model: LanguageModel,
  prompts: readonly number[][],
  connect: () => Promise<LanguageModel>,
  tolerance: number,
  report: Report,
): Promise<void> {
  const together = await model.next(prompts.map((tokens) => ({ tokens })));
  const sums = together.map(({ logits }) => Math.exp(logSumExp(logits)));
  report(
    'probabilities sum to 1',
    sums.map((sum) => sum.toFixed(6)).join(', '),
    sums.flatMap((sum, i) =>
      Math.abs(sum - 1) <= Math.max(tolerance, 1e-4) ? [] : [`${JSON.stringify(PROMPTS[i])}: ${sum}`],
    ),
  );
  const masses = together.flatMap(({ listed }) => (listed ? [`${(100 * listed.mass).toFixed(2)} %`] : []));
  if (masses.length > 0) report('probability of the listed tokens', masses.join(', '), undefined);
  let worst = 0;
  const anew = await connect();
  for (const [i, tokens] of prompts.entries()) {
    const [alone] = await anew.next([{ tokens }]);
    worst = Math.max(worst, furthest(alone!.listed?.ids, alone!.logits, together[i]!.logits));
  }
  await anew.dispose();
  report(
    'alone as among others',
    `at most ${worst.toExponential(1)} nats apart`,
    worst <= tolerance ? [] : [`A context is answered otherwise when it is asked for with others.`],
  );
}

/** The largest difference of two vectors, at these ids or at all; Infinity where one is no number. */
export function furthest(
  ids: ArrayLike<number> | undefined,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  let worst = 0;
  const n = ids?.length ?? a.length;
  for (let i = 0; i < n; i++) {
    const id = ids?.[i] ?? i;
    const difference = a[id] === b[id] ? 0 : Math.abs(a[id]! - b[id]!);
    // Written so that NaN counts as worst.
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Infinity : difference;
  }
  return worst;
}

/**
 * Where two texts part, and by how much the model preferred the first one's token there.
 * @returns undefined where they are the same.
 */
export async function parting(
  model: LanguageModel,
  prompt: readonly number[],
  own: readonly number[],
  other: readonly number[],
): Promise<{ readonly at: number; readonly gap: number } | undefined> {
  const at = own.findIndex((id, i) => id !== other[i]);
  if (at < 0) return undefined;
  const [next] = await model.next([{ tokens: [...prompt, ...own.slice(0, at)] }]);
  const { logits } = next!;
  const theirs = other[at];
  return { at, gap: theirs === undefined ? Infinity : logits[own[at]!]! - logits[theirs]! };
}

/** Sentences about texts that should be the same; where the model all but wavers, either token is right. */
export async function sameText(
  model: LanguageModel,
  prompt: readonly number[],
  [own, other]: readonly [readonly number[], readonly number[]],
  tolerance: number,
): Promise<{ readonly problems: string[]; readonly ties: number }> {
  const parted = await parting(model, prompt, own, other);
  if (!parted) return { problems: [], ties: 0 };
  if (Math.abs(parted.gap) <= 2 * tolerance) return { problems: [], ties: 1 };
  const text = (ids: readonly number[]): string => JSON.stringify(model.decode(ids));
  return {
    problems: [
      `${text(own)} and ${text(other)} part at token ${parted.at}, ${parted.gap.toFixed(4)} nats apart`,
    ],
    ties: 0,
  };
}

const ties = (n: number): string => (n === 0 ? '' : `, ${n} after a tie within the tolerance`);

async function checkGreedy(
  model: LanguageModel,
  prompts: readonly number[][],
  tolerance: number,
  report: Report,
): Promise<void> {
  const name = "greedy here as the server's own";
  const refusal = model.samplers?.refusal(drawingOf([], { greedy: true })) ?? '';
  if (!model.samplers || refusal !== '') {
    report(name, refusal || 'it draws nothing itself', undefined);
    return;
  }
  const problems: string[] = [];
  let tied = 0;
  for (const prompt of prompts) {
    const own = (await greedy(model, prompt, NEW_TOKENS)).slice(prompt.length);
    const [theirs] = await draw(model, drawingOf(prompt, { greedy: true }));
    // A server may end a text where its model does.
    const length = Math.min(own.length, theirs!.ids.length);
    const same = await sameText(
      model,
      prompt,
      [own.slice(0, length), theirs!.ids.slice(0, length)],
      tolerance,
    );
    if (theirs!.ids.length === 0) problems.push('It draws no token.');
    problems.push(...same.problems);
    tied += same.ties;
  }
  report(name, `${prompts.length} texts of ${NEW_TOKENS} tokens${ties(tied)}`, problems);
}

async function checkSeeds(
  model: LanguageModel,
  prompt: readonly number[],
  tolerance: number,
  report: Report,
): Promise<void> {
  const name = 'its seeds repeat its texts';
  const drawing = drawingOf(prompt, { samples: 3, chain: [{ sampler: 'temperature', temperature: 0.8 }] });
  const refusal = model.samplers?.refusal(drawing) ?? '';
  if (!model.samplers || refusal !== '') {
    report(name, refusal || 'it draws nothing itself', undefined);
    return;
  }
  const first = await draw(model, drawing);
  const again = await draw(model, drawing);
  const ids = (drawn: readonly Drawn[]): string => JSON.stringify(drawn.map((sample) => sample.ids));
  const texts = first.map((sample) => JSON.stringify(model.decode(sample.ids))).join(', ');
  report(
    name,
    `${first.length} texts of ${NEW_TOKENS} tokens`,
    ids(first) === ids(again)
      ? []
      : [
          `${texts} are not drawn again by the same seed. A server that is used by others meanwhile may round ` +
            `otherwise; try again while it is idle.`,
        ],
  );
  const [sample] = first;
  let worst = 0;
  let said = 0;
  for (let at = 0; at < Math.min(4, sample!.ids.length); at++) {
    const own = sample!.logProbabilities[at]!;
    if (Number.isNaN(own)) continue;
    const id = sample!.ids[at]!;
    const [next] = await model.next([{ tokens: [...prompt, ...sample!.ids.slice(0, at)] }]);
    // Of a token that is not listed, only the drawing knows.
    if (next!.listed && !next!.listed.ids.includes(id)) continue;
    worst = Math.max(worst, Math.abs(own - next!.logits[id]!));
    said += 1;
  }
  report(
    'probabilities while it draws as when asked',
    `${said} tokens, at most ${worst.toExponential(1)} nats apart`,
    worst <= tolerance ? [] : ['Log-probabilities of drawn tokens are others than those of the same places.'],
  );
}

async function checkScore(model: LanguageModel, tolerance: number, report: Report): Promise<void> {
  const name = 'a text at once as step by step';
  if (!model.score) {
    report(name, 'it scores no texts', undefined);
    return;
  }
  const tokens = (await model.encode(TEXT)).slice(0, Math.min(24, model.info.contextLength));
  const { logProbabilities } = await model.score(tokens);
  const contexts = tokens.slice(1).map((_, i) => ({ tokens: tokens.slice(0, i + 1) }));
  const answers = await model.next(contexts);
  let worst = 0;
  for (const [i, { logits, listed }] of answers.entries()) {
    const id = tokens[i + 1]!;
    if (listed && !listed.ids.includes(id)) continue;
    const difference = Math.abs(logits[id]! - logProbabilities[i + 1]!);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  report(
    name,
    `${tokens.length} tokens, at most ${worst.toExponential(1)} nats apart`,
    worst <= tolerance ? [] : ['A text is scored otherwise than its tokens are predicted.'],
  );
}

async function checkStop(model: LanguageModel, prompt: readonly number[], report: Report): Promise<void> {
  const room = model.info.contextLength - prompt.length;
  const drawing = drawingOf(prompt, { samples: 4, maxNewTokens: Math.min(200, room) });
  if (!model.samplers || model.samplers.refusal(drawing) !== undefined) return;
  const stop = new AbortController();
  let stopped = NaN;
  const reason = await model.samplers
    .draw(
      drawing,
      () => {
        if (!stop.signal.aborted) stopped = performance.now();
        stop.abort();
        return true;
      },
      stop.signal,
    )
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const took = performance.now() - stopped;
  report('a stop', `heeded after ${took.toFixed(0)} ms`, [
    ...(reason === stop.signal.reason ? [] : [`The drawing went on, or ended with ${String(reason)}.`]),
    ...(took <= STOP_MS ? [] : [`It took more than ${STOP_MS} ms.`]),
  ]);
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function measure(model: LanguageModel, prompt: readonly number[], report: Report): Promise<void> {
  const times: number[] = [];
  // What the model was asked before, it may know.
  let tokens = prompt.slice(1);
  for (let i = 0; i < 5; i++) {
    times.push(
      await timed(async () => {
        const [next] = await model.next([{ tokens }]);
        tokens = [...tokens, argmax(next!.logits)];
      }),
    );
  }
  report(
    'one token',
    `${times.sort((a, b) => a - b)[2]!.toFixed(0)} ms (median of ${times.length})`,
    undefined,
  );
  const many = Array.from({ length: 32 }, (_, i) => ({ tokens: [...prompt.slice(1), (i * 97) % 250] }));
  report('32 contexts together', `${(await timed(() => model.next(many))).toFixed(0)} ms`, undefined);
  const drawing = drawingOf(prompt, { samples: 8, maxNewTokens: 32 });
  if (!model.samplers || model.samplers.refusal(drawing) !== undefined) return;
  let drawn = 0;
  const took = await timed(async () => {
    drawn = (await draw(model, drawing)).reduce((sum, { ids }) => sum + ids.length, 0);
  });
  report('drawn by the server', `${((1000 * drawn) / took).toFixed(0)} tokens a second (8 texts)`, undefined);
}
