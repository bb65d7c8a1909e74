/** Determinism: runs ways of decoding several times and says where, if anywhere, the texts part. */
import { determinismReport } from './report';
import type { CacheHandle, Context, LanguageModel, NextToken } from '../../core/languageModel';
import { generateSimple } from '../../core/search/greedy';
import { t } from '../../l10n/language';
import { CONFIGURATIONS } from './decodings';
import { DeterminismTrial, runOf, UnlistedError, type Reference } from './trial';
import {
  determinismResultSchema,
  type Configuration,
  type DeterminismEvent,
  type DeterminismResult,
} from './result';
import { breakOff, onModel, type RunContext } from '../kit/experiment';
import { determinismParameters, type DeterminismParameters } from './parameters';
import { takePrompt } from '../kit/prompt';
import { logitsOf } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf } from '../kit/results';

/**
 * Determinism as an experiment. Nothing is carried from one run to the next but what the model itself remembers of
 * the prompt: the logits of every new token are computed again.
 * An end-of-text token does not end a run, as in `generate_simple`.
 */
export const determinism = onModel<DeterminismParameters, DeterminismEvent, DeterminismResult>({
  parse: determinismParameters.parse,
  events: progressEventSchema,
  result: determinismResultSchema,
  report: determinismReport,
  run,
});

/** A stop within a search that knows no signal. */
class Stopped extends Error {}

async function run(
  model: LanguageModel,
  parameters: DeterminismParameters,
  context: RunContext<DeterminismEvent>,
): Promise<DeterminismResult> {
  const begin = performance.now();
  const { maxNewTokens, repeats, seed } = parameters;
  const prompt = await takePrompt(model, parameters.prompt, maxNewTokens, parameters);
  const promptIds = Array.from(prompt.ids);
  const chosen = parameters.configurations.map((id) => CONFIGURATIONS.find((c) => c.id === id)!);
  const total = (1 + chosen.length * repeats) * maxNewTokens;
  let done = 0;
  const step = async (tokens: number): Promise<void> => {
    await context.pause();
    if (context.signal.aborted) throw new Stopped();
    done += tokens;
    context.emit({ type: 'progress', done, total, what: t('tokens') });
  };
  const result: DeterminismResult = {
    experiment: 'determinism',
    simple: { ids: [], tokens: [], text: '' },
    verdicts: [],
    stopped: false,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, seed),
  };
  try {
    const signal = model.info.server && context.signal;
    const ask: Ask = (contexts) => model.next(contexts.map(anew), signal);
    const reference = await referenceRun(model, ask, promptIds, maxNewTokens, step);
    result.simple = runOf(model, reference.ids);
    for (const configuration of chosen) {
      const trial = new DeterminismTrial(model, promptIds, reference, configuration, { repeats, seed });
      const after = done + repeats * maxNewTokens;
      try {
        await runTrial(ask, trial, configuration, maxNewTokens, step);
        result.verdicts.push(trial.verdict());
      } catch (error) {
        if (!(error instanceof UnlistedError)) throw error;
        const { id, label } = configuration;
        result.unavailable = [...(result.unavailable ?? []), { id, label, reason: error.message }];
        done = after;
      }
    }
  } catch (error) {
    if (!(error instanceof Stopped)) breakOff(context, error);
    result.stopped = true;
  }
  result.milliseconds = performance.now() - begin;
  return result;
}

/** Asks the model; a stop closes a request to a server. */
type Ask = (contexts: readonly Context[]) => Promise<NextToken[]>;

/** Answers are compared: one that a backend gave before would be the same as itself. */
const anew = (context: Context): Context => ({ ...context, anew: true });

/** What `generate_simple` gives, with the logits that it saw. */
async function referenceRun(
  model: LanguageModel,
  ask: Ask,
  prompt: readonly number[],
  maxNewTokens: number,
  step: (tokens: number) => Promise<void>,
): Promise<Reference> {
  const logits: ArrayLike<number>[] = [];
  const recording: LanguageModel = {
    info: model.info,
    vocabulary: model.vocabulary,
    encode: (text) => model.encode(text),
    decode: (ids) => model.decode(ids),
    dispose: () => model.dispose(),
    next: async (contexts) => {
      await step(1);
      const answers = await ask(contexts);
      logits.push(logitsOf(answers[0]!));
      return answers;
    },
  };
  const ids = await generateSimple(recording, prompt, maxNewTokens);
  return { ids: ids.slice(prompt.length), logits };
}

/** Runs a configuration: one run after the other, or all of them side by side. */
async function runTrial(
  ask: Ask,
  trial: DeterminismTrial,
  { batch }: Configuration,
  maxNewTokens: number,
  step: (tokens: number) => Promise<void>,
): Promise<void> {
  const groups = batch ? [trial.runs] : trial.runs.map((run) => [run]);
  for (const group of groups) {
    const caches: (CacheHandle | undefined)[] = group.map(() => undefined);
    for (let i = 0; i < maxNewTokens; i++) {
      await step(group.length);
      const answers = await ask(group.map(({ tokens }, at) => ({ tokens: [...tokens], cache: caches[at] })));
      answers.forEach((answer, at) => {
        caches[at] = answer.cache;
        trial.choose(group[at]!, answer);
      });
    }
  }
}
