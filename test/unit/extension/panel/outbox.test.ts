import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../../src/extension/panel/outbox';
import type { ToPanel } from '../../../../src/protocol/messages';

const state = (name: 'starting' | 'ready'): ToPanel => ({ type: 'engine', state: name });

function made(): { outbox: Outbox; sent: ToPanel[] } {
  const sent: ToPanel[] = [];
  const outbox = new Outbox((message) => Promise.resolve(sent.push(message)));
  return { outbox, sent };
}

describe('What a panel has to say', () => {
  it('is held at first, posted together, and then at once', async () => {
    const { outbox, sent } = made();
    outbox.post(state('starting'));
    outbox.post(state('ready'));
    expect(sent).toEqual([]);
    await outbox.release();
    const together = { type: 'several', messages: [state('starting'), state('ready')] };
    expect(sent).toEqual([together]);
    outbox.post(state('ready'));
    expect(sent).toEqual([together, state('ready')]);
    outbox.hold();
    outbox.post(state('starting'));
    expect(sent).toHaveLength(2);
  });

  it('is no message at all where nothing was held, and nothing once the panel is closed', async () => {
    const { outbox, sent } = made();
    await outbox.release();
    outbox.hold();
    outbox.post(state('ready'));
    outbox.close();
    outbox.post(state('ready'));
    await outbox.release();
    expect(sent).toEqual([]);
  });

  it('is waited for until its first answer, though that is held', async () => {
    const { outbox } = made();
    // Longer than a test may take.
    const news = outbox.news(10 ** 9);
    outbox.post({ type: 'event', request: 1, event: { type: 'next' } });
    await news;
    expect(outbox.isHeld).toBe(true);
  });
});
