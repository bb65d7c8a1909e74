import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Priority } from '../../../src/engine/protocol';
import { Turns } from '../../../src/engine/turns';

const never = new AbortController().signal;

/** Runs that take three steps each, begun in the order given; the order in which steps are done. */
async function stepsOf(turns: Turns, priorities: readonly Priority[], signal = never): Promise<string[]> {
  const steps: string[] = [];
  await Promise.all(
    priorities.map((priority) =>
      turns.while(priority, async () => {
        for (let step = 0; step < 3; step++) {
          await nextTurn();
          await turns.turn(priority, signal);
          steps.push(priority);
        }
      }),
    ),
  );
  return steps;
}

describe('Turns', () => {
  it('lets the panel go before the background, and typing before both', async () => {
    expect(await stepsOf(new Turns(), ['background', 'panel', 'typing'])).toEqual([
      ...['typing', 'typing', 'typing'],
      ...['panel', 'panel', 'panel'],
      ...['background', 'background', 'background'],
    ]);
  });

  it('lets equals go side by side', async () => {
    const turns = new Turns();
    expect(await stepsOf(turns, ['panel', 'panel'])).toHaveLength(6);
    turns.prioritize = false;
    expect((await stepsOf(turns, ['background', 'typing'])).slice(0, 2)).toEqual(['background', 'typing']);
  });

  it('does not keep a stopped run waiting', async () => {
    const turns = new Turns();
    const controller = new AbortController();
    await turns.while('typing', async () => {
      const waiting = turns.turn('panel', controller.signal);
      controller.abort();
      await waiting;
    });
  });

  it('goes on when priorities are switched off, and when what had priority failed', async () => {
    const turns = new Turns();
    await turns.while('typing', async () => {
      const waiting = turns.turn('panel', never);
      turns.prioritize = false;
      turns.wake();
      await waiting;
    });
    turns.prioritize = true;
    await expect(turns.while('typing', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await turns.turn('background', never);
  });
});
