/** Models: the same prompt, chain and random numbers through several models, and what each thinks of the others. */
import type { LanguageModel } from '../core/languageModel';
import { parseChain } from '../core/samplers/chain';
import { selfBleu } from '../core/statistics/bleu';
import { coherence, distinctN, diversity, ngramDiversity } from '../core/statistics/diversity';
import { entropy, softmax } from '../core/logits';
import type { ComparingExperiment, ModelAccess, RunContext } from './experiment';
import { beginGrowing, completionOf, growTogether, sequencesTogether, type Growing } from './grow';
import { comparePairs, nextTokens } from './modelPairs';
import type { ComparedModel, ComparedText, ModelsEvent, ModelsParameters, ModelsResult } from './modelsTypes';
import { parameterObject, textValue, wholeNumber } from './parameters';
import { takePrompt } from './prompt';
import { logitsOf, readPrompt } from './readPrompt';
import { provenanceOf, resultToken, type Provenance } from './results';
import { TokenChooser } from './tokenChooser';

const MOST_REFERENCE = 200_000;

/** Bytes per parameter of each arithmetic; an approximation that leaves scales and biases out. */
const BYTES: Readonly<Record<string, number>> = { fp32: 4, int8: 1.13, 'int8-fast': 1.03, int4: 0.63 };

/**
 * Reads the parameters of Models.
 * @throws RangeError naming the parameter, its value and the allowed range.
 */
export function parseModels(value: unknown): ModelsParameters {
  const given = parameterObject('Models', value);
  const reference = textValue('The reference text', given['reference'] ?? '');
  if (reference.length > MOST_REFERENCE) {
    throw new RangeError(
      `The reference text has ${reference.length.toLocaleString('en-US')} characters; it may have at most ${MOST_REFERENCE.toLocaleString('en-US')}. Take a part of it.`,
    );
  }
  return {
    prompt: textValue('The prompt', given['prompt']),
    chain: parseChain(given['chain']),
    samples: wholeNumber('The number of samples', given['samples'], 1, 16),
    maxNewTokens: wholeNumber('Max new tokens', given['maxNewTokens'], 2, 200),
    seed: wholeNumber('The seed', given['seed'], 0, 0xffff_ffff),
    reference,
  };
}

/**
 * Models as an experiment. First every model reads the prompt and writes; then every model reads what all have
 * written. Each is in memory only while it works, so that models which do not fit together are compared all the same.
 */
export const models: ComparingExperiment<ModelsParameters, ModelsEvent, ModelsResult> = {
  name: 'models',
  parse: parseModels,
  compare,
};

/** What one model has written, before others have read it. */
interface Written {
  readonly info: LanguageModel['info'];
  readonly vocabularyBytes: number;
  readonly provenance: Provenance;
  readonly promptIds: readonly number[];
  /** Of the next token, before any sampler. */
  readonly distribution: Float64Array;
  readonly greedy: readonly number[];
  readonly texts: readonly (readonly number[])[];
  readonly tokensPerSecond: number;
}

async function compare(
  access: ModelAccess,
  parameters: ModelsParameters,
  context: RunContext<ModelsEvent>,
): Promise<ModelsResult> {
  const begin = performance.now();
  if (access.count < 2) {
    throw new RangeError('One model alone cannot be compared. Choose a second one to stand beside it.');
  }
  const progress = new Progress(access.count, parameters, context);
  const written: Written[] = [];
  for (let index = 0; index < access.count; index++) {
    written.push(await access.use(index, (model) => write(model, parameters, context, progress)));
    checkVocabulary(written[0]!, written[index]!);
    if (context.signal.aborted) break;
  }
  const [first] = written;
  const stopped = (): boolean => context.signal.aborted;
  const read: ComparedModel[] = [];
  const texts: ComparedText[][] = written.map(() => []);
  if (!stopped()) {
    for (let index = 0; index < written.length && !stopped(); index++) {
      await access.use(index, async (model) => {
        read.push(await readAll(model, index, written, texts, parameters, context, progress));
      });
    }
  }
  const whole = read.length === access.count && !stopped();
  return {
    experiment: 'models',
    models: whole
      ? read.map((model, index) => {
          const [greedy, ...samples] = texts[index]!;
          return { ...model, greedy: greedy!, texts: samples };
        })
      : [],
    pairs: whole ? comparePairs(written, texts) : [],
    next: whole ? await access.use(0, (model) => Promise.resolve(nextTokens(model, written))) : [],
    stopped: !whole,
    milliseconds: performance.now() - begin,
    provenance: first!.provenance,
  };
}

/** @throws RangeError where two models do not read text alike. */
function checkVocabulary(first: Written, other: Written): void {
  if (
    first.info.vocabularySize === other.info.vocabularySize &&
    first.vocabularyBytes === other.vocabularyBytes
  ) {
    return;
  }
  throw new RangeError(
    `${first.info.name} has a vocabulary of ${first.info.vocabularySize.toLocaleString('en-US')} tokens, ${other.info.name} one of ${other.info.vocabularySize.toLocaleString('en-US')}: their probabilities cannot be compared token by token. Choose models with the same tokenizer.`,
  );
}

/** How far it is, in tokens written and read. */
class Progress {
  #done = 0;
  readonly #total: number;
  readonly #emit: (event: ModelsEvent) => void;

