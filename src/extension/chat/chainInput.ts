/** How a chat agent says what a text is to be continued by: a preset or samplers, and what may not or must come. */
import * as v from 'valibot';
import { chainOfPreset, type Presets } from '../../core/samplers/presets';
import type { ChainSpec } from '../../core/samplers/chain';
import { chainSchema } from '../../protocol/presets';

const MOST_PHRASES = 100;
const LONGEST_PHRASE = 200;

const phrase = v.pipe(
  v.string(),
  v.minLength(1, 'A text is empty; give it at least one character.'),
  v.maxLength(LONGEST_PHRASE, `A text is longer than ${LONGEST_PHRASE} characters.`),
);

export const phrases = (what: string): v.GenericSchema<unknown, string[]> =>
  v.pipe(
    v.array(phrase),
    v.maxLength(MOST_PHRASES, `There are more than ${MOST_PHRASES} ${what}; give fewer.`),
  );

/** Parts of a tool's input. */
export const chainInput = {
  preset: v.optional(v.string()),
  samplers: v.optional(chainSchema),
  banned: v.optional(phrases('banned texts'), []),
};

export const shapeInput = {
  expression: v.optional(v.string()),
  /** As JSON itself, or as a text of it. */
  schema: v.optional(v.union([v.string(), v.record(v.string(), v.unknown())])),
};

interface Asked {
  readonly preset?: string | undefined;
  readonly samplers?: ChainSpec | undefined;
  readonly banned: readonly string[];
  readonly expression?: string | undefined;
  readonly schema?: string | Readonly<Record<string, unknown>> | undefined;
}

/**
 * The chain that is asked for: what must not come and the shape act on what the model says, before the samplers.
 * @param endOfText the model's token that ends a text, where it has one.
 * @returns the chain, or in a sentence what is wrong: two things exclude each other, or a preset is unknown.
 */
export function chainOf(asked: Asked, presets: Presets, endOfText: number | undefined): ChainSpec | string {
  const { banned, expression, schema } = asked;
  if (expression !== undefined && schema !== undefined) {
    return 'There is both an expression and a schema; give one of them.';
  }
  const end = endOfText === undefined ? {} : { endOfText };
  const samplers = samplersOf(asked, presets);
  if (typeof samplers === 'string') return samplers;
  const written = typeof schema === 'object' ? JSON.stringify(schema) : schema;
  return [
    ...(banned.length > 0 ? [{ sampler: 'banned-phrases' as const, phrases: [...banned] }] : []),
    ...(expression === undefined ? [] : [{ sampler: 'regex' as const, expression, ...end }]),
    ...(written === undefined ? [] : [{ sampler: 'json-schema' as const, schema: written, ...end }]),
    ...samplers,
  ];
}

function samplersOf({ preset, samplers }: Asked, presets: Presets): ChainSpec | string {
  if (preset !== undefined && samplers !== undefined) {
    return 'There is both a preset and a list of samplers; give one of them.';
  }
  if (preset === undefined) return samplers ?? [];
  const found = Object.entries(presets).find(
    ([id, { name }]) => id === preset || name.toLowerCase() === preset.toLowerCase(),
  );
  return found
    ? chainOfPreset(found[1])
    : `There is no preset ${JSON.stringify(preset)}; the presets are ${Object.keys(presets).join(', ')}.`;
}
