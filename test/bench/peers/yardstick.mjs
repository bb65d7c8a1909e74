/** The machine itself: a fixed piece of work, a product of matrices and a reading of memory, whatever the task. */
import { serve } from './serve.mjs';

const SIDE = 320;
const BYTES = 64e6;

await serve(() => {
  const a = Float64Array.from({ length: SIDE * SIDE }, (_, i) => (i % 17) - 8);
  const b = Float64Array.from({ length: SIDE * SIDE }, (_, i) => (i % 13) - 6);
  const memory = [Buffer.alloc(BYTES, 1), Buffer.alloc(BYTES, 1)];
  return Promise.resolve(() => {
    const c = new Float64Array(SIDE * SIDE);
    for (let i = 0; i < SIDE; i++) {
      for (let k = 0; k < SIDE; k++) {
        const factor = a[i * SIDE + k];
        for (let j = 0; j < SIDE; j++) c[i * SIDE + j] += factor * b[k * SIDE + j];
      }
    }
    if (!Number.isFinite(c[0]) || !memory[0].equals(memory[1])) throw new Error('The machine miscalculates.');
    return Promise.resolve(undefined);
  });
}, 0);
