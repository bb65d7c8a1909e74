import type { Tensor } from 'onnxruntime-node';
import type { Gpt2Config } from '../gpt2/checkpoint/config';
import { checkLogits } from './finiteLogits';
import type { KeyValueRows } from './keyValueRows';
import {
  createSession,
  loadRuntime,
  RuntimeError,
  type Session,
  type SessionOptions,
  type Tensors,
} from './runtime';
import type { Graph } from '../gpt2/graph/graph';

/** The first `length` tokens of some rows. */
export interface RowsView {
  readonly rows: KeyValueRows;
  readonly length: number;
}

/** One run of the step graph; see `buildStepGraph` for the shapes. */
export interface Step {
  /** New tokens, sequence by sequence: `groups` x `ids.length / groups`. */
  readonly ids: readonly number[];
  readonly groups: number;
  /** Keys and values that all sequences share; null where there are none. */
  readonly prefix: RowsView | null;
  /** Keys and values of each sequence; null where there are none. */
  readonly suffix: RowsView | null;
  /** Which new tokens to give logits for, counted over `ids`. */
  readonly logitsFor: readonly number[];
  /** Whether the hidden states of the new tokens are wanted. */
  readonly states?: boolean;
}

export interface StepResult {
  /** One row of vocabulary size per entry of `logitsFor`. */
  readonly logits: Float32Array;
  /** Keys and values of the new tokens, [2 x layers, heads, groups, new tokens, head width]. */
  readonly fresh: Float32Array;
  /** Where wanted: last hidden states of the new tokens, [ids, width]; else empty. */
  readonly states: Float32Array;
}

const OUTPUTS = ['logits', 'new'];
const OUTPUTS_WITH_STATES = [...OUTPUTS, 'states'];
const NO_STATES = new Float32Array();

/** Feeds the step graph from plain arrays. */
export class StepRunner {
  private released = false;
  /** The inputs for the latest shared part: it stays the same while its continuations grow. */
  private prefix: { readonly view: RowsView; readonly inputs: Tensors } | undefined;

  private constructor(
    private readonly name: string,
    private readonly config: Gpt2Config,
    private readonly session: Session,
    private readonly TensorClass: typeof Tensor,
  ) {}

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
    if (this.released) throw new RuntimeError('The model was unloaded while it was in use; load it again.');
    const { ids, groups } = step;
    const fresh = ids.length / groups;
    const past = (step.prefix?.length ?? 0) + (step.suffix?.length ?? 0);
    const inputs: Tensors = {
      ...this.prefixInputs(step.prefix),
      ...this.rowInputs('suffix', step.suffix, groups),
      ids: this.integers(ids, [groups, fresh]),
      positions: this.integers(
        ids.map((_, i) => past + (i % fresh)),
        [groups, fresh],
      ),
      rows: this.integers(step.logitsFor, [step.logitsFor.length]),
      mask: this.mask(step, fresh),
    };
    const outputs = await this.session.run(inputs, step.states ? OUTPUTS_WITH_STATES : OUTPUTS);
    const { logits, new: keysAndValues, states } = outputs;
    const rows = logits!.data as Float32Array;
    checkLogits(rows, this.name);
    return {
      logits: rows,
      fresh: keysAndValues!.data as Float32Array,
      states: states ? (states.data as Float32Array) : NO_STATES,
    };
  }

  async release(): Promise<void> {
    this.released = true;
    this.prefix = undefined;
    await this.session.release();
  }

  private prefixInputs(view: RowsView | null): Tensors {
    if (!view) return this.rowInputs('prefix', null, 1);
    const known = this.prefix?.view;
    if (!this.prefix || known?.rows !== view.rows || known.length !== view.length) {
      this.prefix = { view, inputs: this.rowInputs('prefix', view, 1) };
    }
    return this.prefix.inputs;
  }

  private rowInputs(name: 'prefix' | 'suffix', view: RowsView | null, sequences: number): Tensors {
    const { heads, width, layers } = this.config;
    // An empty part is one token of zeros, which the mask hides.
    const hidden = view ? undefined : new Float32Array(width * sequences);
    const dims = [view?.length ?? 1, 1, heads, sequences, width / heads];
    const inputs: Tensors = {};
    for (let part = 0; part < 2 * layers; part++) {
      const kind = part % 2 === 0 ? 'key' : 'value';
      const data = hidden ?? view!.rows.view(part, view!.length);
      inputs[`${name}_${kind}_${part >> 1}`] = new this.TensorClass('float32', data, dims);
    }
    return inputs;
  }

  /** [new, prefix + suffix + new]: hides the stand-ins of empty parts, and from each new token the later ones. */
  private mask(step: Step, fresh: number): Tensor {
    const prefix = step.prefix?.length ?? 1;
    const suffix = step.suffix?.length ?? 1;
    const columns = prefix + suffix + fresh;
    const mask = new Float32Array(fresh * columns);
    for (let row = 0; row < fresh; row++) {
      const line = mask.subarray(row * columns, (row + 1) * columns);
      if (!step.prefix) line[0] = -Infinity;
      if (!step.suffix) line[prefix] = -Infinity;
      line.fill(-Infinity, prefix + suffix + row + 1);
    }
    return new this.TensorClass('float32', mask, [fresh, columns]);
  }

  private integers(values: readonly number[], dims: readonly number[]): Tensor {
    return new this.TensorClass('int64', BigInt64Array.from(values, BigInt), dims);
  }
}
