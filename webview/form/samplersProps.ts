/** What the controls of a sampler chain show, and what they tell. */
import type { nothing, TemplateResult } from 'lit';
import type { Vocabulary } from '../../src/core/languageModel';
import type { SamplerName } from '../../src/core/samplers/chain';
import type { ListedPreset } from '../../src/protocol/presets';
import type { ChainForm, FieldName } from './chainForm';
import type { Order, SamplerStep } from './samplerSteps';

/** Probabilities of the next token, of those that are asked for: what the model gives them and what the chain leaves. */
export type ProbabilitiesOf = (
  ids: readonly number[],
) => ReadonlyMap<number, { readonly raw: number; readonly processed: number }>;

/** Buttons, and what they have opened below them. */
export interface ExchangeViews {
  readonly buttons: TemplateResult;
  readonly panel: TemplateResult | typeof nothing;
}

export interface SamplersProps {
  readonly form: ChainForm;
  readonly presets: readonly ListedPreset[];
  /** Id of the preset that was taken last. */
  readonly preset: string | null;
  /** Why the chain cannot be saved as a preset; null where it can. */
  readonly unsaved: string | null;
  /** What every step does to the distribution on screen; empty without one. */
  readonly deeds: readonly string[];
  /** How many tokens each order would keep, by its name; none without a distribution. */
  readonly keptInOrder: Readonly<Record<string, number>>;
  /** Why the chain does not fit the model, or null. */
  readonly problem: string | null;
  /** The tokens of the chosen model; undefined while they are not known. */
  readonly vocabulary: Vocabulary | undefined;
  /** Knows none where no distribution is on screen. */
  readonly probabilities: ProbabilitiesOf;
  /** What is typed to find tokens by, by the field of their list. */
  readonly words: Readonly<Partial<Record<FieldName, string>>>;
  readonly menuOpen: boolean;
  /** Keys of the steps whose optional parameters are shown. */
  readonly opened: ReadonlySet<string>;
  readonly onPreset: (preset: ListedPreset) => void;
  readonly onSavePreset: () => void;
  /** Copying the chain to other programs and pasting it from there, where the tab has it. */
  readonly exchange?: ExchangeViews | undefined;
  /** What else the tab offers to do with the chain. */
  readonly beside?: TemplateResult | undefined;
  readonly onType: (name: FieldName, text: string) => void;
  /** What was typed is to be read now. */
  readonly onTyped: () => void;
  readonly onSlide: (name: FieldName, value: number | null) => void;
  readonly onWord: (name: FieldName, word: string) => void;
  readonly onList: (name: FieldName, list: readonly unknown[]) => void;
  /** The model's tokens are asked for. */
  readonly onTokens: () => void;
  /** A phrase of several tokens is to be banned as a whole; it was typed in the field of a list of tokens. */
  readonly onBanPhrase: (from: FieldName, phrase: string) => void;
  /** A phrase of a step is to be banned only where no letter follows. */
  readonly onWholeWord: (step: SamplerStep, phrase: string) => void;
  readonly onSteps: (steps: readonly SamplerStep[]) => void;
  readonly onOrder: (order: Order) => void;
  readonly onAdd: (sampler: SamplerName) => void;
  readonly onMove: (key: string, by: -1 | 1) => void;
  readonly onMenu: (open: boolean) => void;
  readonly onOptions: (key: string) => void;
}
