/** Slots that several programs have. */
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import {
  isList,
  isObject,
  shown,
  stepOf,
  type GivenSettings,
  type Json,
  type Key,
  type Slot,
} from './settings';

/** What a number means nothing at, beside `off` itself: `top_k` 0 and -1 both keep every token. */
type IsOff = (value: number) => boolean;

/** Probabilities beyond these switch a sampler off in some programs, and are refused in others. */
const isProbability = (value: number): boolean => value >= 0 && value <= 1;

const atMost =
  (limit: number): IsOff =>
  (value) =>
    value <= limit;
const atLeast =
  (limit: number): IsOff =>
  (value) =>
    value >= limit;

/** Samplers whose number is one. */
const PROBABILITIES = new Set<SamplerName>(['top-p', 'min-p', 'typical', 'epsilon', 'eta']);

/** A sampler with one number, said by one key. */
function numberSlot(
  sampler: SamplerName,
  parameter: string,
  key: string,
  about: Key & { readonly off: number },
  isOff: IsOff = (value) => value === about.off,
): Slot {
  return {
    samplers: [sampler],
    keys: { [key]: about },
    write: ([step]) => ({ settings: { [key]: numberIn(step!, parameter) } }),
    read: (given) => {
      const value = given.number(key);
      if (value === undefined) return [];
      if (!isOff(value)) return [{ sampler, [parameter]: value }];
      if (PROBABILITIES.has(sampler) && !isProbability(value)) {
        given.problem(`${key} is ${shown(value)}; it must be from 0 to 1, so ${sampler} is left out.`);
      }
      return [];
    },
  };
}

function numberIn(step: SamplerSpec, parameter: string): number {
  return Number(new Map<string, unknown>(Object.entries(step)).get(parameter));
}

export type Own = Pick<Key, 'standard' | 'always'>;

export const temperatureSlot = (key: string, own: Own = {}): Slot =>
  numberSlot('temperature', 'temperature', key, { ...own, off: 1 });
/**
 * The temperature of servers with OpenAI's API, which goes up to 2.
 * @param least the server raises temperatures between 0 and this.
 */
export const serverTemperatureSlot = (program: string, least = 0): Slot => ({
  ...temperatureSlot('temperature', { always: true }),
  write: (steps) => {
    const { temperature: t } = stepOf(steps, 'temperature')!;
    return {
      settings: { temperature: t },
      notes: [
        ...(t > 0 && t < least ? [`temperature: ${program} raises ${t} to ${least}.`] : []),
        ...(t > 2 ? [`temperature: ${program} takes temperatures up to 2, not ${t}.`] : []),
      ],
    };
  },
});
export const topPSlot = (key: string, own: Own = {}): Slot =>
  numberSlot('top-p', 'p', key, { ...own, off: 1 }, atLeast(1));
export const minPSlot = (key: string, own: Own = {}): Slot =>
  numberSlot('min-p', 'p', key, { ...own, off: 0 }, atMost(0));
export const typicalSlot = (key: string, own: Own = {}): Slot =>
  numberSlot('typical', 'p', key, { ...own, off: 1 }, atLeast(1));
export const epsilonSlot = (key: string): Slot =>
  numberSlot('epsilon', 'epsilon', key, { off: 0 }, atMost(0));
export const etaSlot = (key: string): Slot => numberSlot('eta', 'eta', key, { off: 0 }, atMost(0));
export const topNSigmaSlot = (key: string): Slot =>
  numberSlot('top-n-sigma', 'n', key, { off: -1 }, atMost(0));
export const noRepeatNgramSlot = (key: string): Slot =>
  numberSlot('no-repeat-ngram', 'n', key, { off: 0 }, atMost(0));

/** @param ties what the program does with tokens that tie with the k-th. */
export function topKSlot(
  program: string,
  key: string,
  ties: 'all' | 'exact',
  own: Own & { readonly off?: number } = {},
): Slot {
  const words = ties === 'all' ? 'keeps all tokens that tie with the k-th' : 'keeps exactly k tokens';
  return {
    samplers: ['top-k'],
    keys: { [key]: { off: 0, ...own } },
    write: (steps) => {
      const { k, ties: here = 'all' } = stepOf(steps, 'top-k')!;
      const note = `top-k: ${program} ${words}; here ${here === 'all' ? 'all that tie with the k-th stay' : 'exactly k stay'}. This matters only at a tie.`;
      return { settings: { [key]: k }, notes: here === ties ? [] : [note] };
    },
    read: (given) => {
      const k = given.number(key);
      if (k === undefined || k <= 0) return [];
      return [{ sampler: 'top-k', k, ...(ties === 'exact' && { ties }) }];
    },
  };
}

