import { messageOf } from '../../core/messageOf';
import { openInside } from '../checkpoint/boundedFile';
import { refuseLfsPointer } from '../checkpoint/lfsPointer';
import { ModelFileError, unreadable } from '../checkpoint/modelFileError';
import { ProtobufError, ProtobufFile, type ProtobufField } from './protobufFile';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** Number of onnx.proto's `TensorProto.DataType`. */
  readonly type: number;
  /** Fixed dimensions; null where they differ from run to run. Undefined where the file says nothing. */
  readonly shape: readonly (number | null)[] | undefined;
}

/** A constant whose bytes lie in another file. */
export interface ExternalData {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  /** Undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** What an ONNX file says of itself, its numbers left unread. */
export interface OnnxDescription {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly external: readonly ExternalData[];
}

/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
const MODEL = { graph: 7, training: 20, functions: 25 };
const TRAINING = { initialization: 1, algorithm: 2 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const FUNCTION = { node: 7 };
const NODE = { attribute: 5 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 };
const SPARSE_TENSOR = { values: 1, indices: 2 };
const TENSOR = { name: 8, externalData: 13 };
const ENTRY = { key: 1, value: 2 };
const VALUE_INFO = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { element: 1, shape: 2 };
const SHAPE = { dimension: 1 };
const DIMENSION = { value: 1 };

/** Graphs within graphs within ...: the branches of a merged export are one level down. */
const DEEPEST = 16;

/**
 * Reads what an ONNX file says of its inputs, outputs and external data, in every graph within it.
 * @param directory the model's folder.
 * @param path of the graph, below it.
 * @throws ModelFileError when it cannot be read, is not an ONNX file or lies outside the folder.
 */
export async function describeOnnx(directory: string, path: string): Promise<OnnxDescription> {
  const { handle, size } = await openInside(directory, path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(100), 0, 100, 0);
    refuseLfsPointer(path, buffer.subarray(0, bytesRead));
    return await new Reader(new ProtobufFile(handle, size)).model();
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    if (!(error instanceof ProtobufError)) throw unreadable(path, error);
    throw new ModelFileError(
      t('{0} is not a whole ONNX file: {1}. Download or copy the file again.', path, messageOf(error)),
    );
  } finally {
    await handle.close();
  }
}

class Reader {
  readonly #external: ExternalData[] = [];

  constructor(private readonly file: ProtobufFile) {}

  async model(): Promise<OnnxDescription> {
    const inputs: OnnxValue[] = [];
    const outputs: OnnxValue[] = [];
    let found = false;
    for await (const field of this.file.fields()) {
      if (field.number === MODEL.graph && field.isBytes) {
        found = true;
        await this.#graph(field, 0, inputs, outputs);
      } else if (field.number === MODEL.functions) await this.#nodes(field, FUNCTION.node, 0);
      else if (field.number === MODEL.training) await this.#training(field);
    }
    if (!found) throw new ProtobufError(t('it has no graph'));
    return { inputs, outputs, external: this.#external };
  }

  async #graph(
    range: ProtobufField,
    depth: number,
    inputs: OnnxValue[],
    outputs: OnnxValue[],
  ): Promise<void> {
    if (depth > DEEPEST)
      throw new ProtobufError(t('its graphs are nested more than {0} deep', written(DEEPEST)));
    for await (const field of this.#within(range)) {
      if (field.number === GRAPH.node) await this.#attributes(field, depth);
      else if (field.number === GRAPH.initializer) await this.#tensor(field);
      else if (field.number === GRAPH.sparseInitializer) await this.#sparseTensor(field);
      else if (field.number === GRAPH.input) inputs.push(await this.#value(field));
      else if (field.number === GRAPH.output) outputs.push(await this.#value(field));
    }
  }

  /** Graphs that are not run here, but whose constants some runtimes load. */
  async #training(range: ProtobufField): Promise<void> {
    for await (const field of this.#within(range)) {
      if (field.number === TRAINING.initialization || field.number === TRAINING.algorithm)
        await this.#graph(field, 0, [], []);
    }
  }

  async #nodes(range: ProtobufField, node: number, depth: number): Promise<void> {
    for await (const field of this.#within(range)) {
      if (field.number === node) await this.#attributes(field, depth);
    }
  }