  constructor(count: number, { samples, maxNewTokens }: ModelsParameters, { emit }: RunContext<ModelsEvent>) {
    const texts = samples + 1;
    // Every model writes its texts, and reads those of all.
    this.#total = count * texts * maxNewTokens + count * count * texts;
    this.#emit = emit;
  }

  add(done: number): void {
    this.#done = Math.min(this.#total, this.#done + done);
    this.#emit({ type: 'progress', done: this.#done, total: this.#total, what: 'steps' });
  }
}

async function write(
  model: LanguageModel,
  parameters: ModelsParameters,
  context: RunContext<ModelsEvent>,
  progress: Progress,
): Promise<Written> {
  const { chain, samples, maxNewTokens, seed } = parameters;
  if (!model.score) {
    throw new RangeError(
      `${model.info.name} cannot read texts: its logits do not depend on them. Choose a GPT-2 model.`,
    );
  }
  const prompt = takePrompt(model, parameters.prompt, maxNewTokens);
  const promptIds = Array.from(prompt.ids);
  const first = await readPrompt(model, promptIds, context);
  const provenance = provenanceOf(model, prompt, parameters, seed);
  const { info } = model;
  const vocabularyBytes = model.vocabulary.bytes.length;
  const known = { info, vocabularyBytes, provenance, promptIds };
  if (!first)
    return { ...known, distribution: new Float64Array(), greedy: [], texts: [], tokensPerSecond: 0 };
  const begin = performance.now();
  const growing = (count: number, chooser: TokenChooser): Growing[] =>
    Array.from({ length: count }, (_, i) => beginGrowing(chooser, chooser.begin(i, promptIds), first));
  const grow = async (group: Growing[]): Promise<number[][]> => {
    const together = sequencesTogether(maxNewTokens);
    for (let from = 0; from < group.length && !context.signal.aborted; from += together) {
      await growTogether(model, group.slice(from, from + together), maxNewTokens, context, (choices) => {
        progress.add(choices.length);
      });
    }
    return group.map((one) => [...completionOf(model, one).ids]);
  };
  const [greedy] = await grow(growing(1, new TokenChooser(model, { chain: [], greedy: true, seed })));
  const texts = await grow(growing(samples, new TokenChooser(model, { chain, greedy: false, seed })));
  const tokens = [greedy!, ...texts].reduce((sum, ids) => sum + ids.length, 0);
  return {
    ...known,
    distribution: softmax(logitsOf(first)),
    greedy: greedy!,
    texts,
    tokensPerSecond: tokens / ((performance.now() - begin) / 1000),
  };
}

/** Lets a model read what all have written, and adds what it thinks to `texts`. */
async function readAll(
  model: LanguageModel,
  index: number,
  written: readonly Written[],
  texts: ComparedText[][],
  { reference }: ModelsParameters,
  { signal, pause }: RunContext<ModelsEvent>,
  progress: Progress,
): Promise<ComparedModel> {
  const perplexityOn: number[] = [];
  for (const [author, { promptIds, greedy, texts: sampled }] of written.entries()) {
    let surprise = 0;
    let count = 0;
    for (const [number, ids] of [greedy, ...sampled].entries()) {
      await pause();
      if (signal.aborted) break;
      const { logProbabilities } = await model.score!([...promptIds, ...ids], { signal });
      const own = Array.from(logProbabilities.slice(promptIds.length));
      const text = (texts[author]![number] ??= {
        text: model.decode(ids),
        ids: [...ids],
        tokens: ids.map((id) => resultToken(model, id).text),
        probabilities: [],
      });
      text.probabilities[index] = own.map(Math.exp);
      if (number > 0) {
        surprise -= own.reduce((sum, value) => sum + value, 0);
        count += own.length;
      }
      progress.add(1);
    }
    perplexityOn.push(Math.exp(surprise / count));
  }
  const { info, distribution, texts: own, tokensPerSecond } = written[index]!;
  const { name, fingerprint, precision, parameters } = info;
  const list = own.map((ids) => [...ids]);
  const empty: ComparedText = { text: '', ids: [], tokens: [], probabilities: [] };
  return {
    ...{ name, fingerprint, precision, parameters, tokensPerSecond, perplexityOn },
    weightBytes: Math.round(parameters * (BYTES[precision] ?? 4)),
    entropy: entropy(distribution),
    greedy: empty,
    texts: [],
    measures: {
      distinct1: distinctN(list, 1),
      distinct2: distinctN(list, 2),
      repetition: list.reduce((sum, ids) => sum + 1 - ngramDiversity(ids), 0) / list.length,
      diversity: diversity(list.map((ids) => ids.join())),
      coherence: coherence(list.map((ids) => ids.join())),
      selfBleu: list.length > 1 ? selfBleu(list) : null,
    },
    reference: reference === '' ? null : await readReference(model, reference, signal),
  };
}

async function readReference(
  model: LanguageModel,
  reference: string,
  signal: AbortSignal,
): Promise<NonNullable<ComparedModel['reference']>> {
  const { endOfText } = model.info;
  const ids = model.encode(reference);
  const { logProbabilities } = await model.score!(endOfText === null ? ids : [endOfText, ...ids], { signal });
  const scored = Array.from(logProbabilities).filter((value) => !Number.isNaN(value));
  const nats = -scored.reduce((sum, value) => sum + value, 0);
  return {
    tokens: scored.length,
    perplexity: Math.exp(nats / scored.length),
    bitsPerCharacter: nats / Math.LN2 / Array.from(reference).length,
  };
}
