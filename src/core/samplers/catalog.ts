/** Every sampler there is, described as data. */
import { allowedTokens, type AllowedTokensSpec } from './allowedTokens';
import { bannedTokens, type BannedTokensSpec } from './bannedTokens';
import { dry, type DrySpec } from './dry';
import { dynamicTemperature, type DynamicTemperatureSpec } from './dynamicTemperature';
import { epsilon, type EpsilonSpec } from './epsilon';
import { eta, type EtaSpec } from './eta';
import { frequencyPenalty, type FrequencyPenaltySpec } from './frequencyPenalty';
import { logitBias, type LogitBiasSpec } from './logitBias';
import { minLength, type MinLengthSpec } from './minLength';
import { minP, type MinPSpec } from './minP';
import { mirostat1, type Mirostat1Spec } from './mirostat1';
import { mirostat2, type Mirostat2Spec } from './mirostat2';
import { noRepeatNgram, type NoRepeatNgramSpec } from './noRepeatNgram';
import { presencePenalty, type PresencePenaltySpec } from './presencePenalty';
import { repetitionPenalty, type RepetitionPenaltySpec } from './repetitionPenalty';
import { tailFree, type TailFreeSpec } from './tailFree';
import { temperature, type TemperatureSpec } from './temperature';
import { topH, type TopHSpec } from './topH';
import { topK, type TopKSpec } from './topK';
import { topNSigma, type TopNSigmaSpec } from './topNSigma';
import { topP, type TopPSpec } from './topP';
import { typical, type TypicalSpec } from './typical';
import { xtc, type XtcSpec } from './xtc';
import { show } from './parameters';
import type { SamplerDefinition } from './types';

/** A sampler with its parameters, as plain JSON. */
export type SamplerSpec =
  | TemperatureSpec
  | DynamicTemperatureSpec
  | TopKSpec
  | TopPSpec
  | MinPSpec
  | TypicalSpec
  | EpsilonSpec
  | EtaSpec
  | TopHSpec
  | TopNSigmaSpec
  | TailFreeSpec
  | XtcSpec
  | Mirostat1Spec
  | Mirostat2Spec
  | RepetitionPenaltySpec
  | PresencePenaltySpec
  | FrequencyPenaltySpec
  | DrySpec
  | NoRepeatNgramSpec
  | LogitBiasSpec
  | BannedTokensSpec
  | AllowedTokensSpec
  | MinLengthSpec;

export type SamplerName = SamplerSpec['sampler'];

/** All samplers, in the order in which a menu should offer them. */
export const catalog: readonly SamplerDefinition<SamplerSpec>[] = [
  temperature,
  dynamicTemperature,
  topK,
  topP,
  minP,
  typical,
  epsilon,
  eta,
  topH,
  topNSigma,
  tailFree,
  xtc,
  mirostat1,
  mirostat2,
  repetitionPenalty,
  presencePenalty,
  frequencyPenalty,
  dry,
  noRepeatNgram,
  logitBias,
  bannedTokens,
  allowedTokens,
  minLength,
];

/** @throws RangeError when no sampler has that name. */
export function definitionOf(name: unknown): SamplerDefinition<SamplerSpec> {
  const definition = catalog.find((candidate) => candidate.name === name);
  if (definition) return definition;
  const names = catalog.map((candidate) => candidate.name).join(', ');
  throw new RangeError(`sampler is ${show(name)}; it must be one of ${names}.`);
}
