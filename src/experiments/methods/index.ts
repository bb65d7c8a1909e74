/** Methods: ways to choose tokens, measured beside each other with the same random numbers. */
import * as v from 'valibot';
import { entropy, softmax } from '../../core/logits';
import type { LanguageModel } from '../../core/languageModel';
import { CooperativeYield } from '../kit/cooperativeYield';
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
  const prompt = await takePrompt(model, parameters.prompt, form === 'tokens' ? 1 : maxNewTokens);
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
    rawEntropy: first ? entropy(softmax(logitsOf(first))) : 0,
    methods: parameters.methods.map(methodToCome),
    stopped: false,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, seed),
  };
  if (first) {
    context.emit({ type: 'begun', result: known });
    const shared = { model, parameters, promptIds, first, context };
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
