/** Settings of other programs as data: their keys, and how samplers are said by them. */
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import { t } from '../l10n/language';
import type { Run } from './run';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** By the program's keys, in the order in which they should be written. */
export type Settings = Readonly<Record<string, Json>>;

/** A key of a program. */
export interface Key {
  /** The value at which it changes nothing; written where the chain does not ask for anything else. */
  readonly off?: Json;
  /** What the program takes where the key is left out; `off` where this is. */
  readonly standard?: Json;
  /** Written even where the program's own value changes nothing: the model's files may have another one. */
  readonly always?: true;
}

export interface Written {
  readonly settings: Settings;
  /** Sentences, each naming its sampler: what will differ. */
  readonly notes?: readonly string[];
  /** Samplers that could not be said after all; a note names each. */
  readonly left?: readonly SamplerName[];
}

/** Some keys of a program that belong together, and the samplers that they say. */
export interface Slot {
  /** In the order in which the program applies them. */
  readonly samplers: readonly SamplerName[];
  readonly keys: Readonly<Record<string, Key>>;
  /** @param steps at least one step, of its samplers, each at most once. */
  readonly write: (steps: readonly SamplerSpec[], run: Run) => Written;
  /** Samplers as a chain has them, unchecked; none where the keys change nothing. */
  readonly read: (given: GivenSettings) => readonly unknown[];
}

/** Settings that are read: each key that is asked for counts as understood. */
export interface GivenSettings {
  /** The value given, or the program's own, which is then told as assumed. */
  value(key: string): Json | undefined;
  /** The same as a number; a value that is none is told and left out. */
  number(key: string): number | undefined;
  /** The value given, if there is one; nothing is assumed. */
  given(key: string): Json | undefined;
  /** Says what of the settings was not understood. */
  problem(sentence: string): void;
  /** The model's token that ends a text. */
  readonly endOfText: number;
}

type SpecNamed<Name extends SamplerName> = Extract<SamplerSpec, { readonly sampler: Name }>;

/** The step of a kind, if there is one. */
export function stepOf<Name extends SamplerName>(
  steps: readonly SamplerSpec[],
  name: Name,
): SpecNamed<Name> | undefined {
  return steps.find((step): step is SpecNamed<Name> => step.sampler === name);
}

/** TypeScript takes a read-only list for any, or for none, otherwise. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** A value as a sentence shows it. A number may be too large: JSON has no word for it, but `1e400` can be read. */
export function shown(value: Json | undefined): string {
  const isInfinite = typeof value === 'number' && !Number.isFinite(value);
  const text = value === undefined ? t('missing') : isInfinite ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
