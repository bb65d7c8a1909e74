/** Texts of other programs as they are found, and such as nobody would write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChain } from '../../../src/core/samplers/chain';
import { LONGEST_PASTE, readPasted, SOURCES, type Pasted } from '../../../src/interchange/paste';
import { depth } from '../depth';

function read(text: string, source?: string): Pasted {
  const found = readPasted(text, { source });
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('a command line of llama.cpp', () => {
  it('has the samplers that llama.cpp applies by itself, and says so', () => {
    const { chain, assumed, source, aside } = read(
      'llama-cli -m model.gguf --temp 0.7 -ngl 99 -p "Once upon"',
    );
    expect(source.id).toBe('llama-cli');
    expect(chain).toEqual([
      { sampler: 'top-k', k: 40, ties: 'exact' },
      { sampler: 'top-p', p: 0.95 },
      { sampler: 'min-p', p: 0.05 },
      { sampler: 'temperature', temperature: 0.7 },
    ]);
    expect(assumed).toEqual([
      'top_k is not stated: llama.cpp takes 40.',
      'top_p is not stated: llama.cpp takes 0.95.',
      'min_p is not stated: llama.cpp takes 0.05.',
    ]);
    expect(aside).toEqual(['-m', '-ngl']);
  });

  it('is read over several lines, with comments and the shell’s quotation marks', () => {
    const { chain, parameters } = read(String.raw`# a note --temp 9
llama-completion --samplers 'temperature;top_k' --temp=1.5 --top_k 7 \
  --seed 3 -n 12 -r 'The end' -p "a \"b\" it's" \
  -p 'it'\''s
two lines'`);
    expect(chain).toEqual([
      { sampler: 'temperature', temperature: 1.5 },
      { sampler: 'top-k', k: 7, ties: 'exact' },
    ]);
    expect(parameters).toEqual({ seed: 3, maxNewTokens: 12, stop: ['The end'], prompt: "it's\ntwo lines" });
  });

  it('names flags and values that it does not understand', () => {
    const { notUnderstood } = read(
      'llama-server --top-k many --frobnicate 3 --min-p 7 --grammar "root ::= x"',
    );
    expect(notUnderstood.join('\n')).toMatch(/--top-k is "many"; it must be a number/);
    expect(notUnderstood.join('\n')).toMatch(/--frobnicate "3": not understood/);
    expect(notUnderstood.join('\n')).toMatch(/min-p: p is 7; it must be a number from 0 to 1/);
    expect(notUnderstood.join('\n')).toMatch(/grammar is "root ::= x"/);
  });

  it('applies only the temperature beside Mirostat', () => {
    const { chain, notUnderstood } = read('llama-cli --mirostat 2 --mirostat-ent 3 --top-k 20 --temp 0.5');
    expect(chain).toEqual([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'mirostat-2', tau: 3, eta: 0.1 },
    ]);
    expect(notUnderstood.join()).toContain('top-k is not taken over');
  });
});

it('reads a generation_config.json as Hugging Face does', () => {
  const { chain, source, assumed, aside } = read(
    '{"bos_token_id": 128000, "do_sample": true, "eos_token_id": [128001, 128009], "temperature": 0.6, "top_p": 0.9, "transformers_version": "4.42.3"}',
  );
  expect(source.id).toBe('generation-config');
  expect(chain).toEqual([
    { sampler: 'temperature', temperature: 0.6 },
    { sampler: 'top-k', k: 50 },
    { sampler: 'top-p', p: 0.9 },
  ]);
  expect(assumed).toEqual(['top_k is not stated: Hugging Face takes 50.']);
  expect(aside).toContain('transformers_version');
});

it('takes a configuration that does not draw for greedy decoding', () => {
  const { chain, assumed, notUnderstood } = read(
    '{"_from_model_config": true, "repetition_penalty": 1.3, "temperature": 0.6, "top_p": 0.9}',
    'generation-config',
  );
  expect(chain).toEqual([
    { sampler: 'repetition-penalty', penalty: 1.3 },
    { sampler: 'temperature', temperature: 0 },
  ]);
  expect(assumed).toContain('do_sample is not stated: Hugging Face takes false.');
  expect(notUnderstood).toEqual([
    'temperature 0.6, top_p 0.9: not used, because Hugging Face does not draw unless do_sample is true.',
  ]);
});

describe('requests', () => {
  it('are read from JSON with comments, and from what curl sends', () => {
    const { chain, source, parameters } = read(`// sampling
      { "model": "m", "prompt": "Hi", "temperature": 0.5, /* nucleus */ "top_p": 0.8, "max_tokens": 9, "n": 2, }`);
    expect(source.id).toBe('openai');
    expect(chain).toEqual([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-p', p: 0.8 },
    ]);
    expect(parameters).toEqual({ prompt: 'Hi', maxNewTokens: 9, samples: 2 });
    const sent = read(
      `curl http://localhost:8080/completion -H "Content-Type: application/json" -d '{"n_predict": 5, "top_k": 3, "min_p": 0, "top_p": 1, "temperature": 1}'`,
    );
    expect(sent.source.id).toBe('llama-server');
    expect(sent.chain).toEqual([{ sampler: 'top-k', k: 3, ties: 'exact' }]);
  });

  it('of vLLM have the shapes of older versions too', () => {
    expect(read('{"guided_regex": "[ab]+", "top_k": 5, "min_tokens": 3}').chain).toEqual([
      { sampler: 'min-length', length: 3, endOfText: 50256 },
      { sampler: 'regex', expression: '[ab]+' },
      { sampler: 'top-k', k: 5 },
    ]);
  });

  it('of Ollama have the options that it takes by itself', () => {
    const { chain, assumed, source } = read(
      '{"model": "m", "prompt": "x", "options": {"temperature": 0.2, "num_ctx": 4096, "mirostat": 2}}',
    );
    expect(source.id).toBe('ollama');
    expect(chain).toEqual([
      { sampler: 'repetition-penalty', penalty: 1.1, window: 64 },
      { sampler: 'top-k', k: 40, ties: 'exact' },
      { sampler: 'top-p', p: 0.9 },
      { sampler: 'temperature', temperature: 0.2 },
    ]);
    expect(assumed).toHaveLength(4);
    expect(read('{"options": {"mirostat": 2}}').notUnderstood.join()).toContain('mirostat is 2');
  });

  it('name every value that is wrong, and take the rest', () => {
    const { chain, notUnderstood, parameters } = read(
      '{"temperature": "hot", "top_p": 1.5, "top_k": 2.5, "min_p": 0.1, "seed": 1e99, "stop": 7, "frequency_penalty": 0, "n": 0}',
      'vllm-server',
    );
    expect(chain).toEqual([{ sampler: 'min-p', p: 0.1 }]);
    expect(parameters).toEqual({});
    const all = notUnderstood.join('\n');
    for (const words of [
      'temperature is "hot"; it must be a number',
      'k is 2.5; it must be a whole number',
      'seed is 1e+99',
      'stop is 7',
      'n is 0; it must be a whole number from 1 to 64',
    ])
      expect(all).toContain(words);
  });
});

