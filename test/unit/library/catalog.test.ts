import { describe, expect, it } from 'vitest';
import {
  isRepository,
  loadCatalog,
  mergeCatalogs,
  parseCatalog,
  parseEntries,
} from '../../../src/library/catalog';
import { estimateMemory } from '../../../src/library/memory';
import { freeId, repositoryOf } from '../../../src/library/names';

describe('the catalog of the project', async () => {
  const { models: catalog } = await loadCatalog('models/catalog.json');

  it('has every published size of GPT-2', () => {
    // Parameter counts as the model cards and the paper's corrections give them, rounded to millions there.
    expect(catalog.map(({ id, parameters }) => [id, Math.round(parameters! / 1e6)])).toEqual([
      ['distilgpt2', 82],
      ['gpt2', 124],
      ['gpt2-medium', 355],
      ['gpt2-large', 774],
      ['gpt2-xl', 1558],
    ]);
  });

  it.each(catalog)(
    'says of $id what follows from its shape',
    ({ shape, parameters, bytes, revision, sha256, license }) => {
      const { layers, width, context, vocabulary } = shape!;
      const layer = 12 * width ** 2 + 13 * width;
      expect((vocabulary + context) * width + layers * layer + 2 * width).toBe(parameters);
      // Published files hold float32 numbers and, for each layer, a mask of the context squared.
      const numbers = 4 * (parameters! + layers * context ** 2);
      const header = bytes! - numbers;
      expect(header).toBeGreaterThan(0);
      expect(header).toBeLessThan(100_000);
      expect(width % shape!.heads).toBe(0);
      expect(revision).toMatch(/^[0-9a-f]{40}$/);
      expect(sha256['model.safetensors']).toMatch(/^[0-9a-f]{64}$/);
      expect(['mit', 'apache-2.0']).toContain(license);
    },
  );

  it.each(catalog)('needs less memory for $id the fewer bits there are', ({ shape, parameters }) => {
    const [fp32, int8, int4] = (['fp32', 'int8', 'int4'] as const).map((p) => estimateMemory(shape!, p));
    expect(fp32).toBeGreaterThan(4 * parameters!);
    expect(int8).toBeGreaterThan(parameters!);
    expect(int8).toBeLessThan(fp32! / 1.5);
    expect(int4).toBeLessThan(int8!);
  });
});

describe('parseEntries', () => {
  it('fills in what may be left out', () => {
    expect(parseEntries([{ id: 'mine', repo: 'me/mine' }], 'x')).toEqual([
      { id: 'mine', repo: 'me/mine', revision: 'main', sha256: {} },
    ]);
  });

  it.each<[unknown, RegExp]>([
    [null, /models: the whole is null, expected Array/],
    [[1], /models: 0 is 1, expected Object/],
    [[{ repo: 'a/b' }], /models: 0.id is undefined, expected/],
    [[{ id: 'A b', repo: 'a/b' }], /0.id is "A b", expected lower-case letters/],
    [[{ id: '../x', repo: 'a/b' }], /0.id is "..\/x"/],
    [[{ id: 'x', repo: 'a' }], /0.repo is "a", expected owner\/name/],
    [[{ id: 'x', repo: 'a/b', sha256: { f: 'zz' } }], /0.sha256.f is "zz", expected 64 hex digits/],
    [[{ id: 'x', repo: 'a/b', parameters: -1 }], /0.parameters is -1/],
    [[{ id: 'x', repo: 'a/b', shape: { layers: 1 } }], /0.shape.heads/],
    [[{ id: 'x', repo: 'a/b', url: 'y' }], /0.url/],
  ])('names what is wrong with %j', (value, sentence) => {
    expect(() => parseEntries(value, 'models')).toThrow(sentence);
  });
});

describe('catalogs', () => {
  const [a, b, other] = parseEntries(
    [
      { id: 'a', repo: 'x/a' },
      { id: 'b', repo: 'x/b' },
      { id: 'a', repo: 'y/a' },
    ],
    'x',
  );

  it('are joined, and an added model takes the place of a known one', () => {
    expect(mergeCatalogs([a!, b!], [other!], 'x')).toEqual([other, b]);
  });

  it('refuse two models of one id', () => {
    expect(() => mergeCatalogs([], [a!, other!], 'decodingLab.models')).toThrow(
      'decodingLab.models has the id "a" twice. Give every model its own id.',
    );
    expect(() => parseCatalog({ version: 1, models: [a, a] }, 'x')).toThrow(/twice/);
    expect(() => parseCatalog({ version: 2, models: [] }, 'x')).toThrow(/version is 2, expected 1/);
  });

  it('that cannot be read are named', async () => {
    await expect(loadCatalog('models/nothing.json')).rejects.toThrow(/nothing.json cannot be read/);
    await expect(loadCatalog('README.md')).rejects.toThrow(/README.md cannot be read/);
  });
});

describe('names', () => {
  it.each(['openai-community/gpt2', 'a/b', 'A-1.b_c/d.e', `${'a'.repeat(96)}/b`])(
    '%s is a repository',
    (name) => {
      expect(isRepository(name)).toBe(true);
    },
  );

  it.each([
    'gpt2',
    'a/b/c',
    '/a',
    'a/',
    '../a',
    'a/..',
    'a/.b',
    'a/b.',
    'a--b/c',
    'a b/c',
    'a/b\\c',
    `a/${'b'.repeat(97)}`,
  ])('%s is none', (name) => {
    expect(isRepository(name)).toBe(false);
  });

  it('of a page lead to its repository', () => {
    expect(repositoryOf(' https://huggingface.co/openai-community/gpt2/blob/main/config.json ')).toBe(
      'openai-community/gpt2',
    );
    expect(repositoryOf('http://mirror:8080/a/b?x=1')).toBe('a/b');
    expect(repositoryOf('a/b')).toBe('a/b');
  });

  it('of folders become ids', () => {
    expect(freeId('My Model (v2)', new Set())).toBe('my-model-v2');
    expect(freeId('日本', new Set())).toBe('model');
    expect(freeId('a', new Set(['a', 'a-2']))).toBe('a-3');
  });
});
