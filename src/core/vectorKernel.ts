/**
 * The passes over all logits in WebAssembly, on the processor's vector unit: several times as fast as `PlainPass`, with
 * the same bits. A page whose policy does not allow WebAssembly does without.
 */
import { FRACTIONS, LOWEST, STEP_HIGH, STEP_LOW, STEPS, STEPS_PER_UNIT } from './exponential';
import { KERNEL } from './kernelBytes';
import { BLOCK, blocksOf, LANES, vectorPass, weighRest, type VectorPass } from './vectorPass';

/** As far as it is used here: types of WebAssembly come with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** See `kernel.wat`. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(from: number, end: number, to: number): number;
  weigh(
    from: number,
    end: number,
    max: number,
    stepsPerUnit: number,
    stepHigh: number,
    stepLow: number,
  ): readonly [sum: number, weighted: number];
}

const BYTES = Float64Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;
/** Where the numbers begin. */
const VALUES = STEPS * BYTES;

/** Bits of the exponent's last place, and of a table's index there, in the upper half of a float64. */
const INDEX_SHIFT = 43 - 32;

class KernelPass implements VectorPass {
  values = new Float64Array(0);
  maxima = new Float64Array(0);
  sum = 0;
  weighted = 0;
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    new Float64Array(kernel.memory.buffer, 0, STEPS).set(FRACTIONS);
    const halves = new Int32Array(kernel.memory.buffer, 0, 2 * STEPS);
    for (let index = 0; index < STEPS; index++) halves[2 * index + 1]! -= index << INDEX_SHIFT;
  }

  reserve(count: number): void {
    if (this.values.length >= count) return;
    const { memory } = this.#kernel;
    const blocks = blocksOf(count);
    const room = blocks * BLOCK;
    const bytes = VALUES + (room + blocks) * BYTES;
    memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE)));
    this.values = new Float64Array(memory.buffer, VALUES, room);
    this.maxima = new Float64Array(memory.buffer, VALUES + room * BYTES, blocks);
  }

  scan(count: number): number {
    const { values, maxima } = this;
    const whole = Math.floor(count / BLOCK);
    let least = Infinity;
    if (whole > 0) least = this.#kernel.scan(VALUES, VALUES + whole * BLOCK * BYTES, maxima.byteOffset);
    let max = -Infinity;
    for (let id = whole * BLOCK; id < count; id++) {
      max = Math.max(max, values[id]!);
      least = Math.min(least, values[id]!);
    }
    if (whole < blocksOf(count)) maxima[whole] = max;
    return least;
  }

  weigh(count: number, max: number, least: number): void {
    const whole = least - max >= LOWEST ? count - (count % LANES) : 0;
    const end = VALUES + whole * BYTES;
    const kernel = this.#kernel;
    [this.sum, this.weighted] = kernel.weigh(VALUES, end, max, STEPS_PER_UNIT, STEP_HIGH, STEP_LOW);
    weighRest(this, whole, count, max);
  }
}

/** A pass in WebAssembly. @throws where that is not allowed, or the processor has no vector unit */
export function kernelPass(): VectorPass {
  const bytes = Uint8Array.from(atob(KERNEL), (character) => character.charCodeAt(0));
  return new KernelPass(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel);
}

/** Lets all chains of this process use WebAssembly, where it can. */
export function useKernel(): void {
  try {
    vectorPass.current = kernelPass();
    vectorPass.owner = undefined;
  } catch {
    // What is there gives the same results.
  }
}
