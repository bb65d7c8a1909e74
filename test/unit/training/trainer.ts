/** What tests of trainings share: a folder for each test, and model processes of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { EngineClient, type ModelSource, type RunOptions } from '../../../src/engine/client';
import { trainingResultSchema, type TrainingResult } from '../../../src/experiments/trainingTypes';
import { bundle, type Bundles } from '../engine/bundle';

const fireside = fileURLToPath(new URL('../../../models/fireside', import.meta.url));
export const bundled: ModelSource = { kind: 'gpt2', id: 'fireside', name: 'fireside', directory: fireside };

export interface Trainer {
  /** Empty at the beginning of each test. */
  readonly folder: string;
  /** A model process, which ends with the test. */
  engine(): EngineClient;
  /** Trains the bundled model in a process of its own, as after a restart of VS Code. */
  run(parameters: object, options?: Partial<RunOptions>): Promise<TrainingResult>;
}

/** For the tests of a file. */
export function useTrainer(): Trainer {
  let bundles: Bundles;
  let folder: string;
  const clients: EngineClient[] = [];
  beforeAll(async () => {
    bundles = await bundle('src/engine/main.ts');
  });
  afterAll(() => {
    bundles.remove();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'training-'));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
    rmSync(folder, { recursive: true });
  });
  const engine = (): EngineClient => {
    const client = new EngineClient({ entry: bundles.path('main'), log: () => undefined });
    clients.push(client);
    return client;
  };
  return {
    get folder() {
      return folder;
    },
    engine,
    async run(parameters, options = {}) {
      const client = engine();
      const result = await client.run('training', bundled, parameters, {
        onEvent: () => undefined,
        ...options,
      });
      await client.dispose();
      return v.parse(trainingResultSchema, result);
    },
  };
}
