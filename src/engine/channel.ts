/** JSON-RPC over the channel between a process and its fork. */
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node';

/** The sending half of `process` or `ChildProcess`. */
export interface Channel {
  send?(
    message: unknown,
    handle: undefined,
    options: undefined,
    callback: (error: Error | null) => void,
  ): boolean;
}

/**
 * Writes messages and knows when the channel is congested. The package's own IPC writer takes every message at
 * once, so that a fast producer fills the memory when the reader is slow.
 */
export class ChannelWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #channel: Channel;
  #drained: Promise<void> = Promise.resolve();

  constructor(channel: Channel) {
    super();
    this.#channel = channel;
  }

  /** Resolves when the channel takes more; it never rejects. */
  get drained(): Promise<void> {
    return this.#drained;
  }

  write(message: Message): Promise<void> {
    const { promise, resolve, reject } = withResolvers();
    if (!this.#channel.send) return Promise.reject(new Error('The channel is closed.'));
    try {
      const room = this.#channel.send(message, undefined, undefined, (error) => {
        if (error) {
          this.fireError(error, message);
          reject(error);
        } else resolve();
      });
      if (!room) this.#drained = promise.catch(() => undefined);
    } catch (error) {
      // The message holds something that cannot be cloned, such as a function.
      reject(error as Error);
    }
    return promise;
  }

  end(): void {
    // The channel belongs to its process and ends with it.
  }
}

function withResolvers() {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/**
 * The value with every typed array in it standing on a buffer of its own. An array that arrives over a channel
 * is a view into the whole received block, and passing it on would pass on the block.
 */
export function ownBuffers<T>(value: T): T {
  return own(value) as T;
}

function own(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return ownView(value);
  if (Array.isArray(value)) return value.map(own);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, own(entry)]));
}

type ViewConstructor = new (buffer: ArrayBufferLike) => ArrayBufferView;

function ownView(view: ArrayBufferView): ArrayBufferView {
  const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  // Buffer, a Uint8Array of Node's own kind, becomes a plain one.
  return view instanceof Uint8Array
    ? new Uint8Array(bytes)
    : new (view.constructor as ViewConstructor)(bytes);
}
