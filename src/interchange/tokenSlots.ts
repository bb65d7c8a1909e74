/** Slots of tokens that are named one by one: by their ids, as other programs know them. */
import type { SamplerSpec } from '../core/samplers/catalog';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { isList, isObject, shown, stepOf, type GivenSettings, type Json, type Slot } from './settings';

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
    return t(
      '{0} is left out: it names tokens by text or pattern, and their ids are known only where a model is loaded.',
      sampler,
    );
  }
  if (ids.length > MOST_IDS) {
    return t(
      '{0} is left out: it names {1} tokens, and at most {2} are written.',
      sampler,
      written(ids.length),
      written(MOST_IDS),
    );
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
    const all = [
      ...summed(biases).map(([id, bias]) => [String(id), Math.min(100, Math.max(-100, bias))] as const),
      ...(typeof banned === 'string' ? [] : banned.map((id) => [String(id), -100] as const)),
    ];
    const cut = biases.some(([, bias]) => Math.abs(bias) >= 100);
    return {
      settings: all.length > 0 ? { [key]: Object.fromEntries(all) } : {},
      notes: [
        ...(cut
          ? [
              t(
                'logit-bias: {0} takes biases from -100 to 100; those beyond are cut, and -100 is a ban.',
                program,
              ),
            ]
          : []),
        ...(typeof banned === 'string' ? [banned] : []),
        ...(typeof banned !== 'string' && banned.length > 0
          ? [t('banned-tokens: {0} has a bias of -100 for them, which all but removes them.', program)]
          : []),
      ],
      left: typeof banned === 'string' ? ['banned-tokens'] : [],
    };
  },
  read: (given) => {
    const value = given.given(key);
    if (value === undefined || value === null) return [];
    if (!isObject(value)) {
      given.problem(t('{0} is {1}; it must be an object of biases by token id.', key, shown(value)));
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
    if (!isId(id)) given.problem(t('{0} names {1}; tokens are named by their ids here.', key, shown(name)));
    else if (bias === false || (typeof bias === 'number' && bias <= ban)) banned.push(id);
    else if (typeof bias === 'number' && Number.isFinite(bias)) biases.push([id, bias]);
    else given.problem(t('{0} of token {1} is {2}; it must be a number.', key, String(id), shown(bias)));
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
  given.problem(t('{0} is {1}; it is not a list that is understood here.', key, shown(value)));
  return undefined;
}
