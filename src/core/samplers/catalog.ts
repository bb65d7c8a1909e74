/** Every sampler there is, described as data. */
import { shownJson } from '../shownJson';
import { allowedTokens } from './allowedTokens';
import { adaptiveP } from './adaptiveP';
import { bannedPhrases } from './bannedPhrases';
import { bannedTokens } from './bannedTokens';
import { dry } from './dry';
import { dynamicTemperature } from './dynamicTemperature';
import { epsilon } from './epsilon';
import { eta } from './eta';
import { frequencyPenalty } from './frequencyPenalty';
import { jsonSchema } from './jsonSchema';
import { logitBias } from './logitBias';
import { minLength } from './minLength';
import { minP } from './minP';
import { mirostat1 } from './mirostat1';
import { mirostat2 } from './mirostat2';
import { noRepeatNgram } from './noRepeatNgram';
import { pLess } from './pLess';
import { presencePenalty } from './presencePenalty';
import { quadraticSmoothing } from './quadraticSmoothing';
import { regex } from './regex';
import { repetitionPenalty } from './repetitionPenalty';
import { tailFree } from './tailFree';
import { temperature } from './temperature';
import { topA } from './topA';
import { topH } from './topH';
import { topK } from './topK';
import { topNSigma } from './topNSigma';
import { topP } from './topP';
import { typical } from './typical';
import { xtc } from './xtc';
import type { SamplerDefinition, SpecOf } from './definition';
import { t } from '../../l10n/language';

const samplers = [
  temperature,
  dynamicTemperature,
  quadraticSmoothing,
  topK,
  topP,
  minP,
  topA,
  pLess,
  typical,
  epsilon,
  eta,
  topH,
  topNSigma,
  tailFree,
  xtc,
  mirostat1,
  mirostat2,
  adaptiveP,
  repetitionPenalty,
  presencePenalty,
  frequencyPenalty,
  dry,
  noRepeatNgram,
  logitBias,
  bannedTokens,
  bannedPhrases,
  allowedTokens,
  minLength,
  regex,
  jsonSchema,
] as const;

/** A sampler with its parameters, as plain JSON. */
export type SamplerSpec = SpecOfDefinition<(typeof samplers)[number]>;

type SpecOfDefinition<Definition> =
  Definition extends SamplerDefinition<infer Name, infer Parameters> ? SpecOf<Name, Parameters> : never;

export type SamplerName = SamplerSpec['sampler'];

/** All samplers, in the order in which a menu should offer them. */
export const catalog: readonly SamplerDefinition<SamplerName>[] = samplers;

/** @throws RangeError when no sampler has that name. */
export function definitionOf(name: unknown): SamplerDefinition<SamplerName> {
  const definition = catalog.find((candidate) => candidate.name === name);
  if (definition) return definition;
  const names = catalog.map((candidate) => candidate.name).join(', ');
  throw new RangeError(t('sampler is {0}; it must be one of {1}.', shownJson(name), names));
}
