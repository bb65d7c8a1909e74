/** Models: the same prompt, chain and random numbers through several models, and what each thinks of the others. */
import { t, whole as grouped } from '../../l10n/language';
import { modelsReport } from './report';
import { nameWithServer, progressEventSchema } from '../kit/results';
import { entropy } from '../../core/logits';
import { onModels, type ModelAccess, type RunContext } from '../kit/experiment';
import { comparePairs, nextTokens } from './pairs';
import { readAll, type ReadModel } from './reading';
import { measureTrial, write, type Written } from './writing';
import {
  modelsResultSchema,
  type ComparedModel,
  type ComparedText,
  type ModelsEvent,
  type ModelsResult,
} from './result';
import { modelsParameters, type ModelsParameters } from './parameters';

/**
 * Models as an experiment. First every model reads the prompt and writes; then every model reads what all have
 * written. Each is in memory only while it works, so that models which do not fit together are compared all the same.
 */
export const models = onModels<ModelsParameters, ModelsEvent, ModelsResult>({
  parse: modelsParameters.parse,
  events: progressEventSchema,
  result: modelsResultSchema,
  report: modelsReport,
  compare,
});

async function compare(
  access: ModelAccess,
  parameters: ModelsParameters,
  context: RunContext<ModelsEvent>,
): Promise<ModelsResult> {
  const begin = performance.now();
  if (access.count < 2) {
    throw new RangeError(t('A comparison needs two models. Choose a second one.'));
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
  const texts: ComparedText[][] = written.map(() => []);
  const read = new Map<number, ReadModel>();
  let next: ModelsResult['next'] = [];
  // The last that wrote reads first: it is in memory still.
  for (const index of [...written.keys()].reverse()) {
    if (stopped()) break;
    await access.use(index, async (model) => {
      read.set(index, await readAll(model, index, written, texts, parameters.reference, context, progress));
      // All have the same vocabulary.
      if (index === 0) next = nextTokens(model, written);
    });
  }
  const whole = read.size === access.count && !stopped();
  return {
    experiment: 'models',
    models: whole
      ? written.map((own, index) => comparedModel(own, read.get(index)!, texts[index]!, parameters))
      : [],
    pairs: whole ? comparePairs(written, texts) : [],
    next: whole ? next : [],
    memoryUse: memoryOf(access),
    stopped: !whole,
    milliseconds: performance.now() - begin,
    provenance: first!.provenance,
  };
}

/** @param texts of this model: the greedy one, and after it those of every trial. */
function comparedModel(
  { info, distribution, listed, trials, tokensPerSecond, drawing }: Written,
  { perplexityOn, reference }: ReadModel,
  [greedy, ...sampled]: readonly ComparedText[],
  { samples }: ModelsParameters,
): ComparedModel {
  const { server, fingerprint, precision, parameters, weightBytes = null } = info;
  return {
    name: nameWithServer(info),
    ...(server && { server }),
    ...{ fingerprint, precision, parameters, weightBytes, tokensPerSecond },
    entropy: listed ? null : entropy(distribution),
    ...drawing,
    greedy: greedy!,
    trials: trials.map(({ seed, texts }, trial) => ({
      seed,
      texts: sampled.slice(trial * samples, (trial + 1) * samples),
      measures: measureTrial(texts),
      perplexityOn: perplexityOn[trial]!,
    })),
    reference,
  };
}

function memoryOf(access: ModelAccess): ModelsResult['memoryUse'] {
  const seen = access.memory?.();
  return seen ? { models: seen.models.map((model) => ({ ...model })), turns: seen.turns } : null;
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
    t(
      '{0} has a vocabulary of {1} tokens and {2} one of {3}, so their probabilities cannot be compared token by token. Choose models with the same tokenizer.',
      first.info.name,
      grouped(first.info.vocabularySize),
      other.info.name,
      grouped(other.info.vocabularySize),
    ),
  );
}

/** How far it is, in tokens written and read. */
class Progress {
  #done = 0;
  readonly #total: number;
  readonly #emit: (event: ModelsEvent) => void;

  constructor(
    count: number,
    { trials, samples, maxNewTokens }: ModelsParameters,
    { emit }: RunContext<ModelsEvent>,
  ) {
    const texts = trials * samples + 1;
    // Every model writes its texts, and reads those of all.
    this.#total = count * texts * maxNewTokens + count * count * texts;
    this.#emit = emit;
  }

  add(done: number): void {
    this.#done = Math.min(this.#total, this.#done + done);
    this.#emit({ type: 'progress', done: this.#done, total: this.#total, what: 'steps' });
  }
}
