/**
 * What chat agents ask about decoding: the next token before and after samplers, and a text's continuation. Their
 * answers are English in every language of VS Code: a language model reads them, and tells them on in the user's.
 */
import type { DistributionSummary } from '../../experiments/explore/distribution';
import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { withLf } from '../../core/lineEnds';
import type { EngineClient } from '../../engine/client';
import { runExperiment } from '../../engine/runExperiment';
import { costOf } from '../../experiments/kit/turnBack';
import { endWords } from '../../experiments/report/ends';
import type { Library } from '../models/library';
import { nextTokenAfter } from '../cursor/nextToken';
import { lastPart } from '../panel/promptSource';
import { settings } from '../settings';
import { inQuotationMarks } from '../shown/quote';
import { tokenName } from '../tokenNames';
import { chainInput, chainOf, phrases, shapeInput } from './chainInput';
import { percentInEnglish } from './percentInEnglish';

export interface ToolServices {
  readonly engine: EngineClient;
  readonly library: Library;
}

/** `1 token`, `50,257 tokens` */
const inEnglish = (value: number, noun: string): string =>
  `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;

export const nextSchema = v.object({
  text: v.string(),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 10),
  ...chainInput,
});

/** The default model and the chain for it, or what is wrong with what was asked of the chain. */
async function askedOf(
  { engine, library }: ToolServices,
  asked: Parameters<typeof chainOf>[0],
  signal: AbortSignal,
) {
  const source = await library.source(settings.defaultModel(), undefined);
  const model = await engine.load(source, signal);
  return { source, model, chain: chainOf(asked, settings.presets(), model.info.endOfText[0]) };
}

export async function next(
  services: ToolServices,
  { text, count, ...asked }: v.InferOutput<typeof nextSchema>,
  signal: AbortSignal,
): Promise<string> {
  const { source, model, chain } = await askedOf(services, asked, signal);
  if (typeof chain === 'string') return chain;
  const parameters = { ...nextTokenAfter(lastPart(withLf(text))), chain, listed: count };
  const { next: found, provenance } = await runExperiment(services.engine, 'explore', source, parameters, {
    signal,
  });
  if (!found) return 'It was stopped before it was done.';
  const { promptNotes, modelName } = provenance;
  const percent = (probability: number): string => percentInEnglish(Math.log(probability));
  const lines = found.rows.map(({ id, raw, processed, removedBy }) => {
    const after =
      chain.length === 0
        ? ''
        : removedBy === null
          ? `, ${percent(processed)} after`
          : `, removed by ${removedBy}`;
    return `${inQuotationMarks(tokenName(id, model))} (id ${id}): ${percent(raw)}${after}`;
  });
  const order =
    chain.length === 0 ? 'most probable first' : 'most probable first, before and after the samplers';
  return [
    ...promptNotes,
    `Next tokens according to ${inQuotationMarks(modelName)}, ${order} (· is a space):`,
    ...lines,
    ...(found.listed ? [listedSentence(found.listed, found.vocabularySize)] : []),
    ...(chain.length === 0 || found.listed?.within === false
      ? []
      : [
          `The samplers keep ${inEnglish(found.kept, 'token')} with ${percent(found.keptMass)} of the probability.`,
        ]),
    ...found.warnings,
  ].join('\n');
}

/** What an answer knows that lists only some tokens. */
function listedSentence(
  { tokens, mass, exact, off }: NonNullable<DistributionSummary['listed']>,
  vocabularySize: number,
): string {
  const percent = (probability: number): string => percentInEnglish(Math.log(probability));
  const after = exact
    ? ''
    : off === null
      ? ' By how much the probabilities after the samplers are off is not known.'
      : ` The probabilities after the samplers are off by at most ${percent(off)}.`;
  return `The model's server lists ${tokens} of ${inEnglish(vocabularySize, 'token')} with ${percent(mass)} of the probability.${after}`;
}

const MOST_SEED = 2 ** 32 - 1;
const MOST_STOPS = 16;

export const completeSchema = v.object({
  text: v.string(),
  ...chainInput,
  ...shapeInput,
  stop: v.optional(
    v.pipe(
      phrases('stop strings'),
      v.maxLength(MOST_STOPS, `There are more than ${MOST_STOPS} stop strings.`),
    ),
    [],
  ),
  maxNewTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 40),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_SEED))),
});

export async function complete(
  services: ToolServices,
  {
    text,
    stop,
    maxNewTokens,
    seed = randomInt(MOST_SEED + 1),
    ...asked
  }: v.InferOutput<typeof completeSchema>,
  signal: AbortSignal,
): Promise<string> {
  const { source, chain } = await askedOf(services, asked, signal);
  if (typeof chain === 'string') return chain;
  const parameters = {
    prompt: lastPart(withLf(text)),
    chain,
    greedy: false,
    seed,
    samples: 1,
    maxNewTokens,
    stop,
    healing: true,
  };
  const { completions, provenance } = await runExperiment(services.engine, 'explore', source, parameters, {
    signal,
  });
  const [completion] = completions;
  if (!completion) return 'It was stopped before it was done.';
  const { ids, logProbability, fitting, turns = [] } = completion;
  const cost = turns.length === 0 ? undefined : costOf(turns);
  const nats = (value: number): string => `${value.toPrecision(4)} nats`;
  return [
    ...provenance.promptNotes,
    `Continuation according to ${inQuotationMarks(provenance.modelName)}, seed ${seed}: ${JSON.stringify(completion.text)}`,
    `End: ${endWords(completion).label}. ${endWords(completion).about}`,
    `${inEnglish(ids.length, 'token')}, log-probability ${nats(logProbability)} before the samplers.`,
    ...(fitting === undefined
      ? []
      : [
          `What the shape cost: the tokens that could follow had together ${percentInEnglish(fitting)} of the probability, multiplied over the text (${nats(fitting)}).`,
        ]),
    ...(turns.length === 0
      ? []
      : [
          `The text went back ${inEnglish(turns.length, 'time')} over ${turns.map(({ phrase }) => JSON.stringify(phrase)).join(', ')}${typeof cost === 'number' ? `, which cost ${nats(cost)}` : ''}.`,
        ]),
  ].join('\n');
}
