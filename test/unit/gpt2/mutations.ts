/** Model folders whose files strangers have changed, and what must hold of every one of them. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { inspectModelFolder } from '../../../src/gpt2/checkpoint/modelFolder';
import { loadTokenizer } from '../../../src/gpt2/tokenizer/tokenizerFile';
import { writeExport } from '../library/optimumExport';
import { readTensors, reference, TINY, writeTiny } from '../library/tinyGpt2';
import { charsMap } from './tokenizer/doubleArray';

/** Seeded draws of whole numbers. */
export class Draw {
  readonly #source;

  constructor(seed: number) {
    this.#source = xoroshiro128plus(seed);
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return (this.#source.next() >>> 0) % count;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

/** What may stand in the place of any value of a JSON file. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    -0,
    2 ** 53,
    1_999_999,
    4e9,
    '',
    'x',
    '\u0000',
    '../x',
    '__proto__',
  ],
  ...[
    'toString',
    'constructor',
    'Sequence',
    'ByteLevel',
    'Unigram',
    '(a*)*b',
    '\ud800',
    [],
    {},
    [[]],
    [null],
  ],
  ...[{ type: 'Sequence' }, { __proto__: null }, [1, 2], ['a', 'b'], { id: 1 }, 'F32', 'I64'],
];

/** Puts something strange into a random place of a value, or takes a field away. */
function changeValue(value: unknown, draw: Draw): unknown {
  if (typeof value !== 'object' || value === null || draw.below(6) === 0) return draw.of(STRANGE);
  if (Array.isArray(value)) {
    if (value.length === 0) return [draw.of(STRANGE)];
    const at = draw.below(value.length);
    const changed = value.map((item: unknown, i) => (i === at ? changeValue(item, draw) : item));
    return draw.below(8) === 0 ? changed.filter((_, i) => i !== at) : changed;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [String(draw.of(STRANGE))]: draw.of(STRANGE) };
  const at = draw.below(entries.length);
  if (draw.below(8) === 0) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return Object.fromEntries(
    entries.map(([key, item], i) => [
      i === at && draw.below(8) === 0 ? String(draw.of(STRANGE)) : key,
      i === at ? changeValue(item, draw) : item,
    ]),
  );
}

function changeBytes(bytes: Buffer, draw: Draw): Buffer {
  const changed = Buffer.from(bytes);
  switch (draw.below(4)) {
    case 0:
      return changed.subarray(0, draw.below(bytes.length));
    case 1:
      return Buffer.concat([
        changed.subarray(0, draw.below(bytes.length)),
        changed.subarray(draw.below(bytes.length)),
      ]);
    default:
      // The beginning, where what is said of the numbers lies.
      for (let i = 0; i <= draw.below(4); i++)
        changed[draw.below(Math.min(bytes.length, 2000))] = draw.below(256);
      return changed;
  }
}

/** Changes what one file holds, or what it is. */
function changeFile(path: string, draw: Draw): void {
  const bytes = readFileSync(path);
  const kind = draw.below(20);
  if (kind === 0) {
    rmSync(path);
    if (draw.below(2) === 0) mkdirSync(path);
    else symlinkSync(draw.of(['..', '/etc/passwd', 'gone', 'config.json']), path);
  } else if (kind < 5) writeFileSync(path, changeBytes(bytes, draw));
  else if (path.endsWith('.json')) {
    writeFileSync(path, JSON.stringify(changeValue(JSON.parse(bytes.toString()), draw)));
  } else if (path.endsWith('.safetensors')) {
    const end = 8 + Number(bytes.readBigUInt64LE());
    const header = changeValue(JSON.parse(bytes.subarray(8, end).toString()), draw);
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path, Buffer.concat([length, text, bytes.subarray(end)]));
  } else writeFileSync(path, changeBytes(bytes, draw));
}

const NAME = 'plain-names';

/** Tokenizers of the kinds that can be shown token by token. */
const TOKENIZERS: readonly object[] = [
  {
    added_tokens: [
      { id: 4, content: '<|endoftext|>', special: true, lstrip: false, rstrip: false, normalized: false },
    ],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] },
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2, Ġ: 3 }, merges: [['a', 'b']] },
  },
  {
    added_tokens: [],
    normalizer: { type: 'Replace', pattern: { Regex: 'a+' }, content: 'b' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: '\\s+' }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
  },
  {
    added_tokens: [{ id: 0, content: '<unk>', special: true }],
    normalizer: {
      type: 'Precompiled',
      precompiled_charsmap: charsMap(new Map([['ﬁ', 'fi']])).toString('base64'),
    },
    pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always' },
    decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always' },
    model: {
      type: 'Unigram',
      unk_id: 0,
      vocab: [
        ['<unk>', 0],
        ['\u2581', -1],
        ['a', -2],
        ['b', -2.5],
      ],
    },
  },
];

/** A whole folder of one of the kinds there are. @returns its files */
async function writeWhole(folder: string, kind: number): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tokenizer = TOKENIZERS[Math.floor(kind / 3) % TOKENIZERS.length];
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'generation_config.json'), '{"eos_token_id":[0,1],"bos_token_id":0}');
  const common = ['config.json', 'tokenizer.json', 'generation_config.json'];
  if (kind % 3 === 0) {
    await writeTiny(folder, NAME);
    return [...common, 'model.safetensors', 'model.safetensors'];
  }
  if (kind % 3 === 1) {
    await writeTiny(folder, NAME, { shards: 2 });
    return [...common, 'model.safetensors.index.json', 'model-00001-of-00002.safetensors'];
  }
  copyFileSync(`${TINY}/${NAME}/config.json`, join(folder, 'config.json'));
  const tensors = new Map(
    [...readTensors(`${TINY}/${NAME}/model.safetensors`)].filter(([n]) => !n.endsWith('.attn.bias')),
  );
  writeExport(join(folder, 'model.onnx'), tensors, reference(NAME).config, {
    cache: 'past',
    externalData: 'w.bin',
  });
  return [...common, 'model.onnx', 'model.onnx'];
}

export interface Outcomes {
  accepted: number;
  refused: number;
  /** What was neither, with the seed that gives it again. */
  readonly raw: string[];
}

/** Changes one or two files of a folder for each seed, and looks at it as the library and the engine do. */
export async function tryMutations(folder: string, first: number, count: number): Promise<Outcomes> {
  const outcomes: Outcomes = { accepted: 0, refused: 0, raw: [] };
  for (let seed = first; seed < first + count; seed++) {
    const draw = new Draw(seed);
    const files = await writeWhole(folder, seed);
    for (let i = 0; i <= draw.below(2); i++) {
      const path = join(folder, draw.of(files));
      try {
        changeFile(path, draw);
      } catch {
        // The second change of a file that the first has made something else.
      }
    }
    for (const look of [inspectModelFolder, loadTokenizer]) {
      try {
        await look(folder);
        outcomes.accepted++;
      } catch (error) {
        if (error instanceof ModelFileError && /^.{20,}[.] .*[.]$|^.{20,}[.]$/s.test(error.message))
          outcomes.refused++;
        else outcomes.raw.push(`${seed}: ${String(error)}`);
      }
    }
  }
  return outcomes;
}
