/** Runs experiments as the engine does, and reads reference files. */
import { readFileSync } from 'node:fs';
import type { LanguageModel } from '../../../src/core/languageModel';
import type { Experiment } from '../../../src/experiments/kit/experiment';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';

export function fixture(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/oracles/${path}`, import.meta.url), 'utf8'));
}

/** The bundled model. */
export function loadFireside(): Promise<LanguageModel> {
  return loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
}

export interface Ran<Event, Result> {
  readonly result: Result;
  readonly events: readonly Event[];
}

/** @param stopAt stops the run at the first event for which it is true. */
export async function runExperiment<Parameters, Event, Result>(
  experiment: Experiment<Parameters, Event, Result>,
  model: LanguageModel,
  parameters: unknown,
  stopAt: (event: Event) => boolean = () => false,
): Promise<Ran<Event, Result>> {
  const events: Event[] = [];
  const controller = new AbortController();
  const result = await experiment.run(model, experiment.parse(parameters), {
    signal: controller.signal,
    pause: () => Promise.resolve(),
    emit: (event) => {
      events.push(event);
      if (stopAt(event)) controller.abort();
    },
  });
  return { result, events };
}
