/**
 * The passes over all logits in WebAssembly, on the processor's vector unit: several times as fast as `PlainPass`, with
 * the same bits. A page whose policy does not allow WebAssembly does without.
 */
import { FRACTIONS, ONE, STEPS, STEPS_PER_UNIT, THREE, TWO } from './exponential';
import { KERNEL } from './kernelBytes';
import { BLOCK, blocksOf, roomFor, scan, vectorPass, type VectorPass } from './vectorPass';

/** As far as it is used here: types of WebAssembly come with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** See `kernel.wat`. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  scan(from: number, end: number, to: number): number;
  scan32(from: number, end: number, to: number): number;
  weigh: Weigh;
  sum32: Weigh;
}
type Weigh = (
  from: number,
  end: number,
  max: number,
  stepsPerUnit: number,
  one: number,
  two: number,
  three: number,
) => readonly [sum: number, weighted: number];

const BYTES = Float64Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;
/** Where the numbers begin. */
const VALUES = STEPS * BYTES;

/** Bits of the exponent's last place, and of a table's index there, in the upper half of a float64. */
const INDEX_SHIFT = 43 - 32;

class KernelPass implements VectorPass {
  maxima = new Float64Array(0);
  sum = 0;
  weighted = 0;
  readonly #kernel: Kernel;
  /** The same memory, for numbers as they come: most models give float32, of which half as much is read. */
  #wide = new Float64Array(0);
  #narrow = new Float32Array(0);
  /** The one of the two that holds the numbers. */
  #values: Float32Array | Float64Array = this.#wide;
  #count = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    new Float64Array(kernel.memory.buffer, 0, STEPS).set(FRACTIONS);
    const halves = new Int32Array(kernel.memory.buffer, 0, 2 * STEPS);
    for (let index = 0; index < STEPS; index++) halves[2 * index + 1]! -= index << INDEX_SHIFT;
  }

  load(numbers: ArrayLike<number>, wide: boolean): number {
    const count = numbers.length;
    this.#reserve(count);
    const values = wide || !(numbers instanceof Float32Array) ? this.#wide : this.#narrow;
    this.#values = values;
    this.#count = count;
    values.set(numbers);
    // What fills up the last few weighs nothing.
    values.fill(-Infinity, count, roomFor(count));
    const whole = count - (count % BLOCK);
    const rest = scan(values, this.maxima, whole, count);
    if (whole === 0) return rest;
    const kernel = this.#kernel;
    const to = this.maxima.byteOffset;
    const end = this.#endOf(whole);
    const least = values === this.#narrow ? kernel.scan32(VALUES, end, to) : kernel.scan(VALUES, end, to);
    return Math.min(least, rest);
  }

  put(place: number, number: number): void {
    this.#values[place] = number;
  }

  sums(max: number): void {
    const kernel = this.#kernel;
    const end = this.#endOf(roomFor(this.#count));
    const isNarrow = this.#values === this.#narrow;
    [this.sum, this.weighted] = isNarrow
      ? kernel.sum32(VALUES, end, max, STEPS_PER_UNIT, ONE, TWO, THREE)
      : kernel.weigh(VALUES, end, max, STEPS_PER_UNIT, ONE, TWO, THREE);
  }

  weigh(max: number, out: Float64Array): void {
    this.sums(max);
    out.set(this.#wide.subarray(0, this.#count));
  }

  /** Where so many numbers end, in bytes. */
  #endOf(count: number): number {
    return VALUES + count * this.#values.BYTES_PER_ELEMENT;
  }

  #reserve(count: number): void {
    if (this.#wide.length >= count) return;
    const { memory } = this.#kernel;
    const blocks = blocksOf(count);
    const room = blocks * BLOCK;
    const bytes = VALUES + (room + blocks) * BYTES;
    memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE)));
    this.#wide = new Float64Array(memory.buffer, VALUES, room);
    this.#narrow = new Float32Array(memory.buffer, VALUES, room);
    this.maxima = new Float64Array(memory.buffer, VALUES + room * BYTES, blocks);
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
  } catch {
    // What is there gives the same results.
  }
}
