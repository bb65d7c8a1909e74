import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CacheHandle, LanguageModel } from '../../../src/core/languageModel';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { findOnnxFile, openOnnxExport } from '../../../src/gpt2/import/onnxExport';
import { loadImported } from '../../../src/onnx/imported';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { valueInfo, writeExport, type ExportOptions, type WritableModel } from './optimumExport';
import { temporaryFolder } from './temporaryFolder';
import { readTensors, reference, TINY, type Tensor } from './tinyGpt2';

const at = temporaryFolder();
const NAME = 'prefixed-names';
const { config, logits: cases, greedy } = reference(NAME);

const tensors: ReadonlyMap<string, Tensor> = new Map(
  [...readTensors(`${TINY}/${NAME}/model.safetensors`)]
    .filter(([name]) => !name.endsWith('.attn.bias'))
    .map(([name, tensor]) => [name.replace('transformer.', ''), tensor]),
);

/** Writes a model folder with an export. @returns the folder. */
function folder(options: ExportOptions, file = 'model.onnx'): string {
  mkdirSync(join(at('model', file), '..'), { recursive: true });
  copyFileSync(`${TINY}/${NAME}/config.json`, at('model', 'config.json'));
  writeExport(at('model', file), tensors, config, options);
  return at('model');
}

