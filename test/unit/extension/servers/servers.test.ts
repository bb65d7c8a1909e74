import { describe, expect, it } from 'vitest';
import { readServers } from '../../../../src/extension/servers/serverSettings';
import { Servers, type ServersPorts } from '../../../../src/extension/servers/servers';
import type { ServerAddress, ServerDescription } from '../../../../src/remote/source';

const VLLM: ServerDescription = {
  kind: 'vllm',
  version: '0.10.2',
  models: [{ id: 'openai-community/gpt2', contextLength: 1024 }, { id: 'other' }],
  mostListed: 50_257,
  needsKey: false,
};
const LLAMA: ServerDescription = {
  kind: 'llama-server',
  version: 'b6200',
  models: [{ id: 'tale.gguf', contextLength: 256, vocabularySize: 50_257 }],
  mostListed: Infinity,
  needsKey: false,
};

const NEAR = { name: 'near', address: 'http://127.0.0.1:8080' };
const FAR = { name: 'far', address: 'https://models.example.org' };
const OPEN = { name: 'open', address: 'http://gpu1:8000' };

class Stand {
  setting: unknown = [NEAR, FAR, OPEN];
  /** What each address answers. */
  answers: Record<string, ServerDescription | Error> = {
    [NEAR.address]: LLAMA,
    [FAR.address]: VLLM,
    [OPEN.address]: VLLM,
  };
  readonly asked: ServerAddress[] = [];
  readonly toldOf: string[] = [];
  readonly questions: string[] = [];
  readonly offered: string[] = [];
  readonly memory = new Map<string, unknown>();
  readonly secrets = new Map<string, string>();
  mayBeRead = true;

  /** What a window has; the next one has what is remembered. */
  open(more: Partial<ServersPorts> = {}): Servers {
    return new Servers({
      configured: () => readServers(this.setting),
      memory: {
        get: (key) => this.memory.get(key),
        // As VS Code keeps it.
        update: async (key, value) =>
          void this.memory.set(key, value === undefined ? value : JSON.parse(JSON.stringify(value))),
      },
      secrets: {
        get: async (key) => this.secrets.get(key),
        store: async (key, value) => void this.secrets.set(key, value),
        delete: async (key) => void this.secrets.delete(key),
      },
      probe: async (server) => {
        this.asked.push(server);
        const answer = this.answers[server.address];
        if (!answer || answer instanceof Error) throw answer ?? new Error('nobody');
        return answer;
      },
      mayBeRead: async (address) => {
        this.questions.push(address);
        return this.mayBeRead;
      },
      tellWhereTo: (address) => {
        this.toldOf.push(address);
      },
      offerTokenizers: (entry, model) => {
        this.offered.push(`${entry.name} ${model}`);
      },
      sentenceOf: (error) => (error as Error).message,
      ...more,
    });
  }
}

const known = async (stand: Stand): Promise<Servers> => {
  const servers = stand.open();
  for (const entry of servers.all) await servers.ask(entry);
  return servers;
};

describe('Servers', () => {
  it('are asked in the background, and their models are known to the next window before it asks', async () => {
    const stand = new Stand();
    const servers = await known(stand);
    expect(servers.state(servers.named('near')!)).toEqual({ kind: 'connected', description: LLAMA });
    stand.answers = {};
    const next = stand.open();
    expect(next.description(next.named('near')!)).toEqual(LLAMA);
    expect(next.choices()).toMatchObject([
      {
        id: 'server:near/tale.gguf',
        name: 'tale.gguf',
        kind: 'remote',
        server: NEAR,
        description: 'llama-server b6200 at http://127.0.0.1:8080; 256 tokens of context',
      },
      {
        id: 'server:far/openai-community/gpt2',
        description: 'vLLM 0.10.2 at https://models.example.org; 1,024 tokens of context',
      },
      { id: 'server:far/other' },
      { id: 'server:open/openai-community/gpt2' },
      { id: 'server:open/other' },
    ]);
  });

  it('that are down keep their models, say why, and can be asked again', async () => {
    const stand = new Stand();
    await known(stand);
    stand.answers[FAR.address] = new Error('far cannot be reached.');
    const servers = stand.open();
    const far = servers.named('far')!;
    await servers.ask(far);
    expect(servers.state(far)).toEqual({ kind: 'failed', sentence: 'far cannot be reached.' });
    expect(servers.models(far)).toEqual(VLLM.models);
    stand.answers[FAR.address] = VLLM;
    expect(await servers.ask(far)).toMatchObject({ kind: 'connected' });
  });

  it('are waited for by nobody, and no longer asked once they are removed', async () => {
    const stand = new Stand();
    let ended = false;
    const servers = stand.open({
      probe: (_server, signal) =>
        new Promise((_resolve, reject) => {
          const end = (): void => {
            ended = true;
            reject(signal.reason as Error);
          };
          if (signal.aborted) end();
          else signal.addEventListener('abort', end);
        }),
    });
    const near = servers.named('near')!;
    const asking = servers.ask(near);
    expect(servers.state(near)).toEqual({ kind: 'asking' });
    await servers.forget(near.address);
    await asking;
    expect(ended).toBe(true);
    // It was removed while it was asked.
    expect(servers.state(near)).toEqual({ kind: 'unknown' });
  });

  it('that others could listen to are not asked before their user agrees', async () => {
    const stand = new Stand();
    const servers = stand.open();
    servers.askNew();
    await expect.poll(() => servers.state(servers.named('far')!).kind).toBe('connected');
    expect(stand.asked.map(({ name }) => name).sort()).toEqual(['far', 'near']);
    await servers.consent.allows(OPEN.address);
    servers.askNew();
    await expect.poll(() => servers.state(servers.named('open')!).kind).toBe('connected');
  });

  it('of the setting alone have the models that it names', () => {
    const stand = new Stand();
    stand.setting = [{ ...NEAR, tokenizers: { 'my/model': 'server' } }];
    expect(stand.open().choices()).toMatchObject([
      { id: 'server:near/my/model', description: 'A server at http://127.0.0.1:8080' },
    ]);
  });
});

