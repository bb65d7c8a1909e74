/** A program that draws tokens, declared by its keys: chains are written into its settings and read out of them. */
import { messageOf } from '../core/messageOf';
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import { parseSampler, type ChainSpec } from '../core/samplers/chain';
import { sameInEffect } from './order';
import type { Reading, Run, RunParameters } from './run';
import { isList, shown, type GivenSettings, type Json, type Settings, type Slot } from './settings';

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

export interface WrittenRun {
  readonly settings: Settings;
  /** Sentences: what the program does otherwise. */
  readonly notes: readonly string[];
}

/** Steps that change nothing are not worth a word. */
function changesNothing(step: SamplerSpec): boolean {
  switch (step.sampler) {
    case 'temperature':
      return step.temperature === 1;
    case 'top-p':
      return step.p === 1;
    case 'min-p':
      return step.p === 0;
    case 'top-a':
      return step.a === 0;
    case 'tail-free':
      return step.z === 1;
    case 'xtc':
      return step.probability === 0;
    case 'repetition-penalty':
      return step.penalty === 1;
    case 'presence-penalty':
    case 'frequency-penalty':
      return step.penalty === 0;
    case 'dry':
      return step.multiplier === 0;
    case 'logit-bias':
      return step.bias.length === 0;
    case 'banned-tokens':
      return (step.ids ?? []).length === 0 && (step.texts ?? []).length === 0 && (step.pattern ?? '') === '';
    case 'banned-phrases':
      return (step.phrases ?? []).length === 0 && (step.pattern ?? '') === '';
    default:
      return false;
  }
}

/** Writes a run's chain and its numbers into a program's settings. */
export function writeRun(program: Program, run: Run): WrittenRun {
  const notes: string[] = [];
  const greedy: SamplerSpec = { sampler: 'temperature', temperature: 0 };
  if (run.greedy && run.chain.length > 0) {
    notes.push('Greedy decoding takes no sampler into account, so none is written.');
  }
  const kept = known(program, run.greedy ? [greedy] : run.chain, notes);
  const choice = program.arrange?.chosen?.(kept) ?? { steps: kept, notes: [] };
  notes.push(...choice.notes);

  const settings: Record<string, Json> = {};
  for (const { keys } of program.slots) {
    for (const [key, { off, standard = off, always = false }] of Object.entries(keys)) {
      if (off !== undefined && (always || standard !== off)) settings[key] = off;
    }
  }
  const left: SamplerName[] = [];
  for (const slot of program.slots) {
    const mine = choice.steps.filter(({ sampler }) => slot.samplers.includes(sampler));
    if (mine.length === 0) continue;
    const written = slot.write(mine, run);
    Object.assign(settings, written.settings);
    notes.push(...(written.notes ?? []));
    left.push(...(written.left ?? []));
  }
  const expressed = choice.steps.filter(({ sampler }) => !left.includes(sampler));
  const names = expressed.map(({ sampler }) => sampler);
  const arranged = program.arrange?.write(expressed) ?? { settings: {}, order: ownOrder(program, names) };
  Object.assign(settings, arranged.settings);
  if (!sameInEffect(names, arranged.order)) {
    notes.push(
      `Order: here ${names.join(', ')}; ${program.name} applies ${arranged.order.join(', ')}. What is left can differ.`,
    );
  }
  const inOrder = inKeyOrder(program, settings);
  const finished = program.finish?.(inOrder) ?? inOrder;
  return { settings: { ...finished, ...runSettings(program, run, notes) }, notes };
}

/** As the slots have their keys, and what belongs to none behind them. */
function inKeyOrder({ slots }: Program, settings: Settings): Settings {
  const keys = slots.flatMap((slot) => Object.keys(slot.keys)).filter((key) => Object.hasOwn(settings, key));
  return { ...Object.fromEntries(keys.map((key) => [key, settings[key]!])), ...settings };
}

/** The steps that a program has, each kind once. */
function known(program: Program, chain: ChainSpec, notes: string[]): readonly SamplerSpec[] {
  const kept: SamplerSpec[] = [];
  for (const step of chain) {
    const { sampler } = step;
    if (changesNothing(step)) continue;
    if (!program.slots.some(({ samplers }) => samplers.includes(sampler))) {
      const nearest = program.instead?.[sampler];
      notes.push(
        `${sampler} is left out: ${program.name} has nothing like it.${nearest === undefined ? '' : ` ${nearest}`}`,
      );
    } else if (kept.some((earlier) => earlier.sampler === sampler)) {
      notes.push(`The second ${sampler} is left out: ${program.name} applies it once.`);
    } else {
      kept.push(step);
      const { minKeep = 1 } = 'minKeep' in step ? step : {};
      if (minKeep > 1) {
        notes.push(`${sampler}: ${program.name} is not told to keep at least ${minKeep} tokens.`);
      }
    }
  }
  return kept;
}

