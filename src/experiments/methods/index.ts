/** Methods: ways to choose tokens, measured beside each other with the same random numbers. */
import * as v from 'valibot';
import { entropy, softmax } from '../../core/logits';
import type { LanguageModel } from '../../core/languageModel';
import type { ChainSpec } from '../../core/samplers/chain';
import { CooperativeYield } from '../kit/cooperativeYield';
import { whoDraws, type WantedTexts } from '../kit/drawing';
import { onModel, type RunContext } from '../kit/experiment';
import { MethodTexts } from './texts';
import { MethodTokens } from './tokens';
import {
  methodsEventSchema,
  methodsResultSchema,
  type MethodsEvent,
  type MethodsResult,
  type MethodResult,
} from './result';
import { methodsParameters, type MethodsParameters } from './parameters';
import { methodToCome } from './work';
import { takePrompt } from '../kit/prompt';
import { logitsOf, readPrompt } from '../kit/readPrompt';
import { methodsReport } from './report';
import { progressEventSchema, provenanceOf } from '../kit/results';

/**
 * Methods as an experiment. Trial t of every method draws with the same random numbers, so that differences
 * between methods are not chance.
 *
 * A stop is honoured before every token; the result then has the methods that were reached, with the trials that
 * were whole.
 */
export const methods = onModel<MethodsParameters, MethodsEvent, MethodsResult>({
  parse: methodsParameters.parse,
  events: v.variant('type', [progressEventSchema, methodsEventSchema]),
  result: methodsResultSchema,
  report: methodsReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: MethodsParameters,
  context: RunContext<MethodsEvent>,
): Promise<MethodsResult> {
  const begin = performance.now();
  const { form, samples, trials, maxNewTokens, seed } = parameters;
  const drawing = form === 'tokens' ? {} : whoDraws(model, parameters.drawnBy, wantedTexts(parameters));
  const newTokens = form === 'tokens' ? 1 : maxNewTokens;
  const prompt = await takePrompt(model, parameters.prompt, newTokens, parameters);
  const promptIds = Array.from(prompt.ids);
  const first = await readPrompt(model, promptIds, context);
  const done: MethodResult[] = [];
  let whole = first !== undefined;
  const known: MethodsResult = {
    experiment: 'methods',
    form,
    samples,
    trials,
    maxNewTokens,
    rawEntropy: !first ? 0 : first.listed ? null : entropy(softmax(logitsOf(first))),
    methods: parameters.methods.map(methodToCome),
    stopped: false,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, seed, drawing),
  };
  if (first) {
    context.emit({ type: 'begun', result: known });
    const shared = { model, parameters, promptIds, first, context, drawing };
    const work =
      form === 'tokens' ? new MethodTokens(shared, new CooperativeYield(context)) : new MethodTexts(shared);
    for (const spec of parameters.methods) {
      if (context.signal.aborted) break;
      const method = await work.measure(spec);
      done.push(method);
      context.emit({ type: 'method', method });
    }
    whole = work.whole && done.length === parameters.methods.length;
  }
  return { ...known, methods: done, stopped: !whole, milliseconds: performance.now() - begin };
}

function wantedTexts({ methods, samples, trials, maxNewTokens, stop, seed }: MethodsParameters): WantedTexts {
  const selectors = methods.flatMap((spec) =>
    spec.kind === 'sampling'
      ? [{ chain: spec.chain, greedy: false, seed, mayTurnBack: turnsBack(spec.chain) }]
      : [],
  );
  return { selectors, samples: samples * trials, maxNewTokens, stop };
}

const turnsBack = (chain: ChainSpec): boolean => chain.some(({ sampler }) => sampler === 'banned-phrases');