describe('The key of a server', () => {
  it('goes to the address that it was given for, and to no other', async () => {
    const stand = new Stand();
    const servers = stand.open();
    await servers.setKey('HTTP://GPU1:8000/v1', 'k-secret');
    for (const entry of servers.all) {
      const { key } = await servers.addressOf(entry);
      expect(key).toBe(entry.name === 'open' ? 'k-secret' : undefined);
    }
    // The name of a server may move to another address: the key does not move with it.
    stand.setting = [{ ...OPEN, address: 'http://gpu1:8001' }];
    expect((await servers.addressOf(servers.named('open')!)).key).toBeUndefined();
  });

  it('is kept in secret storage alone, and forgotten with the server', async () => {
    const stand = new Stand();
    const servers = await known(stand);
    await servers.setKey(FAR.address, 'k-secret');
    await servers.ask(servers.named('far')!);
    await servers.source('server:far/openai-community/gpt2');
    expect(stand.asked.at(-1)).toEqual({ ...FAR, key: 'k-secret' });
    expect(JSON.stringify([...stand.memory])).not.toContain('k-secret');
    expect(JSON.stringify(servers.choices())).not.toContain('k-secret');
    expect(stand.secrets.size).toBe(1);
    await servers.forget(FAR.address);
    expect(stand.secrets.size).toBe(0);
    expect(JSON.stringify([...stand.memory])).not.toContain(FAR.address);
    expect(JSON.stringify([...stand.memory])).toContain(NEAR.address);
  });
});

describe('Before the first text goes to a server', () => {
  it('its user is told where, once per address, also in the next window', async () => {
    const stand = new Stand();
    const servers = await known(stand);
    await servers.source('server:near/tale.gguf');
    await servers.source('server:near/tale.gguf');
    await stand.open().source('server:near/tale.gguf');
    expect(stand.toldOf).toEqual([NEAR.address]);
    await servers.source('server:far/openai-community/gpt2');
    expect(stand.toldOf).toEqual([NEAR.address, FAR.address]);
    expect(stand.questions).toEqual([]);
  });

  it('he is asked where others could read it: once, though several ask at the same time', async () => {
    const stand = new Stand();
    const servers = stand.open();
    await servers.learn(OPEN.address, VLLM);
    const id = 'server:open/openai-community/gpt2';
    const sources = await Promise.all([servers.source(id), servers.source(id), servers.source(id)]);
    expect(sources[0]).toMatchObject({ kind: 'remote', model: 'openai-community/gpt2', server: OPEN });
    await stand.open().source(id);
    expect(stand.questions).toEqual([OPEN.address]);
    expect(stand.toldOf).toEqual([]);
  });

  it('and where he does not agree, nothing goes there, until he retries or opens another window', async () => {
    const stand = new Stand();
    stand.mayBeRead = false;
    const servers = stand.open();
    await servers.learn(OPEN.address, VLLM);
    const id = 'server:open/openai-community/gpt2';
    for (let i = 0; i < 3; i++)
      await expect(servers.source(id)).rejects.toThrow(/No text is sent to http:\/\/gpu1/);
    expect(stand.questions).toHaveLength(1);
    servers.consent.askAgain(OPEN.address);
    stand.mayBeRead = true;
    expect(await servers.source(id)).toMatchObject({ id });
    expect(stand.questions).toHaveLength(2);
  });
});

describe('The tokenizer of a served model', () => {
  it('is GPT-2’s where the vocabulary has its size, llama-server’s own lists there, and else the setting’s', async () => {
    const stand = new Stand();
    const servers = await known(stand);
    expect(await servers.locate('server:near/tale.gguf')).toMatchObject({ tokenizer: { kind: 'server' } });
    expect(await servers.locate('server:far/other')).toMatchObject({ tokenizer: { kind: 'gpt2' } });
    stand.setting = [{ ...FAR, tokenizers: { other: '/models/other' } }];
    expect(await servers.locate('server:far/other')).toMatchObject({
      tokenizer: { kind: 'folder', directory: '/models/other' },
    });
  });

  it('is offered to be chosen once, where nobody knows it, and no text goes out before', async () => {
    const stand = new Stand();
    stand.answers[FAR.address] = { ...VLLM, mostListed: 20 };
    const servers = await known(stand);
    for (let i = 0; i < 2; i++) {
      await expect(servers.source('server:far/other')).rejects.toThrow(
        /how other on far turns text into tokens/,
      );
    }
    expect(stand.offered).toEqual(['far other']);
    expect(stand.toldOf).toEqual([]);
  });
});

it('A server that is in no setting has no model', async () => {
  const servers = new Stand().open();
  await expect(servers.source('server:gone/m')).rejects.toThrow(/There is no server "gone"/);
});
