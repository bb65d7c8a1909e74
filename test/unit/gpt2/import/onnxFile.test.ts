/** What an ONNX file says, against protobufjs: another reader must not see a path that this one has not seen. */
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs/light';
import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../../src/gpt2/checkpoint/modelFileError';
import { describeOnnx, type OnnxDescription } from '../../../../src/gpt2/import/onnxFile';
import { temporaryFolder } from '../../library/temporaryFolder';
import { depth } from '../../depth';

const at = temporaryFolder();

const field = (type: string, id: number, repeated = false): protobuf.IField =>
  repeated ? { type, id, rule: 'repeated' } : { type, id };
const Model = protobuf.Root.fromJSON({
  nested: {
    Entry: { fields: { key: field('string', 1), value: field('string', 2) } },
    Tensor: { fields: { name: field('string', 8), externalData: field('Entry', 13, true) } },
    Graph: { fields: { initializer: field('Tensor', 5, true) } },
    Model: { fields: { graph: field('Graph', 7) } },
  },
}).lookupType('Model');

/** Locations that protobufjs finds; none where it refuses the bytes. */
function locations(bytes: Uint8Array): string[] {
  interface Decoded {
    graph?: { initializer?: { externalData?: { key?: string; value?: string }[] }[] };
  }
  let model: Decoded;
  try {
    model = Model.toObject(Model.decode(bytes));
  } catch {
    return [];
  }
  return (model.graph?.initializer ?? []).flatMap(({ externalData = [] }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => value ?? ''),
  );
}

function varint(value: bigint, bytes = 0): number[] {
  const out: number[] = [];
  for (let rest = value; rest > 0n || out.length < Math.max(1, bytes); rest >>= 7n) {
    out.push(Number(rest & 0x7fn) | 0x80);
  }
  out[out.length - 1]! &= 0x7f;
  return out;
}

type Tag = (number: number) => number[];
const plain: Tag = (number) => varint(BigInt(8 * number + 2));
const message = (tag: number[], ...content: number[][]): number[] => {
  const bytes = content.flat();
  return [...tag, ...varint(BigInt(bytes.length)), ...bytes];
};
const text = (number: number, value: string | number[]): number[] =>
  message(plain(number), typeof value === 'string' ? [...Buffer.from(value)] : value);
const entry = (value: string | number[]): number[][] => [text(1, 'location'), text(2, value)];

/** An ONNX file of one constant. @param tensor its fields */
const model = (...tensor: number[][]): number[] =>
  message(plain(7), message(plain(5), text(8, 'x'), ...tensor));

async function describe_(bytes: readonly number[] | Uint8Array): Promise<OnnxDescription | string> {
  writeFileSync(at('m.onnx'), Uint8Array.from(bytes));
  try {
    return await describeOnnx(at(), at('m.onnx'));
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as Error).message;
  }
}

const found = async (bytes: readonly number[]): Promise<string[] | string> => {
  const description = await describe_(bytes);
  return typeof description === 'string' ? description : description.external.map(({ location }) => location);
};

describe('the external data of an ONNX file', () => {
  it('are found however their tag is written', async () => {
    for (const bytes of [0, 3, 5, 10]) {
      const written = model(message(varint(8n * 13n + 2n, bytes), ...entry('a')));
      expect(await found(written)).toEqual(['a']);
      // protobufjs takes tags of at most five bytes.
      if (bytes <= 5) expect(locations(Uint8Array.from(written))).toEqual(['a']);
    }
  });

  it('are not hidden behind a tag of more than 32 bits', async () => {
    for (const bit of [32n, 35n, 40n, 63n]) {
      const written = model(message(varint((1n << bit) + 8n * 13n + 2n), ...entry('../secret')));
      expect(await found(written)).toMatch(/is not a whole ONNX file: byte \d+ begins no field/);
    }
  });

  it('are those outside of groups, which are skipped', async () => {
    const group = [...varint(8n * 99n + 3n), ...message(plain(13), ...entry('b')), ...varint(8n * 99n + 4n)];
    const written = model(group, message(plain(13), ...entry('a')));
    expect(await found(written)).toEqual(['a']);
    expect(locations(Uint8Array.from(written))).toEqual(['a']);
    expect(await found(model(varint(8n * 99n + 4n)))).toMatch(/ends a group that did not begin/);
    expect(await found(model(varint(8n * 99n + 3n)))).toMatch(/a group does not end/);
    expect(await found(model(varint(2n)))).toMatch(/begins no field/);
    const deep = Array.from({ length: 101 }, () => varint(8n * 99n + 3n)).flat();
    expect(await found(model(deep))).toMatch(/nested too deeply/);
  });

  it('have one location each, which is text', async () => {
    const twice = model(message(plain(13), ...entry('a')), message(plain(13), ...entry('../b')));
    expect(await found(twice)).toMatch(/names its location twice/);
    expect(await found(model(message(plain(13), ...entry([0xff]))))).toMatch(/not in UTF-8/);
    expect(await found(model(message(plain(13), ...entry('a'.repeat(70_000)))))).toMatch(/short text/);
  });

  it('are all seen, or the file is refused, whatever bytes are changed', async () => {
    const whole = model(
      message(plain(13), ...entry('weights.bin')),
      message(plain(13), text(1, 'offset'), text(2, '0')),
    );
    expect(await found(whole)).toEqual(['weights.bin']);
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      removed: fc.nat(3),
      put: fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x6a, 0x80, 0x0a, 0x12, 0x2a, 0x3a)), {
        maxLength: 6,
      }),
    });
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        const bytes = [...whole];
        for (const { at: place, removed, put } of changes) bytes.splice(place, removed, ...put);
        const theirs = locations(Uint8Array.from(bytes));
        const ours = await found(bytes);
        if (typeof ours === 'string') return;
        seen++;
        for (const location of theirs) expect(ours).toContain(location);
      }),
      { numRuns: depth(100, 500) },
    );
    expect(seen).toBeGreaterThan(0);
  });
});
