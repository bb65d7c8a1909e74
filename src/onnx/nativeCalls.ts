/** Marks when the thread is inside ONNX Runtime, where it can answer nothing and yet works. */

/** Whether a native call goes on, 0 or 1 (they never overlap), in memory that another thread can read. */
export const nativeCalls = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Makes a native call of onnxruntime-node, which puts it off to the next turn of the event loop and then blocks the
 * thread. The mark stands for the call alone: it is set in the same turn, just before, and taken away before any
 * other code runs, so that a loop elsewhere is never taken for a native call.
 */
export async function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  const mark = setImmediate(() => {
    Atomics.store(nativeCalls, 0, 1);
  });
  try {
    return await call();
  } finally {
    clearImmediate(mark);
    Atomics.store(nativeCalls, 0, 0);
  }
}