/** The number of tokens that must come before the end of text. */
export const minLengthSlot = (program: string, key: string): Slot => ({
  samplers: ['min-length'],
  keys: { [key]: { off: 0 } },
  write: (steps, run) => {
    const { length, endOfText: held } = stepOf(steps, 'min-length')!;
    const note = `min-length: ${program} holds back the model's end of text, ${run.endOfText}, not token ${held}.`;
    return { settings: { [key]: length }, notes: held === run.endOfText ? [] : [note] };
  },
  read: (given) => {
    const length = given.number(key);
    if (length === undefined || length <= 0) return [];
    return [{ sampler: 'min-length', length, endOfText: given.endOfText }];
  },
});

/** A repetition penalty over the whole text, prompt included. */
export const repetitionPenaltySlot = (program: string, key: string, own: Own = {}): Slot => ({
  samplers: ['repetition-penalty'],
  keys: { [key]: { ...own, off: 1 } },
  write: (steps) => {
    const { penalty, window = 0 } = stepOf(steps, 'repetition-penalty')!;
    const note = `repetition-penalty: ${program} looks at the whole text and the prompt, not at the last ${window} tokens.`;
    return { settings: { [key]: penalty }, notes: window === 0 ? [] : [note] };
  },
  read: (given) => {
    const penalty = given.number(key);
    return penalty === undefined || penalty === 1 ? [] : [{ sampler: 'repetition-penalty', penalty }];
  },
});

/** Presence or frequency penalty where only tokens that were generated count. */
export const outputPenaltySlot = (
  program: string,
  sampler: 'presence-penalty' | 'frequency-penalty',
  key: string,
): Slot => ({
  samplers: [sampler],
  keys: { [key]: { off: 0 } },
  write: (steps) => {
    const { penalty, window = 0 } = stepOf(steps, sampler)!;
    const range =
      Math.abs(penalty) > 2 ? [`${sampler}: ${program} takes penalties from -2 to 2, not ${penalty}.`] : [];
    const counted =
      window === 0 ? 'here the prompt counts too' : `here the last ${window} tokens do, the prompt's too`;
    return {
      settings: { [key]: penalty },
      notes: [...range, `${sampler}: in ${program} only generated tokens count; ${counted}.`],
    };
  },
  read: (given) => {
    const penalty = given.number(key);
    return penalty === undefined || penalty === 0 ? [] : [{ sampler, penalty }];
  },
});

/** Ids of banned or allowed tokens; null where they are named by text or pattern and no vocabulary was at hand. */
export function idsOf(step: {
  readonly ids?: readonly number[];
  readonly texts?: readonly string[];
  readonly pattern?: string;
}): readonly number[] | null {
  return (step.texts ?? []).length > 0 || (step.pattern ?? '') !== '' ? null : (step.ids ?? []);
}

/** Most tokens that are written one by one. */
export const MOST_IDS = 1000;

/** The ids of a list of tokens as they can be written, or why they cannot. */
export function writtenIds(
  sampler: 'banned-tokens' | 'allowed-tokens',
  steps: readonly SamplerSpec[],
): readonly number[] | string {
  const ids = idsOf(stepOf(steps, sampler)!);
  if (ids === null) {
    return `${sampler} is left out: it names tokens by text or pattern, and their ids are known only where a model is loaded.`;
  }
  if (ids.length > MOST_IDS) {
    return `${sampler} is left out: it names ${ids.length} tokens, and at most ${MOST_IDS} are written.`;
  }
  return ids;
}

/** Tokens that may come, as a list of ids. */
export const allowedTokensSlot = (key: string): Slot => ({
  samplers: ['allowed-tokens'],
  keys: { [key]: {} },
  write: (steps) => {
    const ids = writtenIds('allowed-tokens', steps);
    return typeof ids === 'string'
      ? { settings: {}, notes: [ids], left: ['allowed-tokens'] }
      : { settings: { [key]: ids } };
  },
  read: (given) => {
    const ids = listOf(given, key, isId);
    return ids === undefined ? [] : [{ sampler: 'allowed-tokens', ids }];
  },
});

