/** Runs of the registry's experiments, with the types that they have there. */
import * as v from 'valibot';
import {
  registry,
  type EventOf,
  type ExperimentName,
  type ParametersOf,
  type ResultOf,
} from '../experiments/registry';
import type { EngineClient, RunOptions } from './client';
import { EngineError, type ModelSource } from './protocol';
import { t } from '../l10n/language';

/**
 * Runs an experiment, as `EngineClient.run` does, and reads its events and its result by their schemas.
 * @throws EngineError also for what is of another shape, which is a fault of this program.
 */
export async function runExperiment<Name extends ExperimentName>(
  engine: Pick<EngineClient, 'run'>,
  name: Name,
  source: ModelSource,
  parameters: ParametersOf<Name>,
  { onEvent, ...options }: RunOptions<EventOf<Name>> = {},
): Promise<ResultOf<Name>> {
  const { events, result } = registry[name];
  const answer = await engine.run(name, source, parameters, {
    ...options,
    ...(onEvent && {
      onEvent: (event) => {
        onEvent(read(events, event));
      },
    }),
  });
  return read(result, answer);
}

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new EngineError(
    'engine',
    t(
      'The model process answered in an unknown shape: {0}. Reload the window; if it happens again, please report it.',
      parsed.issues[0].message,
    ),
  );
}
