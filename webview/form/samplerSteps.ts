/** The sampler chain as a user builds it: an ordered list of steps, each with the values of its controls. */
import { catalog, definitionOf } from '../../src/core/samplers/catalog';
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

export type StepValue = number | string | null;

export interface SamplerStep {
  /** Names the step in the chain: the sampler, with a number behind it from its second step on. */
  readonly key: string;
  readonly sampler: SamplerName;
  /** By parameter; null where the step is off, which only `k` can be. */
  readonly values: Readonly<Record<string, StepValue>>;
  /** Parameters that have no control here, lists of tokens above all: they go through as a preset or a result has them. */
  readonly kept?: Readonly<Record<string, unknown>> | undefined;
}

/** A parameter that has a control of its own: a number, or one of a few words. */
export type ControlledParameter = Extract<ParameterDescription, { kind: 'number' | 'integer' | 'choice' }>;

/** The parameters of a sampler that have controls, in the order of the catalog. */
export function controlsOf(sampler: SamplerName): readonly ControlledParameter[] {
  return definitionOf(sampler).about.parameters.filter(
    (parameter): parameter is ControlledParameter => parameter.kind !== 'list' && parameter.kind !== 'text',
  );
}

/** How a parameter's control stands for its whole sampler; undefined for others. */
export function mainOf(parameter: ControlledParameter): MainControl | undefined {
  return parameter.kind === 'choice' ? undefined : parameter.main;
}

/** What the menu offers: every sampler that is set by numbers, not by lists of tokens. */
export const MENU: readonly SamplerName[] = catalog
  .map(({ name }) => name)
  .filter((name) => controlsOf(name).some(({ kind }) => kind !== 'choice'));

/** A step's value, or the default where it has none of its own. */
export function valueOf(step: SamplerStep, parameter: ControlledParameter): StepValue {
  const value = step.values[parameter.name];
  return value === undefined ? parameter.default : value;
}

/** Off takes no step in the chain: top-k without a k, and a nucleus that is everything. */
export function isOff({ sampler, values }: SamplerStep): boolean {
  return controlsOf(sampler).some((parameter) => {
    const off = mainOf(parameter)?.off;
    return off !== undefined && values[parameter.name] === off;
  });
}

/** The chain that the steps stand for; what is off takes no part in it. */
export function chainOfSteps(steps: readonly SamplerStep[]): ChainSpec {
  return steps.filter((step) => !isOff(step)).map(specOf);
}

/** What may be left out because it says the default is left out: equal chains are equal as JSON. */
function specOf({ sampler, values, kept }: SamplerStep): SamplerSpec {
  const given = controlsOf(sampler)
    .map((parameter) => [parameter, values[parameter.name] ?? parameter.default] as const)
    .filter(([parameter, value]) => !parameter.optional || value !== parameter.default)
    .map(([parameter, value]) => [parameter.name, value] as const);
  return parseSampler({ sampler, ...Object.fromEntries(given), ...kept });
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
  const names = controlsOf(sampler).map(({ name }) => name);
  const entries = Object.entries(given);
  const values = entries.filter(([name]) => names.includes(name)) as [string, StepValue][];
  const kept = entries.filter(([name]) => !names.includes(name));
  return {
    sampler,
    values: Object.fromEntries(values),
    ...(kept.length > 0 && { kept: Object.fromEntries(kept) }),
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

/** Parameters without a control, in few words: `ids: 3 entries, pattern: ^x`. */
export function keptLine({ sampler, kept = {} }: SamplerStep): string {
  return definitionOf(sampler)
    .about.parameters.flatMap(({ name, label }) => {
      const value = kept[name];
      if (Array.isArray(value)) {
        return value.length === 0
          ? []
          : [`${label.toLowerCase()}: ${count(value.length, 'entry', 'entries')}`];
      }
      return typeof value === 'string' && value !== '' ? [`${label.toLowerCase()}: ${value}`] : [];
    })
    .join(', ');
}

/**
 * A step with its sampler's defaults. A text ends at one of `endOfText`, where the model has such tokens: each that is
 * to come late has a step of its own.
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
  const own = end && endOfText.length > 0 ? endOfText.map((id) => ({ ...values, [end.name]: id })) : [values];
  return own.reduce((all, its) => [...all, { key: freeKey(all, sampler), sampler, values: its }], steps);
}

/** The chain with a sampler more, before the first that the order of Hugging Face has later. */
export function withUsual(steps: readonly SamplerStep[], sampler: SamplerName): readonly SamplerStep[] {
  const rank = (name: SamplerName): number => definitionOf(name).rank.huggingFace;
  const later = steps.findIndex((step) => rank(step.sampler) > rank(sampler));
  const at = later < 0 ? steps.length : later;
  const added = addStep(steps, sampler, []).slice(steps.length);
  return [...steps.slice(0, at), ...added, ...steps.slice(at)];
}

/** The control of the first sampler of a kind; where the chain has none, of one that does nothing. */
export function firstOf(
  steps: readonly SamplerStep[],
  sampler: SamplerName,
): { readonly step: SamplerStep; readonly parameter: ControlledParameter } {
  const parameter = controlsOf(sampler).find(mainOf);
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
  { name: 'Hugging Face order', hook: 'order-hugging-face', sort: inHuggingFaceOrder },
  { name: 'llama.cpp order', hook: 'order-llama-cpp', sort: inLlamaCppOrder },
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
  if (isOff(step)) return `${sampler} off`;
  const main = controlsOf(sampler).filter(({ optional }) => !optional);
  const numbers = main.map((parameter) => values[parameter.name] ?? parameter.default).join('/');
  return `${definitionOf(sampler).about.symbol ?? sampler} ${numbers}`.trimEnd();
}

/** What each step did to the distribution, in words; "off" for one that takes no part in it. */
export function deedsOf(steps: readonly SamplerStep[], reports: readonly StepReport[]): readonly string[] {
  let next = 0;
  return steps.map((step) => {
    if (isOff(step)) return 'is off';
    const report = reports[next++];
    return report ? deed(step, report) : '';
  });
}

/** What a step did, with its name before it: `top-k 40 removed no token`, `top-p is off`. */
export function deedLine(step: SamplerStep, deed: string): string {
  return `${isOff(step) ? step.sampler : shortStep(step)} ${deed}`;
}

function deed(step: SamplerStep, { removed, mass }: StepReport): string {
  if (removed > 0) return `removed ${count(removed, 'token')} holding ${percent(mass)} of the probability`;
  return definitionOf(step.sampler).effect?.(specOf(step)) ?? 'removed no token';
}
