/** A model of this machine behind a server of its own: its answers list some tokens, and it draws texts itself. */
import type {
  LanguageModel,
  ModelServer,
  NextToken,
  OwnDrawing,
  OwnSamplers,
} from '../../../src/core/languageModel';
import { listedLogits } from '../../../src/core/listed';
import { logSoftmax, topIndices } from '../../../src/core/logits';
import { beginDecoding, decodeTogether } from '../../../src/experiments/kit/decodingLoop';
import { logitsOf } from '../../../src/experiments/kit/readPrompt';
import { TokenSelector } from '../../../src/experiments/kit/tokenSelection';

export interface Serving {
  /** How many tokens it lists; all where left out. */
  readonly listed?: number;
  /** What its samplers refuse, with a reason; it has none where this is left out. */
  readonly refuse?: (drawing: Omit<OwnDrawing, 'prompt'>) => string | undefined;
  /** After so many tokens that it has drawn, or answers that it has given, it fails. */
  readonly failAfter?: { readonly drawn?: number; readonly answers?: number };
  /** Whether it says nothing of a place that it has drawn at. */
  readonly isSilent?: (sample: number, place: number) => boolean;
}

export const DOWN = 'gpu1 cannot be reached.';

export interface Served {
  readonly model: LanguageModel;
  /** What was asked of its samplers. */
  readonly drawings: OwnDrawing[];
  /** How many contexts it has answered. */
  answers: number;
}

/** As a server answers: log-probabilities of the best tokens, and of one more where it was drawn. */
export function listing(next: NextToken, listed: number, drawn?: number): NextToken {
  const all = logSoftmax(logitsOf(next));
  if (listed >= all.length) return { logits: Float32Array.from(all), exact: all, cache: next.cache };
  const best = topIndices(all, listed);
  const ids = drawn === undefined || best.includes(drawn) ? best : [...best, drawn];
  const known = ids.map((id) => ({ id, logProbability: all[id]! }));
  return { ...listedLogits(known, all.length, listed), cache: next.cache };
}

export function serve(
  whole: LanguageModel,
  { listed, refuse, failAfter = {}, isSilent }: Serving = {},
): Served {
  const count = listed ?? whole.info.vocabularySize;
  const server: ModelServer = {
    name: 'gpu1',
    address: 'http://gpu1:8000',
    kind: 'vllm',
    version: '0.11.0',
    listed: count,
    readsTexts: 'at once',
    chat: false,
  };
  const served: Served = { model: undefined as never, drawings: [], answers: 0 };
  let drawn = 0;
  const draw: OwnSamplers['draw'] = async (drawing, onToken, signal) => {
    served.drawings.push(drawing);
    const { prompt, chain, greedy, seed, first, samples, maxNewTokens } = drawing;
    const selector = new TokenSelector(whole, { chain, greedy, seed: seed ^ 0x5eed, alternatives: 0 });
    const [answer] = await whole.next([{ tokens: prompt }]);
    const group = Array.from({ length: samples }, (_, i) =>
      beginDecoding(selector, selector.begin(first + i, prompt), answer!),
    );
    const wanted = new Set(group);
    const pause = async (): Promise<void> => {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    };
    await decodeTogether(
      whole,
      group,
      maxNewTokens,
      { pause, signal: new AbortController().signal },
      {
        onSelections: (choices, live) => {
          for (const [i, growing] of live.entries()) {
            if (drawn++ === failAfter.drawn) throw new Error(DOWN);
            if (!wanted.has(growing)) continue;
            const { sample, id } = choices[i]!.step;
            const place = growing.sequence.chosen.length - 1;
            const next = isSilent?.(sample, place) ? undefined : listing(growing.next, count, id);
            if (!onToken({ sample, id, next })) wanted.delete(growing);
          }
        },
      },
    );
  };
  const model: LanguageModel = {
    info: { ...whole.info, kind: 'remote', server },
    vocabulary: whole.vocabulary,
    encode: async (text) => whole.encode(text),
    decode: (ids) => whole.decode(ids),
    next: async (contexts, signal) => {
      if (served.answers++ === failAfter.answers) throw new Error(DOWN);
      return (await whole.next(contexts, signal)).map((next) => listing(next, count));
    },
    dispose: () => whole.dispose(),
    ...(refuse && { samplers: { refusal: refuse, draw } }),
    ...(whole.score && { score: whole.score.bind(whole) }),
  };
  return Object.assign(served, { model });
}