it('reads a Modelfile', () => {
  const { chain, parameters } = read(
    'FROM llama3.2\n# warm\nPARAMETER temperature 1\nPARAMETER top_k 0\nPARAMETER top_p 1.0\nPARAMETER repeat_penalty 1\nparameter min_p 0.2\nPARAMETER stop "<|end|>"\nPARAMETER stop AI assistant:\nSYSTEM """two\nlines"""\n',
  );
  expect(chain).toEqual([{ sampler: 'min-p', p: 0.2 }]);
  expect(parameters).toEqual({ stop: ['<|end|>', 'AI assistant:'] });
});

it('reads calls in Python, and names what is not written out', () => {
  const { chain, parameters, notUnderstood } = read(`
torch.manual_seed(5)
outputs = model.generate(
    **inputs, max_new_tokens=30, do_sample=True,  # draws
    temperature=.8, top_k=0, typical_p = 0.2e0, bad_words_ids=[[3], [4, 5]],
    eos_token_id=tokenizer.eos_token_id, stopping_criteria=make(1, 2), min_p=None,
)`);
  expect(chain).toEqual([
    { sampler: 'banned-tokens', ids: [3] },
    { sampler: 'temperature', temperature: 0.8 },
    { sampler: 'typical', p: 0.2 },
  ]);
  expect(parameters).toEqual({ maxNewTokens: 30, seed: 5 });
  expect(notUnderstood.join('\n')).toMatch(/bad_words_ids holds \[\[4,5\]\]/);
  expect(notUnderstood.join('\n')).toMatch(/stopping_criteria is make\(1, 2\)/);
  expect(read('temperature = 0.9\ndo_sample = True\ntop_k = 12').chain).toEqual([
    { sampler: 'temperature', temperature: 0.9 },
    { sampler: 'top-k', k: 12 },
  ]);
});