/** Names in the order of the program's slots. */
function ownOrder(program: Program, names: readonly SamplerName[]): SamplerName[] {
  const order = program.slots.flatMap(({ samplers }) => samplers);
  return [...names].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

function runSettings({ name, runKeys }: Program, run: Run, notes: string[]): Settings {
  const { seed, stop, samples, prompt, maxNewTokens } = runKeys;
  const draws =
    !run.greedy && !run.chain.some((step) => step.sampler === 'temperature' && step.temperature === 0);
  if (run.stop.length > 0 && stop === undefined) {
    notes.push(`The stop texts ${shown(run.stop)} are left out: ${name} has no setting for them.`);
  }
  if (run.samples > 1 && !draws) {
    notes.push('One text is asked for: without a draw all would be the same.');
  } else if (run.samples > 1 && samples === undefined) {
    notes.push(`${name} draws one text a call: for ${run.samples}, call it again with other seeds.`);
  }
  if (draws) {
    notes.push(
      seed === undefined
        ? `${name} takes no seed here: every call draws anew.`
        : `Seed ${run.seed} draws other numbers in ${name} than here.`,
    );
  }
  return {
    [maxNewTokens]: run.maxNewTokens,
    ...(seed !== undefined && draws && { [seed]: run.seed }),
    ...(samples !== undefined && draws && run.samples > 1 && { [samples]: run.samples }),
    ...(stop !== undefined && run.stop.length > 0 && { [stop]: run.stop }),
    ...(prompt !== undefined && { [prompt]: run.prompt }),
  };
}

export interface ReadingOptions {
  /** The model's token that ends a text; GPT-2's where left out. */
  readonly endOfText?: number;
}

/** Reads a program's settings as a chain; what is wrong or unknown is told, not thrown. */
export function readRun(
  program: Program,
  settings: Settings,
  { endOfText = 50256 }: ReadingOptions = {},
): Reading {
  const given = new Given(program, settings, endOfText);
  const steps = program.slots.flatMap((slot) => slot.read(given)).flatMap((step) => checked(step, given));
  const arranged = program.arrange?.read(steps, given) ?? steps;
  const chain = program.afterReading?.(arranged) ?? arranged;
  const parameters = runParameters(program, given);
  const rest = Object.entries(settings).filter(([key, value]) => !given.asked.has(key) && value !== null);
  const aside = rest.filter(([key]) => program.aside.includes(key));
  const unknown = rest.filter(([key]) => !program.aside.includes(key) && !belongsToSlot(program, key));
  return {
    chain,
    parameters,
    assumed: given.assumed,
    notUnderstood: [
      ...given.problems,
      ...unknown.map(([key, value]) => `${key} is ${shown(value)}: there is nothing like it here.`),
    ],
    aside: aside.map(([key]) => key),
  };
}

/** Keys that nobody asked for belong to a sampler that is off. */
function belongsToSlot({ slots }: Program, key: string): boolean {
  return slots.some(({ keys }) => Object.hasOwn(keys, key));
}

/** A step whose values the sampler takes; otherwise what is wrong with them is told. */
function checked(step: unknown, given: Given): readonly SamplerSpec[] {
  try {
    return [parseSampler(step)];
  } catch (error) {
    given.problem(messageOf(error));
    return [];
  }
}

class Given implements GivenSettings {
  readonly asked = new Set<string>();
  readonly assumed: string[] = [];
  readonly problems: string[] = [];

  constructor(
    readonly program: Program,
    readonly settings: Settings,
    readonly endOfText: number,
  ) {}

  given(key: string): Json | undefined {
    this.asked.add(key);
    return Object.hasOwn(this.settings, key) ? this.settings[key] : undefined;
  }

  value(key: string): Json | undefined {
    const value = this.given(key);
    if (value !== undefined && value !== null) return value;
    const slot = this.program.slots.find(({ keys }) => Object.hasOwn(keys, key));
    const { off, standard = off } = slot?.keys[key] ?? {};
    if (standard !== undefined && standard !== off) {
      this.assumed.push(`${key} is not stated: ${this.program.name} takes ${shown(standard)}.`);
    }
    return standard;
  }

  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.problem(`${key} is ${shown(value)}; it must be a number.`);
    return undefined;
  }

  problem(sentence: string): void {
    this.problems.push(sentence);
  }
}

const MOST_SEED = 0xffff_ffff;
const MOST_SAMPLES = 64;
const MOST_NEW_TOKENS = 1_000_000;

function runParameters({ runKeys }: Program, given: Given): RunParameters {
  const whole = (key: string | undefined, least: number, most: number): number | undefined => {
    const value = key === undefined ? undefined : given.given(key);
    if (key === undefined || value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    // What programs write for a seed of their own choice, and for no limit.
    if (value === -1) return undefined;
    given.problem(`${key} is ${shown(value)}; it must be a whole number from ${least} to ${most}.`);
    return undefined;
  };
  const { prompt: promptKey, stop: stopKey } = runKeys;
  const maxNewTokens = whole(runKeys.maxNewTokens, 1, MOST_NEW_TOKENS);
  const seed = whole(runKeys.seed, 0, MOST_SEED);
  const samples = whole(runKeys.samples, 1, MOST_SAMPLES);
  const stop = stopKey === undefined ? undefined : texts(stopKey, given);
  const prompt = promptKey === undefined ? undefined : given.given(promptKey);
  if (prompt !== undefined && typeof prompt !== 'string' && promptKey !== undefined) {
    given.problem(`${promptKey} is ${shown(prompt)}; a prompt is one text here.`);
  }
  return {
    ...(maxNewTokens !== undefined && { maxNewTokens }),
    ...(seed !== undefined && { seed }),
    ...(samples !== undefined && { samples }),
    ...(stop !== undefined && { stop }),
    ...(typeof prompt === 'string' && { prompt }),
  };
}

/** One text or a list of them. */
function texts(key: string, given: Given): readonly string[] | undefined {
  const value = given.given(key);
  if (value === undefined || value === null) return undefined;
  const list = isList(value) ? value : [value];
  if (list.every((entry) => typeof entry === 'string')) return list.length > 0 ? list : undefined;
  given.problem(`${key} is ${shown(value)}; it must be texts.`);
  return undefined;
}
