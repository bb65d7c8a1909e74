/** What other programs are told, by the names and values of their own documentation. */
import { describe, expect, it } from 'vitest';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { builtInPresets } from '../../../src/core/samplers/presets';
import { copyAs } from '../../../src/interchange/targets';
import { TOY_DEFAULT, ToyModel } from '../../../src/core/toyModel';
import { withTokenIds } from '../../../src/interchange/tokenIds';
import { ORDINARY, run } from './chains';

const json = (
  id: 'llama-server' | 'vllm-server' | 'openai' | 'ollama',
  chain: ChainSpec,
  more = {},
): unknown => JSON.parse(copyAs(id, run(chain, more)).text);

describe('llama.cpp', () => {
  it('has every sampler switched off that it applies by itself', () => {
    // tools/server/README.md: temperature 0.8, top-k 40, top-p 0.95, min-p 0.05; 1, 0, 1 and 0 switch them off.
    expect(json('llama-server', [])).toEqual({
      temperature: 1,
      top_k: 0,
      top_p: 1,
      min_p: 0,
      n_predict: 40,
      seed: 42,
      prompt: 'Once upon a time',
    });
  });

  it('takes the order of the chain by its list of samplers', () => {
    const chain = [
      ORDINARY['top-p'],
      ORDINARY.temperature,
      ORDINARY['repetition-penalty'],
      ORDINARY['top-k'],
      ORDINARY.typical,
    ];
    expect(json('llama-server', chain)).toMatchObject({
      samplers: ['top_p', 'temperature', 'penalties', 'top_k', 'typ_p'],
      top_p: 0.9,
      temperature: 0.7,
      repeat_penalty: 1.2,
      repeat_last_n: -1,
      top_k: 25,
      typical_p: 0.8,
    });
    expect(copyAs('llama-server', run(chain)).notes.join()).not.toContain('Order');
  });

  it('says dynamic temperature by its middle and its range, Mirostat by its version, bans by false', () => {
    expect(json('llama-server', [ORDINARY['dynamic-temperature']])).toMatchObject({
      temperature: 1,
      dynatemp_range: 0.5,
      dynatemp_exponent: 1.2,
    });
    expect(json('llama-server', [ORDINARY['mirostat-2']])).toMatchObject({
      mirostat: 2,
      mirostat_tau: 4,
      mirostat_eta: 0.2,
    });
    expect(json('llama-server', [ORDINARY['logit-bias'], ORDINARY['banned-tokens']])).toMatchObject({
      logit_bias: [
        [5, 1.5],
        [7, -3],
        [11, false],
        [12, false],
      ],
    });
  });

  it('writes flags that a shell passes on as they are', () => {
    const { text } = copyAs(
      'llama-cli',
      run([ORDINARY['top-k'], ORDINARY['logit-bias']], { prompt: "It's `x`!" }),
    );
    for (const words of [
      '--temp 1 ',
      '--top-k 25 ',
      '--top-p 1 ',
      '--min-p 0 ',
      '--samplers top_k ',
      '--logit-bias 5+1.5 ',
      '--logit-bias 7-3 ',
      '-n 40 ',
      '--seed 42 ',
      '--no-escape',
    ]) {
      expect(text.replaceAll('\\\n', ' ')).toContain(words);
    }
    expect(text).toContain(String.raw`--prompt 'It'\''s ` + "`x`!'");
  });
});

