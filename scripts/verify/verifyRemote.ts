/** What `npm run verify:remote` does, so that it can be done without a process of its own. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LanguageModel } from '../../src/core/languageModel';
import { ModelFileError } from '../../src/gpt2/checkpoint/modelFileError';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { readAddress } from '../../src/remote/address';
import { loadRemote, probeServer } from '../../src/remote/loadRemote';
import { RemoteError } from '../../src/remote/remoteError';
import type {
  RemoteSource,
  ServerAddress,
  ServerDescription,
  TokenizerSource,
} from '../../src/remote/source';
import { Failure } from '../lib/failure';
import { checkReference } from './referenceChecks';
import { checkRemote, type Report } from './remoteChecks';

/** Nats by which log-probabilities may differ: the sum of float32's rounding, and that of a float16 cache. */
const TOLERANCES: Readonly<Record<ServerDescription['kind'], number>> = { vllm: 1e-4, 'llama-server': 2e-3 };

/** Characters of the column of names. */
const NAMES = 44;

const OPTIONS = {
  server: { type: 'string' },
  model: { type: 'string' },
  'key-env': { type: 'string' },
  tokenizer: { type: 'string' },
  reference: { type: 'string' },
  tolerance: { type: 'string' },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function readOptions(given: readonly string[]): Options {
  try {
    return parseArgs({ args: [...given], options: OPTIONS }).values;
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

/** @throws Failure */
function readServer({ server, 'key-env': variable }: Options): ServerAddress {
  if (server === undefined) {
    throw new Failure('No server is named. Give its address: --server http://localhost:8000.');
  }
  const { address } = readAddress(server);
  const key = variable === undefined ? undefined : process.env[variable];
  if (variable !== undefined && (key === undefined || key === '')) {
    throw new Failure(
      `The environment variable ${variable} (--key-env) is empty; set it to the server's key.`,
    );
  }
  return { name: new URL(address).host, address, ...(key !== undefined && { key }) };
}

/** @throws Failure */
function readTolerance({ tolerance }: Options): number | undefined {
  if (tolerance === undefined) return undefined;
  const value = Number(tolerance);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new Failure(`--tolerance is ${tolerance}; it must be a number of nats above 0, such as 1e-4.`);
}

function tokenizerOf({ tokenizer }: Options, kind: ServerDescription['kind']): TokenizerSource {
  if (tokenizer !== undefined) return { kind: 'folder', directory: resolve(tokenizer) };
  return kind === 'llama-server' ? { kind: 'server' } : { kind: 'gpt2' };
}

const count = (n: number): string => n.toLocaleString('en-US');

/** @param say takes a line. @returns the exit code. @throws Failure for what a user can put right */
export async function verifyRemote(given: readonly string[], say: (line: string) => void): Promise<number> {
  const options = readOptions(given);
  let passed = 0;
  let failed = 0;
  const report: Report = (name, figure, problems) => {
    if (problems === undefined) {
      say(`-       ${name.padEnd(NAMES)} ${figure}`);
      return;
    }
    if (problems.length === 0) passed += 1;
    else failed += 1;
    say(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(NAMES)} ${figure}`);
    for (const problem of problems) say(`        ${problem}`);
  };
  try {
    const server = readServer(options);
    const tolerance = readTolerance(options);
    const description = await probeServer(server, {});
    const { kind, version, models, mostListed, needsKey } = description;
    report('what answers', `${kind} ${version}`.trim(), []);
    report(
      'models',
      models.map(({ id, contextLength: n }) => `${id} (${n ?? '?'} tokens)`).join(', '),
      undefined,
    );
    report('key', needsKey ? 'asked for' : 'not asked for', undefined);
    const model = options.model ?? models[0]?.id ?? '';
    const source: RemoteSource = {
      ...{ kind: 'remote', id: model, name: model, server, model },
      tokenizer: tokenizerOf(options, kind),
    };
    const connect = (): Promise<LanguageModel> => loadRemote(source, {});
    const remote = await connect();
    const { vocabularySize, contextLength, server: served } = remote.info;
    const exact = (served?.listed ?? 0) >= vocabularySize;
    report(
      'mode',
      exact
        ? `exact: all ${count(vocabularySize)} tokens`
        : `listed: ${count(Math.min(mostListed, vocabularySize))} of ${count(vocabularySize)} tokens`,
      undefined,
    );
    report('context', `${count(contextLength)} tokens`, undefined);
    for (const remark of remote.info.remarks ?? []) report('remark', remark, undefined);
    const within = tolerance ?? TOLERANCES[kind];
    report(
      'tolerance',
      `${within} nats${tolerance === undefined ? `, as is usual for ${kind}` : ''}`,
      undefined,
    );
    await checkRemote(remote, connect, within, report);
    if (options.reference !== undefined) {
      const local = await loadGpt2({
        id: 'reference',
        name: 'the reference',
        directory: resolve(options.reference),
      });
      await checkReference(remote, local, { tolerance: within, exact }, report);
      await local.dispose();
    }
    await remote.dispose();
  } catch (error) {
    if (error instanceof RemoteError || error instanceof RangeError || error instanceof ModelFileError) {
      report('the server can be used', '', [error.message]);
    } else throw error;
  }
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
