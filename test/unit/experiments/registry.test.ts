import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runExperiment } from '../../../src/engine/runExperiment';
import { TAB_NAMES } from '../../../src/experiments/registry';

const TOY = { kind: 'toy', words: ['a'], logits: [0] } as const;

it('Every experiment with a tab has a command', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { commands: { command: string }[] };
  };
  const commands = contributes.commands.map(({ command }) => command);
  expect(commands).toEqual(expect.arrayContaining(TAB_NAMES.map((name) => `decodingLab.${name}`)));
});

it('A result or an event of another shape is a fault with a sentence, and not taken for one', async () => {
  const answering = (event: unknown, result: unknown): Parameters<typeof runExperiment>[0] => ({
    run: (_name, _source, _parameters, options) => {
      options?.onEvent?.(event);
      return Promise.resolve(result);
    },
  });
  const ask = (event: unknown, result: unknown): Promise<unknown> =>
    runExperiment(answering(event, result), 'fidelity', TOY, { text: 'a' }, { onEvent: () => undefined });
  const progress = { type: 'progress', done: 1, total: 2, what: 'tokens' };
  await expect(ask({ type: 'progress' }, {})).rejects.toThrow(/unknown shape.*Reload the window/);
  await expect(ask(progress, { tokens: 'many' })).rejects.toThrow(/unknown shape/);
  const whole = {
    ...{ tokens: 2, perplexity: 3, referencePerplexity: 3 },
    ...{ meanDivergence: 0, largestDivergence: 0, sameBest: 1 },
  };
  await expect(ask(progress, whole)).resolves.toEqual(whole);
});