describe('vLLM', () => {
  it('is told everything that a model’s generation_config.json could set', () => {
    expect(json('vllm-server', [])).toEqual({
      model: 'fireside',
      temperature: 1,
      top_k: -1,
      top_p: 1,
      min_p: 0,
      repetition_penalty: 1,
      max_tokens: 40,
      seed: 42,
      prompt: 'Once upon a time',
    });
  });

  it('has biases by token id, shapes under structured_outputs, and texts that must not come', () => {
    expect(
      json('vllm-server', [
        ORDINARY['logit-bias'],
        ORDINARY.regex,
        ORDINARY['banned-phrases'],
        ORDINARY['allowed-tokens'],
        ORDINARY['min-length'],
      ]),
    ).toMatchObject({
      logit_bias: { '5': 1.5, '7': -3 },
      structured_outputs: { regex: '[a-z]+( [a-z]+)*' },
      bad_words: [' a tapestry'],
      allowed_token_ids: [1, 2, 3],
      min_tokens: 10,
    });
    const { text } = copyAs(
      'vllm',
      run([ORDINARY['logit-bias'], ORDINARY['json-schema']], { samples: 3, stop: ['\n'] }),
    );
    for (const words of [
      'logit_bias={5: 1.5, 7: -3}',
      'structured_outputs=StructuredOutputsParams(json={"type": "object"',
      'n=3,',
      'stop=["\\n"],',
      'generation_config="vllm"',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('says that presence and frequency count only what was generated', () => {
    const { notes } = copyAs('vllm', run([ORDINARY['presence-penalty']]));
    expect(notes.find((note) => note.startsWith('presence-penalty'))).toMatch(
      /only generated tokens count.*the prompt/,
    );
  });
});

describe('the OpenAI API', () => {
  it('bans a token by a bias of -100 and asks for a schema by response_format', () => {
    expect(
      json('openai', [ORDINARY['banned-tokens'], ORDINARY['json-schema'], ORDINARY['top-p']], { samples: 2 }),
    ).toMatchObject({
      logit_bias: { '11': -100, '12': -100 },
      response_format: { type: 'json_schema', json_schema: { strict: true, schema: { type: 'object' } } },
      top_p: 0.9,
      n: 2,
      temperature: 1,
    });
  });
});

describe('Ollama', () => {
  it('has its penalty, top-k and top-p switched off, and the prompt as it is', () => {
    // api/types.go, DefaultOptions: temperature 0.8, top_k 40, top_p 0.9, repeat_penalty 1.1.
    expect(json('ollama', [ORDINARY['min-p']])).toEqual({
      model: 'fireside',
      prompt: 'Once upon a time',
      raw: true,
      stream: false,
      options: {
        temperature: 1,
        top_k: 0,
        top_p: 1,
        min_p: 0.1,
        repeat_penalty: 1,
        num_predict: 40,
        seed: 42,
      },
    });
    const lines = copyAs('ollama-modelfile', run([], { stop: ['END', '\n'] })).text.split('\n');
    for (const line of [
      'PARAMETER temperature 1',
      'PARAMETER top_k 0',
      'PARAMETER repeat_penalty 1',
      'PARAMETER stop "END"',
      'PARAMETER stop """',
    ]) {
      expect(lines).toContain(line);
    }
  });
});

describe('Hugging Face', () => {
  it('draws, has numbers with a fraction where it refuses others, and no top-k of its own', () => {
    const { text } = copyAs(
      'hugging-face',
      run([{ sampler: 'temperature', temperature: 2 }, ORDINARY['logit-bias']], { samples: 4, stop: ['\n'] }),
    );
    for (const words of [
      'do_sample=True,',
      'temperature=2.0,',
      'top_k=0,',
      'top_p=1.0,',
      'repetition_penalty=1.0,',
      'sequence_bias=[[[5], 1.5], [[7], -3.0]],',
      'num_return_sequences=4,',
      'stop_strings=["\\n"],',
      'tokenizer=tokenizer,',
      'set_seed(42)',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('does not draw at temperature 0, and then has no settings of a draw', () => {
    const { text } = copyAs(
      'hugging-face',
      run([ORDINARY['repetition-penalty'], ORDINARY['top-k'], { sampler: 'temperature', temperature: 0 }]),
    );
    expect(text).toContain('do_sample=False,');
    expect(text).toContain('repetition_penalty=1.2,');
    expect(text).not.toMatch(/temperature=|top_k=|set_seed\(/);
  });
});

describe('libraries of JavaScript', () => {
  it('have their own defaults switched off', () => {
    const node = copyAs('node-llama-cpp', run([ORDINARY['banned-tokens']])).text;
    for (const words of [
      'repeatPenalty: false',
      'topK: 0',
      'topP: 1',
      'temperature: 1',
      'tokenBias.set(11, "never")',
    ])
      expect(node).toContain(words);
    const transformers = copyAs('transformers-js', run([ORDINARY['top-k'], ORDINARY['top-p']]));
    expect(transformers.text).toMatch(/top_k: 25/);
    expect(transformers.text).not.toMatch(/top_p:/);
    expect(transformers.notes.join()).toMatch(/top-p is left out.*not applied/);
  });
});

describe('what differs', () => {
  it('names the order where it matters and not where it does not', () => {
    const order = (chain: ChainSpec): boolean =>
      copyAs('vllm', run(chain)).notes.some((note) => note.startsWith('Order:'));
    expect(order([ORDINARY['top-k'], ORDINARY.temperature])).toBe(false);
    expect(order([ORDINARY['top-p'], ORDINARY.temperature])).toBe(true);
    expect(order([ORDINARY['top-p'], ORDINARY['top-k']])).toBe(true);
  });

  it('names ties at top-k by what each program does', () => {
    const tied = (id: 'llama-server' | 'vllm', ties: 'all' | 'exact'): boolean =>
      copyAs(id, run([{ sampler: 'top-k', k: 5, ties }])).notes.some((note) => note.startsWith('top-k:'));
    expect([
      tied('llama-server', 'all'),
      tied('llama-server', 'exact'),
      tied('vllm', 'all'),
      tied('vllm', 'exact'),
    ]).toEqual([true, false, false, true]);
  });

  it('writes no sampler where decoding is greedy, and says so', () => {
    const { text, notes } = copyAs(
      'llama-server',
      run(builtInPresets.precise.chain, { greedy: true, samples: 5 }),
    );
    expect(JSON.parse(text)).toMatchObject({ temperature: 0, top_k: 0, top_p: 1, min_p: 0 });
    expect(notes.join()).toMatch(/Greedy decoding.*One text is asked for/);
  });

  it('keeps sentences and names on their lines', () => {
    const { document } = copyAs('hugging-face', run([], { model: 'a\nimport os', stop: [] }));
    expect(document.split('\n').filter((line) => line.startsWith('import'))).toEqual([]);
  });

  it('leaves JSON without comments, which the document has', () => {
    const { text, document, language } = copyAs('openai', run([ORDINARY.dry]));
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(document).toMatch(/^\/\/ .*\n(?:\/\/ .*\n)*\{/);
    expect(language).toBe('jsonc');
  });
});

it('names tokens by their ids where the vocabulary has them', () => {
  const model = new ToyModel(TOY_DEFAULT);
  const chain: ChainSpec = [
    { sampler: 'banned-tokens', texts: [' pasta'] },
    { sampler: 'allowed-tokens', texts: ['no such word'] },
  ];
  const [banned, allowed] = withTokenIds(chain, model.vocabulary);
  const id = banned?.sampler === 'banned-tokens' ? banned.ids?.[0] : undefined;
  const { bytes, offsets } = model.vocabulary;
  expect(new TextDecoder().decode(bytes.subarray(offsets[id!], offsets[id! + 1]))).toBe(' pasta');
  expect(allowed).toEqual(chain[1]);
});
