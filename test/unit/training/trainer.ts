/** What tests of trainings share: a folder for each test, and model processes of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { EngineClient, type ModelSource, type RunOptions } from '../../../src/engine/client';
import { trainingResultSchema, type TrainingResult } from '../../../src/experiments/training/result';
import { builtFile } from '../builtFile';
import { writeByteGpt2 } from './randomGpt2';

const fireside = fileURLToPath(new URL('../../../models/fireside', import.meta.url));
export const bundled: ModelSource = { kind: 'gpt2', id: 'fireside', name: 'fireside', directory: fireside };

/** A model whose tokens are bytes. */
const small = (directory: string): ModelSource => ({ kind: 'gpt2', id: 'small', name: 'small', directory });

export interface Trainer {
  /** Empty at the beginning of each test. */
  readonly folder: string;
  /** A model process, which ends with the test. */
  engine(): EngineClient;
  /** What is trained. */
  readonly source: ModelSource;
  /** Trains it: continues in another process than begins, as after a restart of VS Code. */
  run(parameters: object, options?: Partial<RunOptions>): Promise<TrainingResult>;
}

/**
 * For the tests of a file.
 * @param given the model to train; a small one, with random weights, where left out
 */
export function useTrainer(given?: ModelSource): Trainer {
  let folder: string;
  let source: ModelSource;
  let models: string;
  const clients: EngineClient[] = [];
  /** Nothing of a training is to be seen afterwards but its files: one process begins all, one continues all. */
  const lasting: { begins?: EngineClient; continues?: EngineClient } = {};
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'training-model-'));
    if (given === undefined) await writeByteGpt2(models);
    source = given ?? small(models);
  });
  afterAll(async () => {
    await lasting.begins?.dispose();
    await lasting.continues?.dispose();
    rmSync(models, { recursive: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'training-'));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
    rmSync(folder, { recursive: true });
  });
  const start = (): EngineClient => new EngineClient({ entry: builtFile('main.js'), log: () => undefined });
  const engine = (): EngineClient => {
    const client = start();
    clients.push(client);
    return client;
  };
  return {
    get folder() {
      return folder;
    },
    get source() {
      return source;
    },
    engine,
    async run(parameters, options = {}) {
      const { action } = parameters as { readonly action?: string };
      const client = (lasting[action === 'continue' ? 'continues' : 'begins'] ??= start());
      const result = await client.run('training', source, parameters, {
        onEvent: () => undefined,
        ...options,
      });
      return v.parse(trainingResultSchema, result);
    },
  };
}
