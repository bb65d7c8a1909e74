/** A program's settings as a chain, and what a run has beside it. */
import type { SamplerSpec } from '../core/samplers/catalog';
import { messageOf } from '../core/messageOf';
import { parseSampler } from '../core/samplers/chain';
import { LONGEST_STOP, MOST_STOPS } from '../core/stopStrings';
import { written } from '../l10n/numbers';
import { t, whole as grouped } from '../l10n/language';
import type { Program } from './program';
import type { Reading, RunParameters } from './run';
import { isList, shown, type GivenSettings, type Json, type Settings } from './settings';

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
      ...unknown.map(([key, value]) => t('{0} is {1}: there is nothing like it here.', key, shown(value))),
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
      this.assumed.push(t('{0} is not stated: {1} takes {2}.', key, this.program.name, shown(standard)));
    }
    return standard;
  }

  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.problem(
      typeof value === 'number'
        ? t('{0} is {1}; it must be a finite number.', key, shown(value))
        : t('{0} is {1}; it must be a number.', key, shown(value)),
    );
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
    given.problem(
      t(
        '{0} is {1}; it must be a whole number from {2} to {3}.',
        key,
        shown(value),
        written(least),
        written(most),
      ),
    );
    return undefined;
  };
  const { prompt: promptKey, stop: stopKey } = runKeys;
  const maxNewTokens = whole(runKeys.maxNewTokens, 1, MOST_NEW_TOKENS);
  const seed = whole(runKeys.seed, 0, MOST_SEED);
  const samples = whole(runKeys.samples, 1, MOST_SAMPLES);
  const stop = stopKey === undefined ? undefined : texts(stopKey, given);
  const prompt = promptKey === undefined ? undefined : given.given(promptKey);
  if (prompt !== undefined && typeof prompt !== 'string' && promptKey !== undefined) {
    given.problem(t('{0} is {1}; a prompt is one text here.', promptKey, shown(prompt)));
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
  if (!list.every((entry) => typeof entry === 'string')) {
    given.problem(t('{0} is {1}; it must be texts.', key, shown(value)));
    return undefined;
  }
  const fitting = list.filter(({ length }) => length <= LONGEST_STOP);
  for (const { length } of list) {
    if (length > LONGEST_STOP) {
      given.problem(
        t(
          '{0} has a text of {1} characters, which is left out; at most {2} are taken.',
          key,
          grouped(length),
          written(LONGEST_STOP),
        ),
      );
    }
  }
  if (fitting.length > MOST_STOPS) {
    given.problem(
      t(
        '{0} has {1} texts; only the first {2} are taken.',
        key,
        grouped(fitting.length),
        written(MOST_STOPS),
      ),
    );
  }
  return fitting.length > 0 ? fitting.slice(0, MOST_STOPS) : undefined;
}