  /** Constants and graphs among the attributes of one node. */
  async #attributes(range: ProtobufField, depth: number): Promise<void> {
    for await (const attribute of this.#within(range)) {
      if (attribute.number !== NODE.attribute) continue;
      for await (const field of this.#within(attribute)) {
        const { number } = field;
        if (number === ATTRIBUTE.tensor || number === ATTRIBUTE.tensors) await this.#tensor(field);
        else if (number === ATTRIBUTE.sparseTensor || number === ATTRIBUTE.sparseTensors) {
          await this.#sparseTensor(field);
        } else if (number === ATTRIBUTE.graph || number === ATTRIBUTE.graphs) {
          // The inputs and outputs of an inner graph are no business of the caller's.
          await this.#graph(field, depth + 1, [], []);
        }
      }
    }
  }

  async #sparseTensor(range: ProtobufField): Promise<void> {
    for await (const field of this.#within(range)) {
      if (field.number === SPARSE_TENSOR.values || field.number === SPARSE_TENSOR.indices)
        await this.#tensor(field);
    }
  }

  async #tensor(range: ProtobufField): Promise<void> {
    let tensor = '';
    const entries = new Map<string, string>();
    for await (const field of this.#within(range)) {
      if (field.number === TENSOR.name) tensor = await this.file.text(field);
      else if (field.number === TENSOR.externalData) {
        let key = '';
        let value = '';
        for await (const part of this.#within(field)) {
          if (part.number === ENTRY.key) key = await this.file.text(part);
          else if (part.number === ENTRY.value) value = await this.file.text(part);
        }
        if (entries.has(key)) throw new ProtobufError(t('tensor "{0}" names its {1} twice', tensor, key));
        entries.set(key, value);
      }
    }
    const location = entries.get('location');
    if (location === undefined) return;
    const count = (key: string): number | undefined => {
      const text = entries.get(key);
      if (text === undefined) return undefined;
      const value = Number(text);
      if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
        throw new ProtobufError(t('the {0} of tensor "{1}" is {2}', key, tensor, JSON.stringify(text)));
      }
      return value;
    };
    this.#external.push({ tensor, location, offset: count('offset') ?? 0, length: count('length') });
  }

  async #value(range: ProtobufField): Promise<OnnxValue> {
    let name = '';
    let type = 0;
    let shape: (number | null)[] | undefined;
    for await (const field of this.#within(range)) {
      if (field.number === VALUE_INFO.name) name = await this.file.text(field);
      else if (field.number === VALUE_INFO.type) {
        for await (const kind of this.#within(field)) {
          if (kind.number !== TYPE.tensor) continue;
          for await (const part of this.#within(kind)) {
            if (part.number === TENSOR_TYPE.element) type = part.value;
            else if (part.number === TENSOR_TYPE.shape) shape = await this.#shape(part);
          }
        }
      }
    }
    return { name, type, shape };
  }

  async #shape(range: ProtobufField): Promise<(number | null)[]> {
    const shape: (number | null)[] = [];
    for await (const field of this.#within(range)) {
      if (field.number !== SHAPE.dimension) continue;
      let dimension: number | null = null;
      for await (const part of this.#within(field)) {
        if (part.number === DIMENSION.value && !part.isBytes) dimension = part.value;
      }
      shape.push(dimension);
    }
    return shape;
  }

  #within({ start, end, isBytes }: ProtobufField): AsyncGenerator<ProtobufField> {
    if (!isBytes) throw new ProtobufError(t('byte {0} should begin a message', written(start)));
    return this.file.fields(start, end);
  }
}
