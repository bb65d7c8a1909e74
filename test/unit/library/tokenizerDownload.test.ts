import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { libraryFixture } from './fixture';

const { at, hub, library } = libraryFixture();

const REPO = 'tester/large';
const TOKENIZER = JSON.stringify({ model: { vocab: { a: 0 } }, padding: 'x'.repeat(20_000) });
const FILES = {
  'tokenizer.json': TOKENIZER,
  'tokenizer_config.json': '{"chat_template":"{{ messages }}"}',
  'generation_config.json': '{"eos_token_id":0}',
  'config.json': '{"model_type":"llama"}',
  'model-00001-of-00002.safetensors': Buffer.alloc(50_000),
  'README.md': '# Large',
  'original/tokenizer.json': '{}',
};

const never = new AbortController().signal;

describe('a tokenizer from the hub', () => {
  it('comes alone: its files, and none of the weights of its model', async () => {
    hub().add(REPO, FILES);
    const directory = at('tokenizers', 'tester--large');
    const told: number[] = [];
    await library().downloadTokenizer({
      ...{ repo: REPO, directory, signal: never },
      onBytes: (received, total) => {
        told.push(received / total);
      },
    });
    expect(readdirSync(directory).sort()).toEqual([
      'config.json',
      'generation_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(readFileSync(join(directory, 'tokenizer.json'), 'utf8')).toBe(TOKENIZER);
    expect(told.at(-1)).toBe(1);
    expect(hub().seen.some(({ file }) => file.endsWith('.safetensors'))).toBe(false);
    expect(readdirSync(at('tokenizers'))).toEqual(['tester--large']);
  });

  it('takes the place of an earlier one once all of it has arrived, and not before', async () => {
    const directory = at('tokenizers', 'tester--large');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'tokenizer.json'), 'earlier');
    hub().add(REPO, FILES);
    hub().fault = ({ file }) => (file === 'config.json' ? { status: 403 } : undefined);
    await expect(library().downloadTokenizer({ repo: REPO, directory, signal: never })).rejects.toMatchObject(
      { code: 'access' },
    );
    expect(readFileSync(join(directory, 'tokenizer.json'), 'utf8')).toBe('earlier');
    hub().fault = () => undefined;
    await library().downloadTokenizer({ repo: REPO, directory, signal: never });
    expect(readFileSync(join(directory, 'tokenizer.json'), 'utf8')).toBe(TOKENIZER);
  });

  it('that is not there, or is stopped, leaves nothing', async () => {
    const directory = at('tokenizers', 'tester--none');
    hub().add('tester/none', { 'config.json': '{}' });
    await expect(
      library().downloadTokenizer({ repo: 'tester/none', directory, signal: never }),
    ).rejects.toThrow('tester/none has no tokenizer.json. Choose a folder');
    hub().add(REPO, FILES);
    await expect(
      library().downloadTokenizer({ repo: REPO, directory, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'stopped' });
    expect(existsSync(directory)).toBe(false);
  });
});
