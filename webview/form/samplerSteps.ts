/** The sampler chain as a user builds it: an ordered list of steps, each with the values of its controls. */
import { definitionOf } from '../../src/core/samplers/catalog';
import {
  parseSampler,
  type ChainSpec,
  type SamplerName,
  type SamplerSpec,
  type StepReport,
} from '../../src/core/samplers/chain';
import type { MainControl, ParameterDescription } from '../../src/core/samplers/parameters';
import {
  builtInPresets,
  chainOfPreset,
  inHuggingFaceOrder,
  inLlamaCppOrder,
  type OffStep,
  type Preset,
} from '../../src/core/samplers/presets';
import type { ListedPreset } from '../../src/protocol/presets';
import { count, percent } from '../format/numbers';
import { wordsOf } from './stepWords';
import { t } from '../../src/l10n/language';
import { asGiven } from '../../src/l10n/numbers';

export type StepValue = number | string | null;

export interface SamplerStep {
  /** Names the step in the chain: the sampler, with a number behind it from its second step on. */
  readonly key: string;
  readonly sampler: SamplerName;
  /** By parameter; null where the step is off, which only `k` can be. */
  readonly values: Readonly<Record<string, StepValue>>;
  /** Lists by parameter: of tokens, of phrases. One that is left out is empty. */
  readonly lists?: Lists | undefined;
}

export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** A parameter with one value: a number, one of a few words, a text. */
export type ControlledParameter = Exclude<ParameterDescription, { kind: 'list' }>;

export type NumericParameter = Extract<ControlledParameter, { kind: 'number' | 'integer' }>;

/** The parameters of a sampler that have one value each, in the order of the catalog. */
export function controlsOf(sampler: SamplerName): readonly ControlledParameter[] {
  return definitionOf(sampler).about.parameters.filter(
    (parameter): parameter is ControlledParameter => parameter.kind !== 'list',
  );
}

/** How a parameter's control stands for its whole sampler; undefined for others. */
export function mainOf(parameter: ControlledParameter): MainControl | undefined {
  return 'main' in parameter ? parameter.main : undefined;
}

/** A step's value, or the default where it has none of its own. */
export function valueOf(step: SamplerStep, parameter: ControlledParameter): StepValue {
  const value = step.values[parameter.name];
  return value === undefined ? parameter.default : value;
}

/**
 * Off takes no step in the chain: top-k without a k, a nucleus that is everything, and tokens of which none is
 * allowed yet: taken at its word, it would remove them all.
 */
export function isOff(step: SamplerStep): boolean {
  const { sampler, values } = step;
  if (sampler === 'allowed-tokens' && isEmpty(step)) return true;
  return controlsOf(sampler).some((parameter) => {
    const off = mainOf(parameter)?.off;
    return off !== undefined && values[parameter.name] === off;
  });
}

/** Whether a step that is set by lists names nothing yet, neither in them nor by a pattern. */
export function isEmpty({ sampler, values, lists = {} }: SamplerStep): boolean {
  const { parameters } = definitionOf(sampler).about;
  const says = parameters.filter((parameter) => !('token' in parameter));
  return (
    says.some(({ kind }) => kind === 'list') &&
    says.every(({ kind, name }) =>
      kind === 'list' ? (lists[name] ?? []).length === 0 : kind === 'text' && !values[name],
    )
  );
}

/** The chain that the steps stand for; what is off takes no part in it. */
export function chainOfSteps(steps: readonly SamplerStep[]): ChainSpec {
  return steps.filter((step) => !isOff(step)).map(specOf);
}

/** What may be left out because it says the default is left out: equal chains are equal as JSON. */
function specOf({ sampler, values, lists = {} }: SamplerStep): SamplerSpec {
  const given = definitionOf(sampler).about.parameters.flatMap((parameter) => {
    const { name, optional, default: standard } = parameter;
    if (parameter.kind === 'list') {
      const list = lists[name] ?? parameter.default;
      return optional && list.length === 0 ? [] : [[name, list]];
    }
    const value = values[name] ?? standard;
    return optional && value === standard ? [] : [[name, value]];
  });
  return parseSampler({ sampler, ...Object.fromEntries(given) });
}

