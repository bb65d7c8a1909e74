import { describe, expect, it } from 'vitest';
import { endOrSilence, runWatched } from '../../../scripts/suites/silence';

describe('endOrSilence', () => {
  it('waits as long as something happens, however long that is', async () => {
    let finish: (value: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      finish = resolve;
    });
    let asked = 0;
    const progress = (): number => {
      if (++asked === 8) finish('done');
      return asked;
    };
    // Shorter than the time between two looks: only progress keeps it waiting.
    expect(await endOrSilence(ended, progress, 1)).toEqual({ end: 'done' });
    expect(asked).toBe(8);
  });

  it('gives up what makes no progress', async () => {
    const never = new Promise<string>(() => undefined);
    expect(await endOrSilence(never, () => 'the same', 600)).toBeNull();
  });
});

describe('runWatched', () => {
  it('gives the exit code of what ends by itself, and its last words', async () => {
    const program = `console.log('first'); console.log('last'); process.exitCode = 3`;
    expect(await runWatched(['-e', program], 60_000)).toEqual({ code: 3, lastWords: 'first\nlast' });
  });

  it('ends a process that hangs', async () => {
    const { code } = await runWatched(['-e', 'setInterval(() => undefined, 1000)'], 600);
    expect(code).toBeNull();
  });
});
