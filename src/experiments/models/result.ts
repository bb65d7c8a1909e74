/** The values of the Models experiment: what goes in and what comes out, as plain JSON. */
import * as v from 'valibot';
import { modelServerSchema, resultFields, tokenSchema, type ProgressEvent } from '../kit/results';

/** A text of one model, as all models see it. Lists are by token. */
const comparedTextSchema = v.object({
  text: v.string(),
  ids: v.array(v.number()),
  tokens: v.array(v.string()),
  /** Model by model: probability of every token before any sampler. */
  probabilities: v.array(v.array(v.number())),
});
export type ComparedText = v.InferOutput<typeof comparedTextSchema>;

const trialMeasuresSchema = v.object({
  distinct1: v.number(),
  /** null where every text ended after one token. */
  distinct2: v.nullable(v.number()),
  /** 1 - product of (1 - rep-n) for n = 2 to 4, mean over the texts. */
  repetition: v.number(),
  /** As the chapter defines them, with texts for tokens. */
  diversity: v.number(),
  coherence: v.number(),
  /** null for fewer than two texts. */
  selfBleu: v.nullable(v.number()),
});
export type TrialMeasures = v.InferOutput<typeof trialMeasuresSchema>;

/** What a model wrote with one seed. */
const modelTrialSchema = v.object({
  /** Running this seed alone gives the same texts. */
  seed: v.number(),
  /** Sample i of every model draws with the same random numbers. */
  texts: v.array(comparedTextSchema),
  measures: trialMeasuresSchema,
  /** By the model whose texts of this trial are read: exp of the mean surprisal that this model has there. */
  perplexityOn: v.array(v.number()),
});

const comparedModelSchema = v.object({
  /** With its server's, where it runs on one. */
  name: v.string(),
  server: v.optional(modelServerSchema),
  fingerprint: v.string(),
  precision: v.string(),
  /** Number of parameters. */
  parameters: v.number(),
  /** Bytes of the weights in their files; null where there are none. */
  weightBytes: v.nullable(v.number()),
  /** While its texts were drawn. */
  tokensPerSecond: v.number(),
  /** Entropy of the next token in nats, before any sampler; null where its server lists only some tokens. */
  entropy: v.nullable(v.number()),
  /** As in `Provenance`, of its own texts. */
  drawnBy: v.optional(v.picklist(['server', 'here'])),
  notDrawnThere: v.optional(v.string()),
  /** What it would write greedily. */
  greedy: comparedTextSchema,
  trials: v.array(modelTrialSchema),
  /** null without a reference text. */
  reference: v.nullable(
    v.object({ tokens: v.number(), perplexity: v.number(), bitsPerCharacter: v.number() }),
  ),
});
export type ComparedModel = v.InferOutput<typeof comparedModelSchema>;

const pairSchema = v.object({
  /** Indices of the models. */
  first: v.number(),
  second: v.number(),
  /**
   * Of the next token: in nats, first from second, second from first, and Jensen and Shannon's; null where a server
   * lists only some tokens.
   */
  divergence: v.nullable(v.number()),
  reverse: v.nullable(v.number()),
  jensenShannon: v.nullable(v.number()),
  /** How many of the ten most probable tokens both have. */
  overlap: v.number(),
  /** Where their greedy texts part; null where they do not. */
  parts: v.nullable(v.object({ position: v.number(), firstToken: tokenSchema, secondToken: tokenSchema })),
});
export type ModelPair = v.InferOutput<typeof pairSchema>;

const memorySchema = v.object({
  models: v.array(
    v.object({
      /** Bytes that its weights and one full context are estimated to take. */
      needed: v.number(),
      /** Bytes by which the process has grown with it; null where that could not be told apart. */
      grown: v.nullable(v.number()),
    }),
  ),
  /** Why a model had to leave for another; null where all stayed. */
  turns: v.nullable(v.picklist(['memory', 'number'])),
});

export const modelsResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('models'),
  models: v.array(comparedModelSchema),
  pairs: v.array(pairSchema),
  /** The most probable next tokens of any model, with the probability that each gives them; null where not listed. */
  next: v.array(v.object({ token: tokenSchema, probabilities: v.array(v.nullable(v.number())) })),
  /** How the models were held in memory; null where nobody measured that. */
  memoryUse: v.nullable(memorySchema),
});
export type ModelsResult = v.InferOutput<typeof modelsResultSchema>;

export type ModelsEvent = ProgressEvent;