/**
 * The steps of a chain.
 * @param off samplers that are shown switched off
 */
export function stepsOf(chain: ChainSpec, off: readonly OffStep[] = []): readonly SamplerStep[] {
  const steps: SamplerStep[] = [];
  const add = (step: Omit<SamplerStep, 'key'>): void => {
    steps.push({ key: freeKey(steps, step.sampler), ...step });
  };
  const waiting = [...off].sort((a, b) => a.at - b.at);
  for (const spec of chain) {
    while (waiting[0] && waiting[0].at <= steps.length) add(offStep(waiting.shift()!));
    add(stepOf(spec));
  }
  for (const step of waiting) add(offStep(step));
  return steps;
}

function stepOf({ sampler, ...given }: SamplerSpec): Omit<SamplerStep, 'key'> {
  const entries = Object.entries<StepValue | readonly unknown[]>(given);
  const values = entries.filter((entry): entry is [string, StepValue] => !Array.isArray(entry[1]));
  const lists = entries.filter((entry): entry is [string, readonly unknown[]] => Array.isArray(entry[1]));
  return {
    sampler,
    values: Object.fromEntries(values),
    ...(lists.length > 0 && { lists: Object.fromEntries(lists) }),
  };
}

function offStep({ sampler }: Pick<OffStep, 'sampler'>): Omit<SamplerStep, 'key'> {
  const values: Record<string, StepValue> = {};
  for (const parameter of controlsOf(sampler)) {
    const off = mainOf(parameter)?.off;
    if (off !== undefined) values[parameter.name] = off;
  }
  return { sampler, values };
}

/** What is switched off among the steps; with their chain, the inverse of `stepsOf`. */
export function offOf(steps: readonly SamplerStep[]): readonly OffStep[] {
  return steps.flatMap((step, at) => (isOff(step) ? [{ sampler: step.sampler, at }] : []));
}

/** The steps of a preset. */
export function stepsOfPreset(preset: Pick<Preset, 'greedy' | 'chain' | 'off'>): readonly SamplerStep[] {
  return stepsOf(chainOfPreset(preset), preset.off);
}

/** What the page starts with. */
export const START_STEPS: readonly SamplerStep[] = stepsOfPreset(builtInPresets.start);

/**
 * A step with its sampler's defaults. A text ends at one of `endOfText`, where the model has such tokens: each that is
 * to come late has a step of its own. Where the parameter may be left out, the usual one is enough.
 */
export function addStep(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
  endOfText: readonly number[],
): readonly SamplerStep[] {
  const values: Record<string, StepValue> = {};
  const controls = controlsOf(sampler);
  for (const { name, optional, default: value } of controls) if (!optional) values[name] = value;
  const end = controls.find((parameter) => parameter.kind === 'integer' && parameter.token === 'end of text');
  const ends = end?.optional ? endOfText.slice(0, 1) : endOfText;
  const own = end && ends.length > 0 ? ends.map((id) => ({ ...values, [end.name]: id })) : [values];
  return own.reduce((all, its) => [...all, { key: freeKey(all, sampler), sampler, values: its }], steps);
}

/** The chain with a sampler more, before the first that the order of Hugging Face has later. */
export function withUsual(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
  endOfText: readonly number[] = [],
): readonly SamplerStep[] {
  const rank = (name: SamplerName): number => definitionOf(name).rank.huggingFace;
  const later = steps.findIndex((step) => rank(step.sampler) > rank(sampler));
  const at = later < 0 ? steps.length : later;
  const added = addStep(steps, sampler, endOfText).slice(steps.length);
  return [...steps.slice(0, at), ...added, ...steps.slice(at)];
}

/** The control of the first sampler of a kind; where the chain has none, of one that does nothing. */
export function firstOf(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
): { readonly step: SamplerStep; readonly parameter: NumericParameter } {
  const parameter = controlsOf(sampler).find((one): one is NumericParameter => mainOf(one) !== undefined);
  if (!parameter) throw new Error(`${sampler} has no control that stands for it`);
  const step = steps.find((one) => one.sampler === sampler) ?? offStep({ sampler });
  return { step: { key: sampler, ...step }, parameter };
}

