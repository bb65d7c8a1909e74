/**
 * A computation as a list of operators, free of any file format: `src/onnx` writes it as ONNX. Values are named;
 * operators are those of ONNX (domain '') and of ONNX Runtime (domain `com.microsoft`).
 */

export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'uint8';

/** A dimension: fixed, or named where it differs from run to run. */
export type Dimension = number | string;

export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

/** A constant, held here or in a file beside the graph. */
export interface Constant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | { readonly file: string; readonly offset: number; readonly byteLength: number };
}

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface Operator {
  readonly type: string;
  readonly domain: '' | 'com.microsoft';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers are written as ints, `{ float }` as float. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly constants: readonly Constant[];
  readonly operators: readonly Operator[];
}

/** Bytes of the files beside a graph that it uses; what several constants share counts once. */
export function bytesInFiles({ constants }: Graph): number {
  const parts = new Map<string, number>();
  for (const { data } of constants) {
    if ('file' in data) parts.set(JSON.stringify([data.file, data.offset]), data.byteLength);
  }
  return [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
}

const MICROSOFT = 'com.microsoft.';

/** Collects a graph's operators; every value gets a name of its own. */
export class GraphBuilder {
  private readonly constants = new Map<string, Constant>();
  private readonly operators: Operator[] = [];
  private readonly outputNames = new Map<string, string>();

  /** Adds an operator of one output and returns that output's name. */
  add(type: string, inputs: readonly string[], attributes: Operator['attributes'] = {}): string {
    return this.addMany(type, inputs, 1, attributes)[0]!;
  }

  /** Adds an operator of several outputs; a name beginning `com.microsoft.` belongs to that domain. */
  addMany(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Operator['attributes'] = {},
  ): string[] {
    const name = `${this.operators.length}_${type}`;
    const results = Array.from({ length: outputs }, (_, i) => `${name}_${i}`);
    const microsoft = type.startsWith(MICROSOFT);
    this.operators.push({
      type: microsoft ? type.slice(MICROSOFT.length) : type,
      domain: microsoft ? 'com.microsoft' : '',
      name,
      inputs,
      outputs: results,
      attributes,
    });
    return results;
  }

  /** Makes an operator's output one of the graph's, by another name; other operators may use it as before. */
  output(name: string, value: string): void {
    this.outputNames.set(value, name);
  }

  /** A constant; the same name twice is the same constant. */
  constant(constant: Constant): string {
    this.constants.set(constant.name, constant);
    return constant.name;
  }

  /** A small constant list of whole numbers. */
  integers(...values: number[]): string {
    return this.constant({
      name: `int64_${values.join('_')}`,
      type: 'int64',
      shape: [values.length],
      data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
    });
  }

  /** A constant number without dimensions. */
  float(value: number): string {
    return this.constant({
      name: `float_${value}`,
      type: 'float32',
      shape: [],
      data: new Uint8Array(Float32Array.of(value).buffer),
    });
  }

  build(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Graph {
    const named = (value: string): string => this.outputNames.get(value) ?? value;
    const operators = this.operators.map((operator) => ({
      ...operator,
      inputs: operator.inputs.map(named),
      outputs: operator.outputs.map(named),
    }));
    return { name, inputs, outputs, constants: [...this.constants.values()], operators };
  }
}
