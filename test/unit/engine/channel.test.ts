import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChannelWriter, ownBuffers, type Channel } from '../../../src/engine/channel';

/** A channel with room for so many messages, whose reader takes one whenever `read` is called. */
class NarrowChannel implements Channel {
  readonly waiting: ((error: Error | null) => void)[] = [];
  readonly #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  send(
    _message: unknown,
    _handle: undefined,
    _options: undefined,
    callback: (error: Error | null) => void,
  ): boolean {
    this.waiting.push(callback);
    return this.waiting.length <= this.#room;
  }

  read(error: Error | null = null): void {
    this.waiting.shift()?.(error);
  }
}

const message = { jsonrpc: '2.0' };

async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await nextTurn();
  return done;
}

describe('ChannelWriter', () => {
  it('is drained while the channel has room', async () => {
    const channel = new NarrowChannel(2);
    const writer = new ChannelWriter(channel);
    void writer.write(message);
    void writer.write(message);
    expect(await settled(writer.drained)).toBe(true);
  });

  it('is congested until the message that found no room was taken', async () => {
    const channel = new NarrowChannel(1);
    const writer = new ChannelWriter(channel);
    for (let i = 0; i < 3; i++) void writer.write(message);
    const { drained } = writer;
    for (let i = 0; i < 3; i++) {
      expect(await settled(drained)).toBe(false);
      channel.read();
    }
    expect(await settled(drained)).toBe(true);
  });

  it('is drained when the channel breaks, and the write fails', async () => {
    const channel = new NarrowChannel(0);
    const writer = new ChannelWriter(channel);
    const writing = writer.write(message);
    channel.read(new Error('broken pipe'));
    await expect(writing).rejects.toThrow('broken pipe');
    expect(await settled(writer.drained)).toBe(true);
  });

  it('fails for a closed channel and for what cannot be cloned', async () => {
    await expect(new ChannelWriter({}).write(message)).rejects.toThrow('closed');
    const refusing: Channel = {
      send: () => {
        throw new Error('could not be cloned');
      },
    };
    await expect(new ChannelWriter(refusing).write(message)).rejects.toThrow('could not be cloned');
  });
});

describe('ownBuffers', () => {
  it('gives every view a buffer of its own size and keeps everything else', () => {
    const block = new ArrayBuffer(64);
    const value = {
      list: [new Float32Array(block, 4, 2), new Uint8Array(block, 1, 3), 'text', null, undefined],
      nested: { view: new DataView(block, 8, 8), number: -0, flag: true },
    };
    new Float32Array(block).fill(1.5);
    const own = ownBuffers(value);
    expect(own).toEqual(value);
    expect((own.list[0] as Float32Array).buffer.byteLength).toBe(8);
    expect((own.list[1] as Uint8Array).buffer.byteLength).toBe(3);
    expect(own.nested.view.buffer.byteLength).toBe(8);
    new Float32Array(block).fill(0);
    expect(Array.from(own.list[0] as Float32Array)).toEqual([1.5, 1.5]);
  });
});
