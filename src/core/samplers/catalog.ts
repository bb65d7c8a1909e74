/** Every sampler there is, described as data. */
import { show } from './parameters';
import { temperature, type TemperatureSpec } from './temperature';
import { topK, type TopKSpec } from './topK';
import { topP, type TopPSpec } from './topP';
import type { SamplerDefinition } from './types';

/** A sampler with its parameters, as plain JSON. */
export type SamplerSpec = TemperatureSpec | TopKSpec | TopPSpec;

export type SamplerName = SamplerSpec['sampler'];

/** All samplers, in the order in which a menu should offer them. */
export const catalog: readonly SamplerDefinition<SamplerSpec>[] = [temperature, topK, topP];

/** @throws RangeError when no sampler has that name. */
export function definitionOf(name: unknown): SamplerDefinition<SamplerSpec> {
  const definition = catalog.find((candidate) => candidate.name === name);
  if (definition) return definition;
  const names = catalog.map((candidate) => candidate.name).join(', ');
  throw new RangeError(`sampler is ${show(name)}; it must be one of ${names}.`);
}
