/** How a sampler is declared: once, as data for people and programs, with a function that builds it. */
import type { ParameterDescription, ValuesOf } from './parameters';
import type { Sampler, SamplerContext } from './types';
import { t } from '../../l10n/language';

/** The programs in whose order a chain can be put. */
export type Program = 'huggingFace' | 'llamaCpp';

/** A sampler described for people, and for a settings panel to be generated from. */
export interface SamplerDescription<Parameters extends readonly ParameterDescription[]> {
  /** Name for people. */
  readonly label: string;
  /** Stands for the name where there is little room; without it the sampler's own name does. */
  readonly symbol?: string;
  /** One sentence: what it does. */
  readonly explanation: string;
  /** Its definition as a line of mathematics. */
  readonly formula: string;
  /** Where it comes from: authors, title, year. */
  readonly paper: string;
  readonly parameters: Parameters;
}

/** A sampler with its parameters, as plain JSON: what its declaration makes of them. */
export type SpecOf<Name extends string, Parameters extends readonly ParameterDescription[]> = ValuesOf<
  Parameters,
  { readonly sampler: Name }
>;

/** A kind of sampler: its description, and how to build one from a spec that has been checked against it. */
export interface SamplerDefinition<
  Name extends string = string,
  Parameters extends readonly ParameterDescription[] = readonly ParameterDescription[],
> {
  readonly name: Name;
  /**
   * Its place in the order of each program: the lower acts first, no two are equal, and the tens leave room between
   * two. A sampler that the program does not have stands beside those that are like it.
   */
  readonly rank: Readonly<Record<Program, number>>;
  readonly about: SamplerDescription<Parameters>;
  /** In words, what it does where it removes no token; only samplers that change probabilities themselves have it. */
  effect?(spec: SpecOf<Name, Parameters>): string;
  /** @throws RangeError when the spec does not fit the vocabulary. */
  create(spec: SpecOf<Name, Parameters>, context: SamplerContext): Sampler;
}

/** A definition with its name and its parameters as literal types, which its spec's type is made of. */
export function defineSampler<
  const Name extends string,
  const Parameters extends readonly ParameterDescription[],
>(definition: SamplerDefinition<Name, Parameters>): SamplerDefinition<Name, Parameters> {
  return definition;
}

/** The effect of samplers that make some tokens less probable and others more. */
export const reshapes = (): string => t('reshapes, removed no token');
