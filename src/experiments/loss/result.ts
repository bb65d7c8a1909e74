/** Loss: how well a model predicts a text, as the book's chapter 5 measures it. */
import * as v from 'valibot';
import { float64Array, int32Array, resultFields } from '../kit/results';

const windowLossSchema = v.object({
  /** Place among the windows of its part, in the order of the text. */
  index: v.number(),
  /** UTF-16 offsets, in the whole text, of the tokens that are predicted. */
  start: v.number(),
  end: v.number(),
  /** Mean cross-entropy of its tokens, nats. */
  loss: v.number(),
  /** Number of its batch. */
  batch: v.number(),
});
export type WindowLoss = v.InferOutput<typeof windowLossSchema>;

const partLossSchema = v.object({
  characters: v.number(),
  tokens: v.number(),
  /** Windows that the text has. */
  windows: v.number(),
  /** Those of them that a last, not full batch of the training part loses. */
  droppedWindows: v.number(),
  /** Batches in all; a run that was stopped has fewer in `batchLosses`. */
  batches: v.number(),
  /** In the order of the batches, nats. */
  batchLosses: v.array(v.number()),
  /** Mean of `batchLosses`; null before the first batch. */
  loss: v.nullable(v.number()),
  /** exp(loss). */
  perplexity: v.nullable(v.number()),
  /** Cross-entropy in bits of the windows' tokens, over the characters that begin in these tokens. */
  bitsPerCharacter: v.nullable(v.number()),
  /** In the order of the text; those of finished batches. */
  windowLosses: v.array(windowLossSchema),
});
export type PartLoss = v.InferOutput<typeof partLossSchema>;

const publishedLossSchema = v.object({
  model: v.string(),
  /** Parameters of that model. */
  parameters: v.number(),
  training: v.number(),
  validation: v.number(),
  /** Whether the evaluated model has that size. */
  sameSize: v.boolean(),
});
/** Losses that were published for a text, to be drawn as reference lines. */
export type PublishedLoss = v.InferOutput<typeof publishedLossSchema>;

export const lossResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('loss'),
  training: partLossSchema,
  /** Null where the training ratio is 1. */
  validation: v.nullable(partLossSchema),
  /** Empty unless the text and the settings are those of the publication. */
  published: v.array(publishedLossSchema),
});
export type LossResult = v.InferOutput<typeof lossResultSchema>;

/** Sent for every window, so that its passage can be tinted. */
export const lossEventSchema = v.object({
  type: v.literal('window'),
  part: v.picklist(['training', 'validation']),
  window: windowLossSchema,
  /** Of each predicted token of the window: its id, and the natural log of its probability. */
  ids: int32Array,
  logProbabilities: float64Array,
  /** Windows done and windows in all, over both parts. */
  done: v.number(),
  total: v.number(),
});
export type LossEvent = v.InferOutput<typeof lossEventSchema>;