describe('whatever is pasted', () => {
  it('is refused in a sentence where it is too long, too deep or nothing', () => {
    expect(readPasted('x'.repeat(LONGEST_PASTE + 1))).toMatch(/200,001 characters; at most 200,000/);
    expect(readPasted('{"a":'.repeat(500), { source: 'openai' })).toMatch(
      /nested 500 levels deep; at most 100/,
    );
    expect(readPasted('Once upon a time')).toMatch(/none of the kinds of text/);
    expect(readPasted('{"temperature": 0.7', { source: 'openai' })).toMatch(/not JSON/);
    expect(readPasted('')).toMatch(/none of the kinds of text/);
  });

  it('is read around what no shell would take', () => {
    const given = readPasted('llama-cli --temp 0.5 -p ${ --top-k 7', { source: 'llama-cli' });
    const samplers = typeof given === 'string' ? [] : given.chain;
    expect(samplers).toContainEqual(expect.objectContaining({ sampler: 'top-k', k: 7 }));
    expect(samplers).toContainEqual({ sampler: 'temperature', temperature: 0.5 });
    expect(typeof readPasted('${', { source: 'llama-cli' })).toBe('string');
  });

  it('never throws, and what comes of it is a chain', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, true, 'x', [], {}),
    );
    const keys = SOURCES.flatMap(({ program }) => program.slots.flatMap((slot) => Object.keys(slot.keys)));
    const objects = fc.dictionary(
      fc.constantFrom(...keys, 'samplers', 'options', '__proto__', 'prompt', 'stop', 'seed'),
      value,
      { maxKeys: 8 },
    );
    const texts = fc.oneof(
      objects.map((object) => JSON.stringify(object)),
      objects
        .map((object) =>
          Object.entries(object)
            .map(([key, one]) => `${key}=${JSON.stringify(one)}`)
            .join(', '),
        )
        .map((inside) => `SamplingParams(${inside})`),
      objects.map((object) =>
        Object.entries(object)
          .map(([key, one]) => `--${key.replaceAll('_', '-')} ${JSON.stringify(one)}`)
          .join(' '),
      ),
      objects.map((object) =>
        Object.entries(object)
          .map(([key, one]) => `PARAMETER ${key} ${JSON.stringify(one)}`)
          .join('\n'),
      ),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom(
          '{',
          '}',
          '[',
          '"',
          "'",
          '\\',
          '(',
          ')',
          '=',
          '-',
          '$',
          '#',
          '\n',
          'a',
          '1',
          ',',
        ),
        maxLength: 40,
      }),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(undefined, ...SOURCES.map(({ id }) => id)), (text, source) => {
        const found = readPasted(text, { source });
        if (typeof found === 'string') expect(found).toMatch(/\.$/);
        else expect(parseChain(found.chain)).toEqual(found.chain);
      }),
      { numRuns: depth(1000, 50_000) },
    );
  });
});

describe('what is beyond a limit', () => {
  it('of a probability is told with its value, and left out', () => {
    for (const [settings, key] of [
      ['{"max_tokens": 5, "top_p": 2}', 'top_p is 2'],
      ['{"n_predict": 5, "min_p": -1}', 'min_p is -1'],
      ['{"do_sample": true, "typical_p": 3}', 'typical_p is 3'],
    ] as const) {
      const { chain, notUnderstood } = read(settings);
      expect(notUnderstood).toEqual([
        expect.stringMatching(`^${key}; it must be from 0 to 1, so .* is left out`),
      ]);
      expect(chain.map(({ sampler }) => sampler)).not.toContain(key.startsWith('top') ? 'top-p' : 'min-p');
    }
    // These are what the programs themselves write for off.
    expect(read('{"max_tokens": 5, "top_p": 1, "min_p": 0}').notUnderstood).toEqual([]);
  });

  it('of numbers is called infinite', () => {
    expect(read('{"max_tokens": 5, "temperature": 1e400}').notUnderstood).toEqual([
      'temperature is Infinity; it must be a finite number.',
    ]);
  });

  it('of stop strings is left out', () => {
    const stop = [...Array.from({ length: 17 }, (_, i) => `end ${i}`), 'x'.repeat(201), 'y'.repeat(200)];
    const { parameters, notUnderstood } = read(JSON.stringify({ max_tokens: 5, stop }));
    expect(parameters.stop).toEqual(stop.slice(0, 16));
    expect(notUnderstood).toEqual([
      'stop has a text of 201 characters, which is left out; at most 200 are taken.',
      'stop has 18 texts; only the first 16 are taken.',
    ]);
    expect(read(JSON.stringify({ max_tokens: 5, stop: stop.slice(-1) })).parameters.stop).toEqual(
      stop.slice(-1),
    );
  });
});
