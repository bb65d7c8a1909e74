/** Explore: what comes next after a text, exactly, and how it goes on when one draws from that. */
import type { LanguageModel } from '../../core/languageModel';
import { beginningWith } from '../kit/boundary';
import { onModel, type RunContext } from '../kit/experiment';
import { exploreResultSchema, exploreEventSchema, type ExploreEvent, type ExploreResult } from './result';
import { beginDecoding, completionOf, sequencesTogether } from '../kit/decodingLoop';
import { decode, whoDraws } from '../kit/drawing';
import { exploreParameters, type ExploreParameters } from './parameters';
import { provenanceOf, resultToken } from '../kit/results';
import { takePrompt } from '../kit/prompt';
import { readPrompt } from '../kit/readPrompt';
import { TokenSelector } from '../kit/tokenSelection';
import { Distribution } from './distribution';
import { exploreReport } from './report';

/**
 * Explore as an experiment. What becomes of sample i depends on the seed and on i, not on the number of samples.
 *
 * A stop is honoured before every token: the result then holds the completions begun so far.
 */
export const explore = onModel<ExploreParameters, ExploreEvent, ExploreResult>({
  parse: exploreParameters.parse,
  events: exploreEventSchema,
  result: exploreResultSchema,
  report: exploreReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: ExploreParameters,
  context: RunContext<ExploreEvent>,
): Promise<ExploreResult> {
  let begin = performance.now();
  const { samples, maxNewTokens, chain, greedy, seed, healing = false, listed = 0, stop } = parameters;
  const selector = new TokenSelector(model, parameters);
  // Before the prompt is read, which may take a while.
  if (samples > 0 && !healing) selector.checkLength(maxNewTokens);
  const prompt = await takePrompt(model, parameters.prompt, maxNewTokens, parameters);
  const promptIds = Array.from(prompt.ids);
  context.emit({ type: 'prompt', prompt });

  const completions: ExploreResult['completions'] = [];
  const { owed = '' } = prompt;
  const wanted = { selectors: [selector], samples, maxNewTokens, stop, owed };
  const drawing = samples > 0 ? whoDraws(model, parameters.drawnBy, wanted) : {};
  const answer = await readPrompt(model, promptIds, context);
  const first = answer && owed !== '' ? beginningWith(answer, model.vocabulary, owed) : answer;
  if (first) {
    context.emit({ type: 'next', logits: first.logits, ...(first.listed && { listed: first.listed }) });
    const answered = performance.now();
    await context.wanted?.();
    begin += performance.now() - answered;
    const together = drawing.drawnBy === 'server' ? samples : sequencesTogether(maxNewTokens);
    for (let from = 0; from < samples && !isStopped(context); from += together) {
      const group = Array.from({ length: Math.min(together, samples - from) }, (_, i) =>
        beginDecoding(selector, selector.begin(from + i, promptIds, owed), first),
      );
      await decode(
        model,
        group,
        maxNewTokens,
        context,
        {
          stop,
          onSelections: (choices) => {
            context.emit({ type: 'steps', steps: choices.map(({ step }) => step) });
          },
          onSettled: (turned, ended) => {
            // The other ends are seen by the steps.
            const told = ended.filter(({ end }) => end !== 'length' && end !== 'end of text');
            if (turned.length + told.length === 0) return;
            context.emit({
              type: 'settled',
              turned: turned.map(({ growing, turn }) => ({ sample: growing.sequence.sample, ...turn })),
              ended: told.map(({ sequence: { sample }, end, stop: at }) => ({
                sample,
                end,
                ...(at !== undefined && { stop: at }),
              })),
            });
          },
        },
        drawing,
      );
      for (const growing of group) {
        const steps = growing.sequence.chosen.map(({ step: { sample: _, ...step } }) => step);
        completions.push({ ...completionOf(model, growing), steps });
      }
    }
  }

  const next =
    first && listed > 0
      ? new Distribution(first.logits, model.vocabulary, first.listed).through(chain, listed, {
          tokens: promptIds,
          seed,
          owed,
        })
      : null;
  const finished = completions.filter(({ end }) => end !== 'stopped').length;
  return {
    experiment: 'explore',
    tokens: namedIn(next, completions).map((id) => resultToken(model, id)),
    next,
    completions,
    newTokens: completions.reduce((sum, { ids }) => sum + ids.length, 0),
    stopped: !first || finished < samples,
    milliseconds: performance.now() - begin,
    provenance: provenanceOf(model, prompt, parameters, greedy ? null : seed, drawing),
  };
}

/** The ids that a result names, ascending. */
function namedIn(next: ExploreResult['next'], completions: ExploreResult['completions']): number[] {
  const steps = completions.flatMap((completion) => completion.steps);
  const listed = [
    ...(next?.rows ?? []),
    ...(next?.survivors ?? []),
    ...steps,
    ...steps.flatMap(({ alternatives }) => alternatives),
  ];
  const wanted = steps.flatMap((step) => step.wanted ?? []);
  return [...new Set([...listed.map(({ id }) => id), ...wanted])].sort((a, b) => a - b);
}

/** A stop can come at every pause: asked anew each time. */
function isStopped({ signal }: RunContext<ExploreEvent>): boolean {
  return signal.aborted;
}