/**
 * Biases by token id in an object, as the OpenAI API has them: from -100 to 100, where -100 is a ban.
 */
export const biasObjectSlot = (program: string, key: string): Slot => ({
  samplers: ['logit-bias', 'banned-tokens'],
  keys: { [key]: {} },
  write: (steps) => {
    const biases = stepOf(steps, 'logit-bias')?.bias ?? [];
    const banned = stepOf(steps, 'banned-tokens') ? writtenIds('banned-tokens', steps) : [];
    const written = [
      ...summed(biases).map(([id, bias]) => [String(id), Math.min(100, Math.max(-100, bias))] as const),
      ...(typeof banned === 'string' ? [] : banned.map((id) => [String(id), -100] as const)),
    ];
    const cut = biases.some(([, bias]) => Math.abs(bias) >= 100);
    return {
      settings: written.length > 0 ? { [key]: Object.fromEntries(written) } : {},
      notes: [
        ...(cut
          ? [`logit-bias: ${program} takes biases from -100 to 100; those beyond are cut, and -100 is a ban.`]
          : []),
        ...(typeof banned === 'string' ? [banned] : []),
        ...(typeof banned !== 'string' && banned.length > 0
          ? [`banned-tokens: ${program} has a bias of -100 for them, which all but removes them.`]
          : []),
      ],
      left: typeof banned === 'string' ? ['banned-tokens'] : [],
    };
  },
  read: (given) => {
    const value = given.given(key);
    if (value === undefined || value === null) return [];
    if (!isObject(value)) {
      given.problem(`${key} is ${shown(value)}; it must be an object of biases by token id.`);
      return [];
    }
    return biasSteps(given, key, Object.entries(value));
  },
});

/** Steps of biases by token, of which those of -100 or less, and `false`, are bans. */
export function biasSteps(
  given: GivenSettings,
  key: string,
  entries: readonly (readonly [Json | undefined, Json | undefined])[],
  ban = -100,
): readonly unknown[] {
  const biases: [number, number][] = [];
  const banned: number[] = [];
  for (const [name, bias] of entries) {
    const id = typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : name;
    if (!isId(id)) given.problem(`${key} names ${shown(name)}; tokens are named by their ids here.`);
    else if (bias === false || (typeof bias === 'number' && bias <= ban)) banned.push(id);
    else if (typeof bias === 'number' && Number.isFinite(bias)) biases.push([id, bias]);
    else given.problem(`${key} of token ${id} is ${shown(bias)}; it must be a number.`);
  }
  return [
    ...(biases.length > 0 ? [{ sampler: 'logit-bias', bias: biases }] : []),
    ...(banned.length > 0 ? [{ sampler: 'banned-tokens', ids: banned }] : []),
  ];
}

/** Biases of equal tokens add up. */
export function summed(biases: readonly (readonly [number, number])[]): [number, number][] {
  const sums = new Map<number, number>();
  for (const [id, bias] of biases) sums.set(id, (sums.get(id) ?? 0) + bias);
  return [...sums];
}

export function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A list of one kind; undefined, with a sentence where it is given and is none. */
export function listOf<Entry extends Json>(
  given: GivenSettings,
  key: string,
  isEntry: (value: Json) => value is Entry,
): readonly Entry[] | undefined {
  const value = given.given(key);
  if (value === undefined || value === null) return undefined;
  if (isList(value) && value.every(isEntry)) return value;
  given.problem(`${key} is ${shown(value)}; it is not a list that is understood here.`);
  return undefined;
}

/** The schema, as JSON; the sampler has checked that it is. */
export function schemaIn(steps: readonly SamplerSpec[]): Json {
  return JSON.parse(stepOf(steps, 'json-schema')!.schema) as Json;
}

/** Says that white space and what a schema leaves open follow the program's own rules. */
export const schemaNote = (program: string): string =>
  `json-schema: ${program} has its own rules for white space, the order of properties and properties that are not named.`;

/** A schema as a step; a text is one that is written out. */
export function schemaStep(given: GivenSettings, value: Json): unknown {
  const schema = typeof value === 'string' ? value : JSON.stringify(value);
  return { sampler: 'json-schema', schema, ...endOfText(given) };
}

/** What may be left out where it is GPT-2's. */
export function endOfText(given: GivenSettings): { endOfText?: number } {
  return given.endOfText === 50256 ? {} : { endOfText: given.endOfText };
}
