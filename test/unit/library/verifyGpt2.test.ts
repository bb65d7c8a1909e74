import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../scripts/lib/failure';
import { checkModel, PUBLISHED, type Figures } from '../../../scripts/verify/checks';
import { verifyGpt2 } from '../../../scripts/verify/verifyGpt2';
import { THE_VERDICT_PATH } from '../../../src/experiments/kit/theVerdict';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { libraryFixture } from './fixture';
import { builtFile } from '../builtFile';
import { isDeep } from '../depth';

const { at, hub, library } = libraryFixture();
const run = promisify(execFile);
const fireside = {
  'config.json': readFileSync('models/fireside/config.json'),
  'model.safetensors': readFileSync('models/fireside/model.safetensors'),
};
const reference = JSON.parse(readFileSync('test/fixtures/oracles/bundled/fireside.json', 'utf8')) as {
  cases: { prompt: string; input_ids: number[]; greedy_40: number[] }[];
  the_verdict_loss: { train: { mean: number }; validation: { mean: number } };
};

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** What the command tells, and how it ends, without a process of its own. */
async function command(...options: string[]): Promise<Ended> {
  const lines: string[] = [];
  const code = await verifyGpt2(options, (line) => lines.push(line)).catch((error: unknown) => {
    lines.push(explain(error));
    return 1;
  });
  return { code, output: `${lines.join('\n')}\n` };
}

/** What the script prints, and how it ends. */
async function script(...options: string[]): Promise<Ended> {
  const command = [builtFile('verifyGpt2.mjs'), ...options];
  return run(process.execPath, command).then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    },
  );
}

describe('checkModel', () => {
  it('finds a model from the hub as published, with figures that are its own', async () => {
    hub().add('tester/fireside', fireside);
    const entry = await library().download('tester/fireside');
    const model = await loadGpt2(entry);
    const [{ prompt, input_ids, greedy_40 }] = reference.cases as [(typeof reference.cases)[number]];
    const { train, validation } = reference.the_verdict_loss;
    const figures: Figures = {
      greedy: { prompt, continuation: model.decode(greedy_40.slice(input_ids.length)), tokens: 40 },
      losses: { training: train.mean, validation: validation.mean },
    };
    // Its loss takes a while.
    const verdict = isDeep ? readFileSync(THE_VERDICT_PATH, 'utf8') : undefined;
    const checks = await checkModel(model, figures, verdict, () => undefined);
    await model.dispose();
    expect(checks).toHaveLength(verdict === undefined ? 1 : 4);
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('finds another model otherwise', async () => {
    const model = await loadGpt2({ id: 'x', name: 'x', directory: 'models/fireside' });
    const checks = await checkModel(model, PUBLISHED['gpt2']!, 'Not The Verdict', () => undefined);
    await model.dispose();
    expect(checks[0]!.problems[0]).toMatch(/expected "Every effort moves you forward/);
    expect(checks[1]!.problems[0]).toMatch(/the text of 15 characters is another one/);
  });
});

describe('npm run verify:gpt2', () => {
  it('does not take other weights for the published ones', async () => {
    hub().add('openai-community/gpt2', fireside, '607a30d783dfa663caf39e06633721c8d4cfcd7e');
    const { code, output } = await command(
      '--endpoint',
      hub().endpoint,
      '--storage',
      at('storage'),
      '--verdict',
      'README.md',
    );
    expect(code).toBe(1);
    expect(output).toMatch(
      /model.safetensors of openai-community\/gpt2 is offered with SHA-256 .*, but 248dfc39/,
    );
  });

  it('downloads, checks and counts', async () => {
    hub().add('tester/fireside', fireside);
    const { code, output } = await command(
      ...['--model', 'tester/fireside', '--endpoint', hub().endpoint, '--storage', at('storage')],
      ...(isDeep ? [] : ['--verdict', 'README.md']),
    );
    expect(output).toMatch(/ok {5}model.safetensors by sha256/);
    expect(output).toMatch(/ok {5}config.json by git/);
    expect([code, output.trim().split('\n').at(-1)]).toEqual(
      isDeep ? [0, '4 passed, 0 failed'] : [1, '3 passed, 1 failed'],
    );
  });

  it('looks at a copy on the disk, and says what is not as published', async () => {
    const { code, output } = await command('--from', 'models/fireside', '--verdict', 'README.md');
    expect(code).toBe(1);
    expect(output).toMatch(/FAILED greedy continuation of "Every effort moves you"/);
    expect(output).toMatch(/\n0 passed, 2 failed/);
  });

  it.each([
    [['--modle', 'gpt2'], /Unknown option '--modle'/],
    [['--from', 'nowhere', '--verdict', 'README.md'], /config.json cannot be read/],
    [['--from', 'models/fireside', '--verdict', 'nowhere.txt'], /nowhere.txt cannot be read/],
    [['--model', 'nothing'], /There is no model "nothing". Choose one of distilgpt2, gpt2,/],
  ])('explains what is wrong with %j', async (options, sentence) => {
    // One of them shows that the script is that command.
    const { code, output } = await (options[0] === '--modle' ? script : command)(...options);
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/\n\s+at /);
  });
});