async function withModel(
  options: ExportOptions,
  use: (model: LanguageModel) => Promise<void>,
): Promise<void> {
  const directory = folder(options);
  const model = await loadImported({ id: 'x', name: 'x', directory }, (await findOnnxFile(directory))!);
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const kinds: ExportOptions[] = [
  { cache: 'none' },
  { cache: 'past' },
  { cache: 'merged' },
  { cache: 'past', externalData: 'model.onnx_data' },
  { cache: 'merged', externalData: 'weights.bin' },
];

describe.each(kinds)('an ONNX export with cache $cache and weights in $externalData', (options) => {
  it("gives PyTorch's logits", async () => {
    await withModel(options, async (model) => {
      for (const { input_ids, last_logits } of cases) {
        const answers = await model.next(input_ids.map((tokens) => ({ tokens })));
        answers.forEach(({ logits }, i) => {
          expect(largestDifference(logits, last_logits[i]!)).toBeLessThan(1e-4);
        });
      }
    });
  });

  it.each([true, false])('continues greedily as PyTorch does, with cache %s', async (cached) => {
    await withModel(options, async (model) => {
      for (const { prompt, output } of greedy) {
        const tokens = [...prompt];
        let cache: CacheHandle | undefined;
        while (tokens.length < output.length) {
          const [answer] = await model.next([{ tokens: [...tokens], ...(cached && { cache }) }]);
          cache = answer!.cache;
          tokens.push(answer!.logits.indexOf(Math.max(...answer!.logits)));
        }
        expect(tokens).toEqual(output);
      }
    });
  });

  it('goes on from a cache by any number of tokens, and may branch', async () => {
    await withModel(options, async (model) => {
      const longest = cases.reduce((a, b) => (b.input_ids[0]!.length > a.input_ids[0]!.length ? b : a));
      const tokens = longest.input_ids[0]!;
      const want = longest.last_logits[0]!;
      expect(tokens.length).toBeGreaterThan(20);
      for (const known of [1, 5, tokens.length - 3, tokens.length - 1, tokens.length]) {
        const [first] = await model.next([{ tokens: tokens.slice(0, known) }]);
        const other = [...tokens.slice(0, known), 7].slice(0, model.info.contextLength);
        await model.next([{ tokens: other, ...(other.length > known && { cache: first!.cache }) }]);
        const [answer] = await model.next([{ tokens, cache: first!.cache }]);
        expect(largestDifference(answer!.logits, want)).toBeLessThan(1e-4);
      }
    });
  });

  it('scores a text of several windows as its checkpoint does', async () => {
    const text = Array.from({ length: 3 * config['n_positions'] + 5 }, (_, i) => (i * 37) % 101);
    const checkpoint = await loadGpt2({ id: 'x', name: 'x', directory: `${TINY}/${NAME}` });
    const expected = await checkpoint.score!(text, { alternatives: 3 });
    await checkpoint.dispose();
    await withModel(options, async (model) => {
      const found = await model.score!(text, { alternatives: 3 });
      expect(found.logProbabilities[0]).toBeNaN();
      expect(
        largestDifference(found.logProbabilities.slice(1), expected.logProbabilities.slice(1)),
      ).toBeLessThan(1e-4);
      expect(largestDifference(found.entropies.slice(1), expected.entropies.slice(1))).toBeLessThan(1e-4);
      // And as asking for that one token does.
      const [answer] = await model.next([{ tokens: text.slice(0, 7) }]);
      const exps = Array.from(answer!.logits, Math.exp);
      const share = exps[text[7]!]! / exps.reduce((sum, value) => sum + value, 0);
      expect(found.logProbabilities[7]).toBeCloseTo(Math.log(share), 4);
      await expect(model.score!([])).rejects.toThrow(/The text is empty/);
      await expect(model.score!([1, 500])).rejects.toThrow(/The text has token id 500/);
      await expect(model.score!(text, { signal: AbortSignal.abort() })).rejects.toThrow();
    });
  });

  it('refuses contexts that are empty, too long, or hold strange ids or caches', async () => {
    await withModel(options, async (model) => {
      const long = new Array<number>(config.n_positions + 1).fill(1);
      await expect(model.next([{ tokens: [] }])).rejects.toThrow(/Context 0 is empty/);
      await expect(model.next([{ tokens: long }])).rejects.toThrow(/has 25 tokens, .* at most 24/);
      await expect(model.next([{ tokens: [1, 101] }])).rejects.toThrow(/token id 101, .* 0 to 100/);
      await expect(model.next([{ tokens: [1, 2], cache: { length: 1 } }])).rejects.toThrow(/another model/);
      const [answer] = await model.next([{ tokens: [1, 2] }]);
      await expect(model.next([{ tokens: [1, 3, 4], cache: answer!.cache }])).rejects.toThrow(/other tokens/);
    });
  });

  it('stops when it is told to', async () => {
    await withModel(options, async (model) => {
      const stop = new AbortController();
      stop.abort(new Error('enough'));
      await expect(model.next([{ tokens: [1, 2] }], stop.signal)).rejects.toThrow('enough');
    });
  });
});

it('hands the logits of a text over without a copy, and keeps no more than the row that was asked for', async () => {
  const text = Array.from({ length: 12 }, (_, i) => (i * 37) % 101);
  await withModel({ cache: 'none' }, async (model) => {
    const rows: Float32Array[] = [];
    await model.score!(text, { onLogits: (_, logits) => rows.push(logits) });
    expect(rows).toHaveLength(11);
    expect(new Set(rows.map(({ buffer }) => buffer)).size).toBe(1);
    // As asking for each of them does, which gives a row of its own.
    for (const [i, row] of rows.entries()) {
      const [answer] = await model.next([{ tokens: text.slice(0, i + 1) }]);
      expect(largestDifference(row, answer!.logits)).toBeLessThan(1e-5);
      expect(answer!.logits.buffer.byteLength).toBe(4 * config.vocab_size);
    }
  });
});

describe('loadGpt2', () => {
  it('runs an export where there are no safetensors, and only as it is stored', async () => {
    const directory = folder({ cache: 'past' });
    const source = { id: 'x', name: 'Exported', directory };
    const model = await loadGpt2(source);
    expect(model.info).toMatchObject({ name: 'Exported', precision: 'onnx', contextLength: 24 });
    await model.dispose();
    await expect(loadGpt2(source, { precision: 'int8' })).rejects.toThrow(/not as int8/);
    copyFileSync(`${TINY}/${NAME}/model.safetensors`, at('model', 'model.safetensors'));
    const own = await loadGpt2(source);
    expect(own.info.precision).toBe('fp32');
    await own.dispose();
  });
});

describe('findOnnxFile', () => {
  it('prefers the merged graph, and looks into the folder onnx', async () => {
    expect(await findOnnxFile(at())).toBeUndefined();
    folder({ cache: 'none' }, 'onnx/model_quantized.onnx');
    expect(await findOnnxFile(at('model'))).toBe(at('model', 'onnx/model_quantized.onnx'));
    folder({ cache: 'none' }, 'onnx/model.onnx');
    expect(await findOnnxFile(at('model'))).toBe(at('model', 'onnx/model.onnx'));
    folder({ cache: 'merged' }, 'decoder_model_merged.onnx');
    expect(await findOnnxFile(at('model'))).toBe(at('model', 'decoder_model_merged.onnx'));
  });
});

describe('openOnnxExport', () => {
  async function refusal(options: ExportOptions, after?: () => void): Promise<string> {
    const directory = folder(options);
    after?.();
    const error: unknown = await openOnnxExport(directory, at('model', 'model.onnx')).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as Error).message;
  }
  const named = (list: object[], name: string): object =>
    list.find((v) => (v as { name: string }).name === name)!;
  const without = (list: object[], name: string): object[] => list.filter((v) => v !== named(list, name));

  it('tells the files and their sizes', async () => {
    const directory = folder({ cache: 'past', externalData: 'model.onnx_data' });
    const { files, bytes, cache } = await openOnnxExport(directory, at('model', 'model.onnx'));
    expect(files).toEqual([at('model', 'model.onnx'), at('model', 'model.onnx_data')]);
    expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
    expect(cache).toBe('float32');
  });

  const changes: [what: string, change: (model: WritableModel) => void, sentence: RegExp][] = [
    [
      'an input of an encoder',
      ({ graph }) => graph.input.push(valueInfo('encoder_hidden_states', 1, ['b', 's', 32])),
      /needs the input "encoder_hidden_states", which is not known/,
    ],
    [
      'an input named like a property of every object',
      ({ graph }) => graph.input.push(valueInfo('constructor', 1, ['b'])),
      /needs the input "constructor"/,
    ],
    [
      'no input_ids',
      ({ graph }) => (graph.input = without(graph.input, 'input_ids')),
      /no input "input_ids"/,
    ],
    ['no logits', ({ graph }) => (graph.output = without(graph.output, 'logits')), /no output "logits"/],
    [
      'a cache with a part missing',
      ({ graph }) => (graph.input = without(graph.input, 'past_key_values.1.value')),
      /"past_key_values.1.value" is missing/,
    ],
    [
      'an output of the cache missing',
      ({ graph }) => (graph.output = without(graph.output, 'present.2.key')),
      /no output "present.2.key"/,
    ],
    [
      'more layers than config.json says',
      ({ graph }) => {
        for (const kind of ['key', 'value']) {
          graph.input.push(valueInfo(`past_key_values.3.${kind}`, 1, ['b', 4, 'p', 8]));
        }
      },
      /not those of the 3 layers/,
    ],
    [
      'another number of heads',
      ({ graph }) =>
        Object.assign(
          named(graph.input, 'past_key_values.0.key'),
          valueInfo('past_key_values.0.key', 1, ['b', 5, 'p', 8]),
        ),
      /shape \[\?, 5, \?, 8\], but config.json demands \[batch, 4, tokens, 8\]/,
    ],
    [
      'another vocabulary',
      ({ graph }) => Object.assign(named(graph.output, 'logits'), valueInfo('logits', 1, ['b', 's', 102])),
      /102 logits, but config.json says vocab_size 101/,
    ],
    [
      'input_ids that are not whole numbers',
      ({ graph }) => Object.assign(named(graph.input, 'input_ids'), valueInfo('input_ids', 1, ['b', 's'])),
      /"input_ids" has ONNX type float32, expected int64 or int32/,
    ],
    [
      'a switch without a cache',
      ({ graph }) => {
        graph.input = graph.input.filter((v) => !(v as { name: string }).name.startsWith('past_key_values'));
        graph.input.push(valueInfo('use_cache_branch', 9, [1]));
      },
      /"use_cache_branch", but no inputs for past/,
    ],
  ];
  it.each(changes)('refuses %s', async (_, change, sentence) => {
    expect(await refusal({ cache: 'past', change })).toMatch(sentence);
  });

  it.each(['../weights.bin', '/etc/passwd', 'a/../../weights.bin', '..\\weights.bin', 'C:weights.bin'])(
    'refuses external data in %s',
    async (location) => {
      writeFileSync(at('weights.bin'), Buffer.alloc(1 << 20));
      const change = ({ graph }: WritableModel): void => {
        for (const { externalData } of graph.initializer as {
          externalData?: { key: string; value: string }[];
        }[]) {
          for (const entry of externalData ?? []) if (entry.key === 'location') entry.value = location;
        }
      };
      expect(await refusal({ cache: 'past', externalData: 'weights.bin', change })).toMatch(
        /expected a name below its own folder/,
      );
    },
  );

  it('refuses external data in a branch of a merged graph just as well', async () => {
    const change = ({ graph }: WritableModel): void => {
      interface Branch {
        attribute: { g: { initializer: object[] } }[];
      }
      const { g } = (graph.node[0] as Branch).attribute[1]!;
      const entries = [{ key: 'location', value: '../../secret' }];
      g.initializer.push({ name: 'x', dataType: 1, dims: [1], dataLocation: 1, externalData: entries });
    };
    expect(await refusal({ cache: 'merged', change })).toMatch(/"\.\.\/\.\.\/secret"/);
  });

  it('refuses external data that is a link out of the folder, missing, or too short', async () => {
    writeFileSync(at('secret.bin'), Buffer.alloc(1 << 20));
    const options: ExportOptions = { cache: 'past', externalData: 'weights.bin' };
    expect(
      await refusal(options, () => {
        truncateSync(at('model', 'weights.bin'), 100);
      }),
    ).toMatch(/lies at bytes .* of weights.bin, which has only 100 bytes/);
    const elsewhere = ({ graph }: WritableModel): void => {
      const [first] = graph.initializer as { externalData: { key: string; value: string }[] }[];
      first!.externalData[0]!.value = 'link.bin';
    };
    expect(await refusal({ ...options, change: elsewhere })).toMatch(/link.bin cannot be read/);
    expect(
      await refusal({ ...options, change: elsewhere }, () => {
        symlinkSync(at('secret.bin'), at('model', 'link.bin'));
      }),
    ).toMatch(/link out of the model's folder/);
  });

  it('refuses files that are no ONNX or only the beginning of one', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello, world'), Buffer.alloc(64, 0xff)]) {
      expect(
        await refusal({ cache: 'past' }, () => {
          writeFileSync(at('model', 'model.onnx'), bytes);
        }),
      ).toMatch(/is not a whole ONNX file/);
    }
    folder({ cache: 'past' });
    const whole = readFileSync(at('model', 'model.onnx'));
    for (let tenth = 1; tenth < 10; tenth++) {
      expect(
        await refusal({ cache: 'past' }, () => {
          writeFileSync(at('model', 'model.onnx'), whole.subarray(0, (whole.length * tenth) / 10));
        }),
      ).toMatch(/is not a whole ONNX file/);
    }
  });

  it('refuses a config.json of another architecture', async () => {
    expect(
      await refusal({ cache: 'past' }, () => {
        writeFileSync(at('model', 'config.json'), '{"model_type":"gpt_neo"}');
      }),
    ).toMatch(/model_type is "gpt_neo"/);
  });
});
