/** A run as a program's settings. */
import type { SamplerName, SamplerSpec } from '../core/samplers/catalog';
import type { ChainSpec } from '../core/samplers/chain';
import { written } from '../l10n/numbers';
import { t } from '../l10n/language';
import { sameInEffect } from './order';
import type { Program } from './program';
import type { Run } from './run';
import { shown, type Json, type Settings } from './settings';

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
  const { settings, notes } = writeChain(program, run);
  const beside: string[] = [];
  return {
    settings: { ...settings, ...runSettings(program, run, beside) },
    notes: [...notes, ...beside],
  };
}

/** Writes a run's chain alone. */
export function writeChain(program: Program, run: Run): WrittenRun {
  const notes: string[] = [];
  const greedy: SamplerSpec = { sampler: 'temperature', temperature: 0 };
  if (run.greedy && run.chain.length > 0) {
    notes.push(t('Greedy decoding takes no sampler into account, so none is written.'));
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
    const said = slot.write(mine, run);
    Object.assign(settings, said.settings);
    notes.push(...(said.notes ?? []));
    left.push(...(said.left ?? []));
  }
  const expressed = choice.steps.filter(({ sampler }) => !left.includes(sampler));
  const names = expressed.map(({ sampler }) => sampler);
  const arranged = program.arrange?.write(expressed) ?? { settings: {}, order: ownOrder(program, names) };
  Object.assign(settings, arranged.settings);
  if (!sameInEffect(names, arranged.order)) {
    notes.push(
      t(
        'Order: here {0}; {1} applies {2}. What is left can differ.',
        names.join(', '),
        program.name,
        arranged.order.join(', '),
      ),
    );
  }
  const inOrder = inKeyOrder(program, settings);
  const finished = program.finish?.(inOrder) ?? inOrder;
  return { settings: finished, notes };
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
        [
          t('{0} is left out: {1} has nothing like it.', sampler, program.name),
          ...(nearest === undefined ? [] : [nearest]),
        ].join(' '),
      );
    } else if (kept.some((earlier) => earlier.sampler === sampler)) {
      notes.push(t('The second {0} is left out: {1} applies it once.', sampler, program.name));
    } else {
      kept.push(step);
      const { minKeep = 1 } = 'minKeep' in step ? step : {};
      if (minKeep > 1) {
        notes.push(
          t('{0}: {1} is not told to keep at least {2} tokens.', sampler, program.name, written(minKeep)),
        );
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
    notes.push(t('The stop texts {0} are left out: {1} has no setting for them.', shown(run.stop), name));
  }
  if (run.samples > 1 && !draws) {
    notes.push(t('One text is asked for: without a draw all would be the same.'));
  } else if (run.samples > 1 && samples === undefined) {
    notes.push(
      t('{0} draws one text a call: for {1}, call it again with other seeds.', name, written(run.samples)),
    );
  }
  if (draws) {
    notes.push(
      seed === undefined
        ? t('{0} takes no seed here: every call draws anew.', name)
        : t('Seed {0} draws other numbers in {1} than here.', written(run.seed), name),
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
