/** Slots that several programs have. */
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import { written } from '../l10n/numbers';
import { t } from '../l10n/language';
import { shown, stepOf, type GivenSettings, type Json, type Key, type Slot } from './settings';

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
        given.problem(
          t('{0} is {1}; it must be from 0 to 1, so {2} is left out.', key, shown(value), sampler),
        );
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
    const { temperature } = stepOf(steps, 'temperature')!;
    return {
      settings: { temperature },
      notes: [
        ...(temperature > 0 && temperature < least
          ? [t('temperature: {0} raises {1} to {2}.', program, written(temperature), written(least))]
          : []),
        ...(temperature > 2
          ? [t('temperature: {0} takes temperatures up to 2, not {1}.', program, written(temperature))]
          : []),
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

/** What differs at a tie. @param ties what the program does with tokens that tie with the k-th. */
export const tiesNote = (program: string, ties: 'all' | 'exact'): string =>
  ties === 'all'
    ? t(
        'top-k: {0} keeps all tokens that tie with the k-th; here exactly k stay. This matters only at a tie.',
        program,
      )
    : t(
        'top-k: {0} keeps exactly k tokens; here all that tie with the k-th stay. This matters only at a tie.',
        program,
      );

/** @param ties what the program does with tokens that tie with the k-th. */
export function topKSlot(
  program: string,
  key: string,
  ties: 'all' | 'exact',
  own: Own & { readonly off?: number } = {},
): Slot {
  return {
    samplers: ['top-k'],
    keys: { [key]: { off: 0, ...own } },
    write: (steps) => {
      const { k, ties: here = 'all' } = stepOf(steps, 'top-k')!;
      return { settings: { [key]: k }, notes: here === ties ? [] : [tiesNote(program, ties)] };
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
    const note = t(
      "min-length: {0} holds back the model's end of text, {1}, not token {2}.",
      program,
      String(run.endOfText),
      String(held),
    );
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
    const note = t(
      'repetition-penalty: {0} looks at the whole text and the prompt, not at the last {1} tokens.',
      program,
      written(window),
    );
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
      Math.abs(penalty) > 2
        ? [t('{0}: {1} takes penalties from -2 to 2, not {2}.', sampler, program, String(penalty))]
        : [];
    return {
      settings: { [key]: penalty },
      notes: [
        ...range,
        window === 0
          ? t('{0}: in {1} only generated tokens count; here the prompt counts too.', sampler, program)
          : t(
              "{0}: in {1} only generated tokens count; here the last {2} tokens do, the prompt's too.",
              sampler,
              program,
              written(window),
            ),
      ],
    };
  },
  read: (given) => {
    const penalty = given.number(key);
    return penalty === undefined || penalty === 0 ? [] : [{ sampler, penalty }];
  },
});

/** The schema, as JSON; the sampler has checked that it is. */
export function schemaIn(steps: readonly SamplerSpec[]): Json {
  return JSON.parse(stepOf(steps, 'json-schema')!.schema) as Json;
}

/** Says that white space and what a schema leaves open follow the program's own rules. */
export const schemaNote = (program: string): string =>
  t(
    'json-schema: {0} has its own rules for white space, the order of properties and properties that are not named.',
    program,
  );

/** A schema as a step; a text is one that is written out. */
export function schemaStep(given: GivenSettings, value: Json): unknown {
  const schema = typeof value === 'string' ? value : JSON.stringify(value);
  return { sampler: 'json-schema', schema, ...endOfText(given) };
}

/** What may be left out where it is GPT-2's. */
export function endOfText(given: GivenSettings): { endOfText?: number } {
  return given.endOfText === 50256 ? {} : { endOfText: given.endOfText };
}
