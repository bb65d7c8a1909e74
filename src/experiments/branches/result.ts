/** The values of the Branches experiment: what goes in and what comes out, as plain JSON. */
import * as v from 'valibot';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';

const nodeSchema = v.object({
  /** Index of the node before it; -1 for the root, which is the end of the prompt and has no token. */
  parent: v.number(),
  token: tokenSchema,
  /** Natural log of the probability of the token after all that stands before it; 0 for the root. */
  logProbability: v.number(),
  /** Among all tokens at its place, 0 = most probable. */
  rank: v.number(),
  /** Sum of the log-probabilities from the root. */
  total: v.number(),
  /** How it came into the tree: as part of the start, by a user's way, or as an alternative beside these. */
  origin: v.picklist(['root', 'start', 'taken', 'alternative']),
  pinned: v.boolean(),
  /** Entropy in nats of what comes after it; null where that was not read. */
  entropy: v.nullable(v.number()),
  /** True where its most probable alternatives are in the tree. */
  expanded: v.boolean(),
  /** What may come after it and is not in the tree; null where nothing after it is. */
  rest: v.nullable(v.object({ tokens: v.number(), mass: v.number() })),
  /** It is the model's end-of-text token. */
  end: v.boolean(),
});
export type BranchNode = v.InferOutput<typeof nodeSchema>;

const exactSchema = v.object({
  /** Tokens that were asked for; an end-of-text token ends a continuation earlier. */
  length: v.number(),
  continuations: v.array(
    v.object({
      ids: v.array(v.number()),
      text: v.string(),
      logProbability: v.number(),
      /** True where nothing can be more probable than it that stands below it or is not listed. */
      proven: v.boolean(),
    }),
  ),
  /** No continuation that is not proven is more probable than exp(bound); null where none is left. */
  bound: v.nullable(v.number()),
  /** Beginnings that were read. */
  read: v.number(),
  /** What greedy search finds, for comparison. */
  greedy: v.object({ ids: v.array(v.number()), text: v.string(), logProbability: v.number() }),
});

export type ExactRecord = v.InferOutput<typeof exactSchema>;

const candidateSchema = v.object({
  /** Which beam of the step before it continues, from 0, best first. */
  beam: v.number(),
  token: tokenSchema,
  ids: v.array(v.number()),
  logProbability: v.number(),
  /** Sum of the log-probabilities: what beams are ranked by. */
  total: v.number(),
  /** Whether it lives on, has ended as one of the step's best, or was dropped. */
  fate: v.picklist(['kept', 'finished', 'dropped']),
});
export type BeamCandidate = v.InferOutput<typeof candidateSchema>;

const beamSchema = v.object({
  /** The candidates of every step, best first: twice as many as there are beams. */
  steps: v.array(v.array(candidateSchema)),
  results: v.array(
    v.object({
      ids: v.array(v.number()),
      text: v.string(),
      logProbability: v.number(),
      /** The sum divided by length^penalty. */
      score: v.number(),
      end: v.picklist(['length', 'end of text', 'stop string', 'stopped']),
    }),
  ),
});
export type BeamRecord = v.InferOutput<typeof beamSchema>;

export const branchesResultSchema = v.object({
  experiment: v.literal('branches'),
  ...resultFields,
  /** The prompt for people; of a long one its last part, after `…`. Empty where the prompt is. */
  promptEnd: v.string(),
  /** Parents before their children; siblings that are pinned first, then by rank. */
  nodes: v.array(nodeSchema),
  exact: v.nullable(exactSchema),
  beam: v.nullable(beamSchema),
  /** Samples from answers that list only some tokens, where these were not enough. */
  sampled: v.optional(
    v.object({
      /** Paths that ended because the token that was drawn is not listed. */
      unlisted: v.number(),
      /** The most by which a probability that a token was drawn with may be off; null: not known. */
      off: v.nullable(v.number()),
    }),
  ),
});
export type BranchesResult = v.InferOutput<typeof branchesResultSchema>;

export type BranchesEvent = ProgressEvent;
