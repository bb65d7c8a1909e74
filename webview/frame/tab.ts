import type { TemplateResult, nothing } from 'lit';
import type { Saved } from '../../src/protocol/messages';
import type { ListedPreset } from '../../src/protocol/presets';
import type { Host } from '../host';
import type { Slide } from './presentation';
import type { RunQueue } from './queue';
import type { Session } from './session';

/** What a tab is given by the page. */
export interface TabContext {
  readonly host: Host;
  readonly session: Session;
  /** Where runs wait for each other. */
  readonly queue: RunQueue;
  /** Open the editor of the prompt. */
  readonly editPrompt: () => void;
  /** Choose a model by its id. @param quietly the tab is not told, which might run it */
  readonly chooseModel: (id: string, quietly?: boolean) => void;
  /** Explores another prompt than the one handed over; the user can go back. The place says what it is. */
  readonly changePrompt: (text: string, place: string) => void;
  readonly hasTab: (id: string) => boolean;
  /** Opens another tab with parameters filled in, and runs it if `run`. */
  readonly openTab: (id: string, parameters: unknown, run: boolean) => void;
  /** Shows the active tab's result large, one picture at a time. */
  readonly present: () => void;
  /** Says a sentence to screen readers. */
  readonly announce: (sentence: string) => void;
}

/**
 * One experiment's part of the page. What it draws and what it keeps it reads from signals: the page is drawn again,
 * and its state stored, when one of those changes.
 */
export interface Tab {
  readonly id: string;
  readonly title: string;
  /** What stands under the tabs. */
  body(): TemplateResult;
  /** What it puts over the body of another tab, the one in front. */
  strip?(active: Tab): TemplateResult | typeof nothing;
  /** What went wrong or was broken off; stands above the footer, where it moves nothing. */
  message(): TemplateResult | typeof nothing;
  /** What produced the result on screen. */
  footer(): TemplateResult | typeof nothing;
  /** Its result for a room: none while there is none. */
  slides?(): readonly Slide[];
  /** What a card says about the thing with this `data-card` reference; null for references of others. */
  card(kind: string, rest: readonly string[]): TemplateResult | null;
  /** What its chain can do with a token of the chosen model, for the cards of the prompt's tokens. */
  tokenActions?(id: number): TemplateResult | typeof nothing;
  /** Whether it shows something of what it was asked last. */
  isAnswered?(): boolean;
  /** Runs the experiment, for example because Ctrl+Enter was pressed. */
  run(): void;
  /** Stops what runs; false when nothing does. */
  stop(): boolean;
  /** Takes a key of the page, pressed alone; false where it means nothing here. */
  key?(event: KeyboardEvent): boolean;
  /** Explores with a preset; only the tab that has a sampler chain does. */
  takePreset?(preset: ListedPreset): void;
  /** A model was left for another one. */
  modelLeft?(model: string): void;
  /** Another model was chosen while this tab was in front. */
  modelChanged?(): void;
  /** The chosen model's vocabulary and limits have arrived. */
  modelLoaded?(): void;
  /** Something the page asked for outside of a run failed. @param retry asks for it again */
  failed(error: unknown, retry?: () => void): void;
  /** Takes its result off the screen. */
  clear?(): void;
  /** Fills the controls from parameters, or shows a saved result, because the extension asked for it. */
  open?(request: OpenRequest): void;
  /**
   * Reads what is worth keeping; what it returns makes plain JSON of that. The inverse ignores what it does not know.
   */
  save(): () => unknown;
  restore(saved: unknown): void;
}

export interface OpenRequest {
  readonly parameters?: unknown;
  readonly entry?: Saved | undefined;
  /** What to compare it with. */
  readonly earlier?: Saved | undefined;
  /** Whether to run it once more. */
  readonly replay?: boolean | undefined;
}

export type TabFactory = (context: TabContext) => Tab;
