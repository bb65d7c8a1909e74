/** A program that draws tokens, declared by its keys: chains are written into its settings and read out of them. */
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import type { ChainSpec } from '../core/samplers/chain';
import type { GivenSettings, Settings, Slot } from './settings';

/** Keys of what a run has beside its chain; a program without one has no such thing. */
export interface RunKeys {
  readonly maxNewTokens: string;
  readonly seed?: string;
  readonly stop?: string;
  readonly samples?: string;
  readonly prompt?: string;
}

export interface Program {
  /** For people. */
  readonly name: string;
  /** In the order in which it applies them. */
  readonly slots: readonly Slot[];
  readonly runKeys: RunKeys;
  /** For samplers that it lacks: what comes nearest to them, a sentence. */
  readonly instead?: Partial<Readonly<Record<SamplerName, string>>>;
  /** What of its settings says nothing about drawing. */
  readonly aside: readonly string[];
  /** Where it applies samplers in an order of the user's, or leaves some out beside others. */
  readonly arrange?: Arrangement;
  /** The last word on settings that have been written. */
  readonly finish?: (settings: Settings) => Settings;
  /** The last word on a chain that has been read. */
  readonly afterReading?: (chain: ChainSpec) => ChainSpec;
}

export interface Arrangement {
  /** Which steps of those that it has act beside each other. */
  readonly chosen?: (steps: readonly SamplerSpec[]) => Choice;
  /** Further settings for steps in their order, and the order in which the program will apply them. */
  readonly write: (steps: readonly SamplerSpec[]) => {
    readonly settings: Settings;
    readonly order: readonly SamplerName[];
  };
  /** The steps that were read as the settings arrange them. */
  readonly read: (steps: readonly SamplerSpec[], given: GivenSettings) => readonly SamplerSpec[];
}

interface Choice {
  readonly steps: readonly SamplerSpec[];
  readonly notes: readonly string[];
}