function freeKey(steps: readonly SamplerStep[], sampler: SamplerName): string {
  const taken = new Set(steps.map(({ key }) => key));
  let key: string = sampler;
  for (let number = 2; taken.has(key); number++) key = `${sampler}-${number}`;
  return key;
}

/** Moves a step up (-1) or down (+1); at the end of the list it stays where it is. */
export function moveStep(steps: readonly SamplerStep[], key: string, by: -1 | 1): readonly SamplerStep[] {
  const from = steps.findIndex((step) => step.key === key);
  const to = from + by;
  const step = steps[from];
  const other = steps[to];
  if (!step || !other) return steps;
  const moved = [...steps];
  moved[from] = other;
  moved[to] = step;
  return moved;
}

export const ORDERS = [
  { name: t('Hugging Face order'), hook: 'order-hugging-face', sort: inHuggingFaceOrder },
  { name: t('llama.cpp order'), hook: 'order-llama-cpp', sort: inLlamaCppOrder },
] as const;

export type Order = (typeof ORDERS)[number];

/** The steps in another program's order, with its rule for ties at top-k. What is off moves along. */
export function inOrder(steps: readonly SamplerStep[], { sort }: Order): readonly SamplerStep[] {
  const left = [...steps];
  return sort(steps.map(specOf)).map((spec) => {
    // Equal samplers keep their order, so the first one left is the one.
    const [step] = left.splice(
      left.findIndex(({ sampler }) => sampler === spec.sampler),
      1,
    );
    return spec.sampler === 'top-k' ? { ...step!, values: { ...step!.values, ties: spec.ties! } } : step!;
  });
}

/**
 * The preset that the steps amount to; undefined where none does.
 * @param preferred id of the one to take where several do
 */
export function presetOf(
  steps: readonly SamplerStep[],
  presets: readonly ListedPreset[],
  preferred: string | null,
): ListedPreset | undefined {
  const chain = JSON.stringify(chainOfSteps(steps));
  const same = presets.filter((one) => JSON.stringify(chainOfSteps(stepsOfPreset(one))) === chain);
  return same.find(({ id }) => id === preferred) ?? same[0];
}

/** A step in few characters, for the line that a narrow panel folds the controls into. */
export function shortStep(step: SamplerStep): string {
  const { sampler, values } = step;
  const words = wordsOf(step);
  if (words !== null) return words;
  if (isOff(step)) return t('{0} off', sampler);
  const main = controlsOf(sampler).filter(({ optional }) => !optional);
  const numbers = main
    .map((parameter) => values[parameter.name] ?? parameter.default)
    .map((value) => (typeof value === 'number' ? asGiven(value) : value))
    .join('/');
  return `${definitionOf(sampler).about.symbol ?? sampler} ${numbers}`.trimEnd();
}

/** What each step did to the distribution, in words; "off" for one that takes no part in it. */
export function deedsOf(steps: readonly SamplerStep[], reports: readonly StepReport[]): readonly string[] {
  let next = 0;
  return steps.map((step) => {
    const off = isOff(step);
    const report = off ? undefined : reports[next++];
    if (isEmpty(step)) return t('names nothing yet');
    if (off) return t('is off');
    return report ? deed(step, report) : '';
  });
}

/** What a step did, with its name before it: `top-k 40 removed no token`, `top-p is off`. */
export function deedLine(step: SamplerStep, deed: string): string {
  return `${isOff(step) || wordsOf(step) !== null ? step.sampler : shortStep(step)} ${deed}`;
}

function deed(step: SamplerStep, { removed, mass }: StepReport): string {
  if (removed > 0)
    return t(
      'removed {0} with {1} of the probability',
      count(removed, '{0} token', '{0} tokens'),
      percent(mass),
    );
  return definitionOf(step.sampler).effect?.(specOf(step)) ?? t('removed no token');
}
