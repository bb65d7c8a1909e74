import type { Tensor } from 'onnxruntime-node';
import type { Gpt2Config } from '../gpt2/checkpoint/config';
import { allFinite } from '../gpt2/checkpoint/floats';
import { checkLogits } from './finiteLogits';
import { floats, type KeyValueRows } from './keyValueRows';
import {
  createSession,
  loadRuntime,
  RuntimeError,
  type Session,
  type SessionOptions,
  type Tensors,
} from './runtime';
import type { Graph } from '../gpt2/graph/graph';
import { t } from '../l10n/language';

/** The first `length` tokens of some rows. */
export interface RowsView {
  readonly rows: KeyValueRows;
  readonly length: number;
}

/** Rows of each sequence: `length` of them from `start` on are known, and those of the new tokens are written after them. */
export interface OwnRows extends RowsView {
  readonly start: number;
}

/** One run of the step graph; see `buildStepGraph` for the shapes. */
export interface Step {
  /** New tokens, sequence by sequence: `groups` x `ids.length / groups`. */
  readonly ids: readonly number[];
  readonly groups: number;
  /** Keys and values that all sequences share; null where there are none. */
  readonly prefix: RowsView | null;
  /** Keys and values of each sequence, with room that was claimed for the new tokens. */
  readonly own: OwnRows;
  /** Which new tokens to give logits for, counted over `ids`. */
  readonly logitsFor: readonly number[];
  /** Where to write these; an array of their own without it. */
  readonly logits?: Float32Array | undefined;
  /** Whether the hidden states of the new tokens are wanted. */
  readonly states?: boolean;
}

export interface StepResult {
  /** One row of vocabulary size per entry of `logitsFor`. */
  readonly logits: Float32Array;
  /** Where wanted: last hidden states of the new tokens, [ids, width]; else empty. */
  readonly states: Float32Array;
}

/** Feeds the step graph from plain arrays. */
export class StepRunner {
  private released = false;
  /** One token of zeros, which the mask hides. */
  private readonly emptyPrefix: Tensors;
  /** The inputs for the latest shared part: it stays the same while its continuations grow. */
  private prefix: { readonly view: RowsView; readonly inputs: Tensors } | undefined;

  private constructor(
    private readonly name: string,
    private readonly config: Gpt2Config,
    private readonly session: Session,
    private readonly TensorClass: typeof Tensor,
  ) {
    const { heads, width, layers } = config;
    const zeros = new TensorClass('float32', new Float32Array(width), [1, heads, width / heads]);
    this.emptyPrefix = named('prefix', Array<Tensor>(2 * layers).fill(zeros));
  }

  /**
   * @param name of the model, for sentences.
   * @throws RuntimeError as `createSession`.
   */
  static async create(
    name: string,
    config: Gpt2Config,
    graph: Graph,
    options: SessionOptions,
  ): Promise<StepRunner> {
    const session = await createSession(graph, options);
    return new StepRunner(name, config, session, (await loadRuntime()).Tensor);
  }

  /**
   * Runs one step; the thread is blocked meanwhile.
   * @throws RuntimeError when the model was released since; ModelFileError when a logit is no finite number.
   */
  async run(step: Step): Promise<StepResult> {
    if (this.released)
      throw new RuntimeError(t('The model was unloaded while it was in use; load it again.'));
    const { ids, groups, own, prefix, logitsFor } = step;
    const { vocabularySize, width } = this.config;
    const fresh = ids.length / groups;
    const past = (prefix?.length ?? 0) + own.length;
    const grown = this.rowTensors(own.rows, own.start, own.start + own.length + fresh, groups);
    const all = ids.map((_, i) => i);
    const [kept, rows] = step.states ? [all, logitsFor] : [logitsFor, logitsFor.map((_, i) => i)];
    const inputs: Tensors = {
      ...this.prefixInputs(prefix),
      ...named('own', grown),
      ids: this.integers(ids, [groups, fresh]),
      positions: this.integers(
        all.map((i) => past + (i % fresh)),
        [groups, fresh],
      ),
      places: this.integers(
        Array.from({ length: fresh }, (_, i) => own.length + i),
        [1, fresh, 1],
      ),
      kept: this.integers(kept, [kept.length]),
      rows: this.integers(rows, [rows.length]),
      mask: this.mask(step, fresh),
    };
    const logits = step.logits ?? floats(logitsFor.length * vocabularySize);
    const states = new Float32Array(step.states ? ids.length * width : 0);
    const outputs: Tensors = named('grown', grown);
    // An array without numbers has no place in memory to write to.
    const sums = new Float32Array(logitsFor.length);
    if (logits.length > 0) {
      outputs.logits = this.floats(logits, [logitsFor.length, vocabularySize]);
      outputs.sums = this.floats(sums, [logitsFor.length]);
    }
    if (states.length > 0) outputs.states = this.floats(states, [ids.length, width]);
    await this.session.runInto(inputs, outputs);
    // A sum of finite logits can be too large as well.
    if (!allFinite(sums)) checkLogits(logits, this.name);
    return { logits, states };
  }

  async release(): Promise<void> {
    this.released = true;
    this.prefix = undefined;
    await this.session.release();
  }

  private prefixInputs(view: RowsView | null): Tensors {
    if (!view) return this.emptyPrefix;
    const known = this.prefix?.view;
    if (!this.prefix || known?.rows !== view.rows || known.length !== view.length) {
      const tensors = this.rowTensors(view.rows, 0, view.length);
      this.prefix = { view, inputs: named('prefix', tensors) };
    }
    return this.prefix.inputs;
  }

  /** Keys and values of some tokens of `groups` sequences, or of the prefix of all of them; not copied. */
  private rowTensors(rows: KeyValueRows, start: number, end: number, groups?: number): Tensor[] {
    const { heads, width } = this.config;
    const dims = [end - start, heads, ...(groups === undefined ? [] : [groups]), width / heads];
    return Array.from({ length: rows.parts }, (_, part) => this.floats(rows.view(part, start, end), dims));
  }

  /** [new, prefix + own]: hides the stand-in of an empty prefix, and from each new token the later ones. */
  private mask({ prefix, own }: Step, fresh: number): Tensor {
    const seen = (prefix?.length ?? 1) + own.length;
    const columns = seen + fresh;
    const mask = new Float32Array(fresh * columns);
    for (let row = 0; row < fresh; row++) {
      const line = mask.subarray(row * columns, (row + 1) * columns);
      if (!prefix) line[0] = -Infinity;
      line.fill(-Infinity, seen + row + 1);
    }
    return this.floats(mask, [fresh, columns]);
  }

  private floats(values: Float32Array, dims: readonly number[]): Tensor {
    return new this.TensorClass('float32', values, dims);
  }

  private integers(values: readonly number[], dims: readonly number[]): Tensor {
    return new this.TensorClass('int64', BigInt64Array.from(values, BigInt), dims);
  }
}

/** Tensors of all layers, key and value in turn, by the names of inputs or outputs. */
function named(name: 'prefix' | 'own' | 'grown', tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(
    tensors.map((tensor, part) => [`${name}_${part % 2 === 0 ? 'key' : 'value'}_${part >> 1}`, tensor]),
  );
}
