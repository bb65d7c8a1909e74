import { describe, expect, it } from 'vitest';
import {
  withName,
  withoutServer,
  withServer,
  withTokenizer,
} from '../../../../src/extension/servers/editServers';
import { readServedId, readServers, servedId } from '../../../../src/extension/servers/serverSettings';

const GPU = { name: 'gpu1', address: 'http://gpu1:8000' };

const read = (value: unknown) => readServers(value);

describe('The setting of servers', () => {
  it('is read by names, with addresses as they are compared', () => {
    const tokenizers = { 'openai-community/gpt2': 'gpt2', 'owner/other': '/models/other' };
    const { servers, problems } = read([
      { name: 'gpu1', address: ' HTTP://GPU1:8000/v1/ ', tokenizers },
      { name: 'here', address: 'http://localhost:8080' },
    ]);
    expect(problems).toEqual([]);
    expect(servers).toEqual([
      { name: 'gpu1', address: 'http://gpu1:8000', tokenizers },
      { name: 'here', address: 'http://localhost:8080', tokenizers: {} },
    ]);
  });

  it('tells of each entry that is wrong in a sentence with its number, and the others work', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      ['gpu1', /needs a name and an address/],
      [{ name: 'a' }, /needs a name and an address/],
      [{ name: '', address: 'http://a:1' }, /has 1 to 40 characters/],
      [{ name: ' a', address: 'http://a:1' }, /no space before or after it; " a" does not/],
      [{ name: 'a'.repeat(41), address: 'http://a:1' }, /has 1 to 40 characters/],
      [{ name: 'a/b', address: 'http://a:1' }, /no slash in it; "a\/b" has one/],
      [{ name: 'a\u202Eb', address: 'http://a:1' }, /no hidden characters.*‹U\+202E›/],
      [{ name: 'gpu1', address: 'http://b:1' }, /already named "gpu1"/],
      [{ name: 'b', address: 'http://gpu1:8000/v1' }, /http:\/\/gpu1:8000 is already that of "gpu1"/],
      [{ name: 'b', address: 'ftp://b' }, /ftp:\/\//],
      [{ name: 'b', address: 'http://me:secret@b' }, /user name or a password/],
      [{ name: 'b', address: 'http://b:1', tokenizers: { m: 'near' } }, /tokenizer of m is "near"/],
      [{ name: 'b', address: 'http://b:1', tokenizers: { m: 1 } }, /texts by the names of models/],
    ];
    const last = { name: 'last', address: 'http://last:1' };
    const { servers, problems } = read([GPU, ...wrong.map(([entry]) => entry), last]);
    expect(servers.map(({ name }) => name)).toEqual(['gpu1', 'last']);
    expect(problems).toHaveLength(wrong.length);
    for (const [index, [, expected]] of wrong.entries()) {
      expect(problems[index]).toMatch(expected);
      expect(problems[index]).toContain(
        `Server ${index + 2} of the setting decodingLab.servers is not used.`,
      );
      // A password in an address is quoted nowhere.
      expect(problems[index]).not.toContain('secret');
    }
  });

  it('that is no list, or one without end, is told', () => {
    expect(read({ gpu1: GPU.address }).problems).toEqual([expect.stringContaining('is not a list')]);
    const many = Array.from({ length: 60 }, (_, i) => ({ name: `s${i}`, address: `http://s${i}:1` }));
    const { servers, problems } = read(many);
    expect(servers).toHaveLength(50);
    expect(problems).toEqual([expect.stringContaining('lists 60 servers; those after the first 50')]);
    expect(read(undefined)).toEqual({ servers: [], problems: [] });
  });

  it('is changed for one server, and what else stands in it stays as it is', () => {
    const odd = { name: 3, note: 'mine' };
    const written = [odd, { ...GPU, address: 'gpu1:8000/v1', note: 'kept' }, 'text'];
    expect(withTokenizer(written, GPU.address, 'm', 'gpt2')).toEqual([
      odd,
      { ...GPU, address: 'gpu1:8000/v1', note: 'kept', tokenizers: { m: 'gpt2' } },
      'text',
    ]);
    expect(withName(written, GPU.address, 'big')).toEqual([
      odd,
      { name: 'big', address: 'gpu1:8000/v1', note: 'kept' },
      'text',
    ]);
    expect(withoutServer(written, GPU.address)).toEqual([odd, 'text']);
    expect(withoutServer(written, 'http://other:1')).toEqual(written);
    const again = withServer(withTokenizer(written, GPU.address, 'm', 'gpt2'), {
      ...GPU,
      tokenizers: { n: 'server' },
    });
    expect(again[1]).toMatchObject({ ...GPU, tokenizers: { m: 'gpt2', n: 'server' } });
    expect(withServer(written, { name: 'b', address: 'http://b:1' })).toHaveLength(4);
  });
});

describe('Ids of served models', () => {
  it.each([
    ['gpu1', 'openai-community/gpt2'],
    ['gpu 1', '/models/a@int8.gguf'],
    ['a:b', 'm'],
  ])('lead back to %s and %s', (server, model) => {
    expect(readServedId(servedId(server, model))).toEqual({ server, model });
  });

  it.each(['fireside', 'toy', 'server:', 'server:/m', 'server:gpu1/', 'server:gpu1', 'me/server:a'])(
    'are not %s',
    (id) => {
      expect(readServedId(id)).toBeUndefined();
    },
  );
});
