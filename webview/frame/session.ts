/** What all tabs share: the models, the prompt, and the vocabularies that have been loaded. All of it is followed. */
import { signal } from '@preact/signals-core';
import type { ModelChoice, PromptSource, Toy } from '../../src/protocol/messages';
import { builtInPresets } from '../../src/core/samplers/presets';
import type { ListedPreset } from '../../src/protocol/presets';
import type { Host, LoadedModel } from '../host';
import { draftOf, readDraft, type ToyDraft } from '../form/toyDraft';
import type { KnownServer } from './serverView';

export const TOY = 'toy';

export type EngineState = 'stopped' | 'starting' | 'ready' | 'failed';

/** A prompt's tokens, as the engine reported them for a source and a model. */
export interface PromptTokensOf {
  readonly source: PromptSource;
  readonly model: string;
  readonly toy: Toy | undefined;
  readonly ids: ArrayLike<number>;
  readonly truncated: boolean;
  readonly notes: readonly string[];
}

/** Whether two sources are the same text at the same place. */
export function samePrompt(a: PromptSource, b: PromptSource): boolean {
  return a.text === b.text && a.document === b.document && a.place === b.place && a.kind === b.kind;
}

export class Session {
  readonly #models = signal<readonly ModelChoice[]>([]);
  readonly #welcomed = signal(false);
  readonly #presets = signal<readonly ListedPreset[]>(
    Object.entries(builtInPresets).map(([id, preset]) => ({
      id,
      ...preset,
      chain: preset.chain,
      off: [...preset.off],
    })),
  );
  readonly #engine = signal<EngineState>('stopped');
  readonly #model = signal('');
  readonly #source = signal<PromptSource | null>(null);
  readonly #sourceInDocument = signal<PromptSource | null>(null);
  readonly #before = signal<PromptSource | null>(null);
  /** Of the prompt by one model and another: going back to a model finds them again. */
  readonly #tokens = signal<readonly PromptTokensOf[]>([]);
  readonly #toyDraft = signal<ToyDraft>([]);
  readonly #host: Host;
  readonly #loaded = signal<ReadonlyMap<string, LoadedModel>>(new Map());
  /** Models that could not be loaded when that was tried last. */
  readonly #failed = signal<ReadonlySet<string>>(new Set());
  readonly #loading = new Map<string, Promise<LoadedModel>>();
  /** Models of toys that results were made with. */
  readonly #toys = new WeakMap<Toy, LoadedModel>();
  #lastToy: Extract<ReturnType<typeof readDraft>, { toy: Toy }> | undefined;
  #toy: { readonly draft: ToyDraft; readonly read: ReturnType<typeof readDraft> } | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Models to choose from; empty until the extension's welcome. */
  get models(): readonly ModelChoice[] {
    return this.#models.value;
  }

  /** The built-in presets, and the user's own once the extension has told them. */
  get presets(): readonly ListedPreset[] {
    return this.#presets.value;
  }

  set presets(presets: readonly ListedPreset[]) {
    this.#presets.value = presets;
  }

  get welcomed(): boolean {
    return this.#welcomed.value;
  }

  get engine(): EngineState {
    return this.#engine.value;
  }

  set engine(state: EngineState) {
    this.#engine.value = state;
  }

  /** The chosen model's id; empty until the welcome. */
  get model(): string {
    return this.#model.value;
  }

  set model(id: string) {
    this.#model.value = id;
  }

  get source(): PromptSource | null {
    return this.#source.value;
  }

  set source(source: PromptSource | null) {
    this.#source.value = source;
  }

  /** The last source that the extension handed over: the one that it can insert text at. */
  get sourceInDocument(): PromptSource | null {
    return this.#sourceInDocument.value;
  }

  set sourceInDocument(source: PromptSource | null) {
    this.#sourceInDocument.value = source;
  }

  /** The prompt that the present one was made from by `changePrompt`; null where it was not. */
  get before(): PromptSource | null {
    return this.#before.value;
  }

  set before(source: PromptSource | null) {
    this.#before.value = source;
  }

  get toyDraft(): ToyDraft {
    return this.#toyDraft.value;
  }

  set toyDraft(draft: ToyDraft) {
    this.#toyDraft.value = draft;
  }

  get isToy(): boolean {
    return this.model === TOY;
  }

  get choice(): ModelChoice | undefined {
    return this.models.find(({ id }) => id === this.model);
  }

  /** Where the chosen model runs, if not on this machine. */
  get server(): KnownServer | undefined {
    return this.serverOf(this.model);
  }

  /** Where a model runs, if not on this machine: all that is known of it once it is loaded. */
  serverOf(model: string): KnownServer | undefined {
    return this.#loaded.value.get(model)?.info.server ?? this.models.find(({ id }) => id === model)?.server;
  }

  welcome(models: readonly ModelChoice[], defaultModel: string, toy: Toy): void {
    this.#models.value = models;
    // A draft that was kept half edited has a toy that made sense behind it all the same.
    const draft = this.toyDraft;
    this.toyDraft = draftOf(toy);
    this.readToy();
    if (draft.length > 0) this.toyDraft = draft;
    if (!models.some(({ id }) => id === this.model)) this.model = defaultModel;
    this.#welcomed.value = true;
  }

  /** The present prompt's tokens by the chosen model; null while they are not known. */
  get tokens(): PromptTokensOf | null {
    const { source } = this;
    const own = this.#withAnyWeights(this.model);
    return (
      this.#tokens.value.find(
        (tokens) => tokens.source === source && this.#withAnyWeights(tokens.model) === own,
      ) ?? null
    );
  }

  /** Takes a prompt's tokens by a model. */
  takeTokens(tokens: PromptTokensOf): void {
    const { source, model } = tokens;
    const others = this.#tokens.peek().filter((other) => other.source === source && other.model !== model);
    this.#tokens.value = [tokens, ...others];
  }

  /** Id of the model that a choice is a form of: its weights do not matter to its tokens. */
  #withAnyWeights(id: string): string {
    return this.models.find((choice) => choice.id === id)?.variant?.of ?? id;
  }

  /** Replaces the prompt by one typed in the page. */
  typePrompt(text: string): void {
    this.source = { text, document: '', place: '', kind: 'typed', notes: [] };
    this.before = null;
  }

  /** Takes the white space off the prompt's end. It keeps its place in the document, where the white space stays. */
  trimPrompt(): void {
    if (!this.source) return;
    const before = this.before ?? this.source;
    this.source = { ...this.source, text: this.source.text.trimEnd() };
    this.before = before;
  }

  /**
   * The white space in the document between a prompt and the place where a completion is inserted: what was taken
   * off its end. Null where it is not the prompt that the extension handed over last.
   */
  whiteSpaceBehind(prompt: string): string | null {
    const whole = this.sourceInDocument?.text;
    if (whole === undefined || !whole.startsWith(prompt)) return null;
    const rest = whole.slice(prompt.length);
    return rest.trim() === '' ? rest : null;
  }

  /**
   * Replaces the prompt by one made from it, to which `before` leads back.
   * @param place says what it is, for people
   */
  changePrompt(text: string, place: string): void {
    const before = this.before ?? this.source;
    this.source = { text, document: '', place, kind: 'typed', notes: [] };
    this.before = before;
  }

  /** Goes back to the prompt that the present one was made from. */
  changeBack(): void {
    if (!this.before) return;
    this.source = this.before;
    this.before = null;
  }

  /** The edited toy as a model, or what is wrong with it. */
  readToy(): ReturnType<typeof readDraft> {
    if (this.#toy?.draft !== this.toyDraft) {
      this.#toy = { draft: this.toyDraft, read: readDraft(this.toyDraft) };
    }
    const { read } = this.#toy;
    if ('toy' in read) this.#lastToy = read;
    return read;
  }

  /** The edited toy as it was when it last made sense. */
  get lastToy(): Toy | undefined {
    this.readToy();
    return this.#lastToy?.toy;
  }

  get lastToyModel(): LoadedModel | undefined {
    this.readToy();
    return this.#lastToy?.model;
  }

  /** The chosen model if it is loaded. */
  get loaded(): LoadedModel | undefined {
    return this.loadedOf(this.model, undefined);
  }

  /** A model if it is loaded; for the toy, of the given words or else of the edited ones when they last made sense. */
  loadedOf(model: string, toy: Toy | undefined): LoadedModel | undefined {
    if (model !== TOY) return this.#loaded.value.get(model);
    if (toy === undefined) return this.lastToyModel;
    let loaded = this.#toys.get(toy);
    if (!loaded) {
      const read = readDraft(draftOf(toy));
      if (!('model' in read)) return undefined;
      loaded = read.model;
      this.#toys.set(toy, loaded);
    }
    return loaded;
  }

  /**
   * Asks the extension for a model's vocabulary unless it is there. The toy's needs no asking: it is computed
   * from its words, also while they are edited.
   * @throws RequestError
   */
  async load(model: string): Promise<void> {
    if (model === TOY || this.#loaded.peek().has(model)) return;
    let loading = this.#loading.get(model);
    this.#fail(model, false);
    if (!loading) {
      loading = this.#host.load(model, undefined);
      this.#loading.set(model, loading);
    }
    try {
      const loaded = await loading;
      this.#loaded.value = new Map([...this.#loaded.peek(), [model, loaded]]);
    } catch (error) {
      this.#fail(model, true);
      throw error;
    } finally {
      // A failure is not kept either: the next attempt asks again.
      this.#loading.delete(model);
    }
  }

  #fail(model: string, failed: boolean): void {
    const before = this.#failed.peek();
    if (before.has(model) === failed) return;
    const others = [...before].filter((id) => id !== model);
    this.#failed.value = new Set(failed ? [...others, model] : others);
  }

  /** Whether a model cannot be had now: it is none of those to choose from, or could not be loaded. */
  isGone(model: string): boolean {
    return this.#failed.value.has(model) || (this.welcomed && !this.models.some(({ id }) => id === model));
  }
}
