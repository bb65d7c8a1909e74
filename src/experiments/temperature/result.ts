/** Temperature: how often a text comes next, at every temperature. */
import * as v from 'valibot';
import { resultFields, tokenSchema, type ProgressEvent } from '../kit/results';
import { tenDrawsSchema } from '../kit/tenDraws';

export type TemperatureEvent = ProgressEvent;

/** One row of `print_sampled_tokens`: a token, or the last row: all others together. */
const drawnTokenSchema = v.object({
  /** null for all other tokens together. */
  token: v.nullable(tokenSchema),
  probability: v.number(),
  count: v.number(),
  /** Wilson 95 % interval of the frequency. */
  low: v.number(),
  high: v.number(),
});

const temperatureRowSchema = v.object({
  temperature: v.number(),
  /** Exact probability of the target. */
  probability: v.number(),
  /** Probability of ways to write the target that were not read: it is too low by at most this. */
  unexplored: v.number(),
  /** Draws done, and how many of them gave the target. */
  draws: v.number(),
  count: v.number(),
  /** Wilson 95 % interval of the frequency count / draws; from 0 to 1 without draws. */
  low: v.number(),
  high: v.number(),
  /** Counts between which 95 of 100 such runs fall, exactly. */
  expectedLow: v.number(),
  expectedHigh: v.number(),
  /** Of the distribution of the next token, in nats. */
  entropy: v.number(),
  tenDraws: tenDrawsSchema,
  /** Probability of deviations at least as large in an honest sample, by a chi-square test; null without draws. */
  fit: v.nullable(v.number()),
  tokens: v.array(drawnTokenSchema),
});
export type TemperatureRow = v.InferOutput<typeof temperatureRowSchema>;

/** A probability that is known to lie between these; both are the same where it is exact. */
const limitFields = { least: v.number(), most: v.number() };

const listedRowSchema = v.object({
  temperature: v.number(),
  /** Of the target, written in its own tokens. */
  ...limitFields,
  /** Draws done, 0 where nothing could be drawn, and how many of them gave the target. */
  draws: v.number(),
  count: v.number(),
  /** Wilson 95 % interval of the frequency count / draws; from 0 to 1 without draws. */
  low: v.number(),
  high: v.number(),
  /** Counts between which 95 of 100 such runs fall, for the least and the greatest probability. */
  expectedLow: v.number(),
  expectedHigh: v.number(),
  /** As in `temperatureRowSchema`. */
  tokens: v.array(
    v.object({
      token: v.nullable(tokenSchema),
      ...limitFields,
      count: v.number(),
      low: v.number(),
      high: v.number(),
    }),
  ),
});
export type ListedRow = v.InferOutput<typeof listedRowSchema>;

const listedSchema = v.object({
  /** In ascending order of temperature. */
  rows: v.array(listedRowSchema),
  /** Tokens of the target that are not listed: they were scored with the text. */
  scored: v.number(),
  /** Where the server draws at some temperatures and not at these, and why, as a sentence. */
  refused: v.optional(v.object({ temperatures: v.array(v.number()), reason: v.string() })),
  /** The target on a fine grid of temperatures. */
  curve: v.object({
    temperatures: v.array(v.number()),
    least: v.array(v.number()),
    most: v.array(v.number()),
  }),
});
export type ListedTemperature = v.InferOutput<typeof listedSchema>;

const chapterRowSchema = v.object({
  temperature: v.number(),
  /** As printed in the chapter, and of how many draws. */
  printed: v.number(),
  draws: v.number(),
  probability: v.number(),
  low: v.number(),
  high: v.number(),
  inside: v.boolean(),
});
export type ChapterRow = v.InferOutput<typeof chapterRowSchema>;

export const temperatureResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('temperature'),
  /** With its leading space, where it has one. */
  target: v.string(),
  /** Whether the target is the most probable token, for want of another; absent where one was given. */
  mostProbable: v.optional(v.literal(true)),
  /** Whether all temperatures used the same random numbers; absent in results of earlier versions, which did. */
  commonRandomNumbers: v.optional(v.boolean()),
  vocabularySize: v.number(),
  /** In ascending order of temperature; those not reached before a stop are missing. */
  rows: v.array(temperatureRowSchema),
  /** The same exact values on a fine grid of temperatures. */
  curve: v.object({
    temperatures: v.array(v.number()),
    target: v.array(v.number()),
    entropy: v.array(v.number()),
    tokens: v.array(v.object({ token: tokenSchema, probabilities: v.array(v.number()) })),
  }),
  /** T -> 0: the best tokens share everything; T -> infinity: all tokens alike. */
  limits: v.object({
    zero: v.object({ probability: v.number(), entropy: v.number(), best: v.array(tokenSchema) }),
    infinity: v.object({ probability: v.number(), entropy: v.number() }),
  }),
  /** Ways to write the target, most probable at temperature 1 first, and their probabilities there. */
  ways: v.array(v.object({ tokens: v.array(tokenSchema), probability: v.number() })),
  /** Number of all ways, of which `ways` lists the first. */
  wayCount: v.number(),
  /** The chapter's printed frequencies, where the target and the vocabulary are the chapter's. */
  chapter: v.nullable(v.array(chapterRowSchema)),
  /**
   * Where the model's server lists only some tokens. It stands in place of `rows` and `curve`, which are empty then, and
   * `ways` holds the one way that is counted: the tokenizer's own.
   */
  listed: v.optional(listedSchema),
});
export type TemperatureResult = v.InferOutput<typeof temperatureResultSchema>;
