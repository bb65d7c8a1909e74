/** Methods: ways to choose tokens, measured beside each other with the same random numbers. */
import * as v from 'valibot';
import { entropy, softmax } from '../../core/logits';
import type { LanguageModel } from '../../core/languageModel';
import { parseChain } from '../../core/samplers/chain';
import { Breather } from '../kit/cooperativeYield';
import { onModel, type RunContext } from '../kit/experiment';
import { MethodTexts } from './texts';
import { MethodTokens } from './tokens';
import {
  methodsEventSchema,
  methodsResultSchema,
  type MethodsEvent,
  type MethodSpec,
  type MethodsParameters,
  type MethodsResult,
  type MethodResult,
} from './result';
import { methodToCome } from './work';
import { listOf, parameterObject, realNumber, show, textValue, wholeNumber } from '../kit/checks';
import { takePrompt } from '../kit/prompt';
import { logitsOf, readPrompt } from '../kit/readPrompt';
import { methodsReport } from './report';
import { progressEventSchema, provenanceOf } from '../kit/results';

const MOST_METHODS = 20;
/** Draws per method, over all trials. */
const MOST_DRAWS = 1_000_000;
/** New tokens of all texts together. */
const MOST_TOKENS = 1_000_000;

/**
 * Reads the parameters of Methods.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseMethods(value: unknown): MethodsParameters {
  const given = parameterObject('Methods', value);
  const form = given['form'];
  if (form !== 'tokens' && form !== 'continuations') {
    throw new RangeError(`The form is ${show(form)}; it must be "tokens" or "continuations".`);
  }
  const tokens = form === 'tokens';
  const methods = listOf('The methods', given['methods'], MOST_METHODS, parseMethod);
  checkNames(methods);
  const parameters: MethodsParameters = {
    prompt: textValue('The prompt', given['prompt']),
    methods,
    form,
    samples: wholeNumber('The number of samples', given['samples'], 1, tokens ? 10_000 : 64),
    trials: wholeNumber('The number of trials', given['trials'], 1, tokens ? 1000 : 100),
    // The upper limit is the model's; `takePrompt` knows it.
    maxNewTokens: wholeNumber('Max new tokens', given['maxNewTokens'], 1, 1_000_000),
    seed: wholeNumber('The seed', given['seed'], 0, 0xffff_ffff),
  };
  checkSize(parameters);
  return parameters;
}

function parseMethod(value: unknown, number: number): MethodSpec {
  const what = `Method ${number}`;
  const given = parameterObject(what.toLowerCase(), value);
  const name = textValue(`The name of ${what.toLowerCase()}`, given['name']);
  // Sentences and tables begin with it.
  if (name.trim() === '') {
    throw new RangeError(
      `The name of ${what.toLowerCase()} is ${show(name)}; give it one that can be read, for example beam.`,
    );
  }
  const { kind } = given;
  switch (kind) {
    case 'sampling':
      return { name, kind, chain: parseChain(given['chain']) };
    case 'beam':
      return {
        name,
        kind,
        beams: parseBeams(name, given['beams']),
        lengthPenalty: parsePenalty(name, given),
      };
    case 'diverse-beam': {
      const beams = parseBeams(name, given['beams']);
      const groups = wholeNumber(`${name}: groups`, given['groups'], 1, beams);
      if (beams % groups !== 0) {
        throw new RangeError(`${name}: groups is ${groups}; it must divide the number of beams, ${beams}.`);
      }
      const diversity = realNumber(`${name}: diversity`, given['diversity'], { least: 0, most: 1000 });
      return { name, kind, beams, groups, diversity };
    }
    case 'contrastive':
      return {
        name,
        kind,
        k: wholeNumber(`${name}: k`, given['k'], 1, 64),
        alpha: realNumber(`${name}: alpha`, given['alpha'], { least: 0, most: 1 }),
      };
    default:
      throw new RangeError(
        `${what} has the kind ${show(kind)}; it must be sampling, beam, diverse-beam or contrastive.`,
      );
  }
}

const parseBeams = (name: string, value: unknown): number => wholeNumber(`${name}: beams`, value, 1, 64);

const parsePenalty = (name: string, given: Readonly<Record<string, unknown>>): number =>
  realNumber(`${name}: length penalty`, given['lengthPenalty'], { least: -10, most: 10 });

function checkNames(methods: readonly MethodSpec[]): void {
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new RangeError(`Two methods are named ${show(twice)}; give each a name of its own.`);
  }
}

function checkSize({ methods, form, samples, trials, maxNewTokens }: MethodsParameters): void {
  const english = (n: number): string => n.toLocaleString('en-US');
  if (form === 'tokens') {
    const search = methods.find(({ kind }) => kind !== 'sampling');
    if (search) {
      throw new RangeError(
        `${search.name} grows whole texts and draws no single tokens; compare whole texts, or leave it out.`,
      );
    }
    if (samples * trials <= MOST_DRAWS) return;
    throw new RangeError(
      `${english(trials)} trials of ${english(samples)} tokens are ${english(samples * trials)} draws per method; take at most ${english(MOST_DRAWS)}.`,
    );
  }
  const tokens = methods.length * samples * trials * maxNewTokens;
  if (tokens <= MOST_TOKENS) return;
  throw new RangeError(
    `${methods.length} methods with ${english(trials)} trials of ${samples} texts of ${english(maxNewTokens)} tokens are ${english(tokens)} tokens; take at most ${english(MOST_TOKENS)}.`,
  );
}

/**
 * Methods as an experiment. Trial t of every method draws with the same random numbers, so that differences
 * between methods are not chance.
 *
 * A stop is honoured before every token; the result then has the methods that were reached, with the trials that
 * were whole.
 */
export const methods = onModel<MethodsParameters, MethodsEvent, MethodsResult>({
  title: 'Methods',
  parse: parseMethods,
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
  const prompt = takePrompt(model, parameters.prompt, form === 'tokens' ? 1 : maxNewTokens);
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
      form === 'tokens' ? new MethodTokens(shared, new Breather(context)) : new MethodTexts(shared);
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
