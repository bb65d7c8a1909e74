import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { explain } from '../../../scripts/lib/failure';
import { verifyRemote } from '../../../scripts/verify/verifyRemote';
import { sendWhole, startTiny, tokenizerFolder, type Kind, type TinyServer } from './tinyServer';

const folder = tokenizerFolder();
const servers: TinyServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the command tells of a server, and how it ends. */
async function command(...options: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const code = await verifyRemote(options, (line) => lines.push(line)).catch((error: unknown) => {
    lines.push(explain(error));
    return 1;
  });
  return { code, output: lines.join('\n') };
}

async function start(kind: Kind): Promise<TinyServer> {
  const server = await startTiny(kind);
  servers.push(server);
  return server;
}

describe('verify:remote', () => {
  it.each<[Kind, string]>([
    ['vllm', 'vllm 0.15.0'],
    ['llama', 'llama-server b9000-tiny'],
  ])('finds that a server of %s answers as it should', async (kind, name) => {
    const { address } = await start(kind);
    const { code, output } = await command('--server', `${address}/v1`, '--tokenizer', folder);
    expect(output).toContain(name);
    expect(output).toMatch(/mode +exact: all 257 tokens/);
    expect(output).toMatch(/^ok +a text at once as step by step/m);
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  });

  it('ends with 1 for a server that scores texts otherwise than it predicts them', async () => {
    const server = await start('vllm');
    server.spoil = (answer, response, request) => {
      const pieces = answer.pieces.map((piece) => piece.replaceAll('"logprob":-', '"logprob":-1'));
      sendWhole({ ...answer, pieces }, response, request);
    };
    const { code, output } = await command('--server', server.address, '--tokenizer', folder);
    expect(output).toMatch(/^FAILED +a text at once as step by step/m);
    expect(code).toBe(1);
  });

  it('says in a sentence what cannot be checked', async () => {
    const server = await start('llama');
    expect(await command()).toMatchObject({
      code: 1,
      output: expect.stringContaining('--server http://') as string,
    });
    expect((await command('--server', 'ftp://x')).output).toContain('http:// or https://');
    expect((await command('--server', server.address, '--key-env', 'NO_SUCH_VARIABLE')).output).toContain(
      'NO_SUCH_VARIABLE (--key-env) is empty',
    );
    expect((await command('--server', server.address, '--tolerance', 'x')).output).toContain(
      '--tolerance is x',
    );
    const { code, output } = await command(
      '--server',
      server.address,
      '--model',
      'other',
      '--tokenizer',
      folder,
    );
    expect(output).toMatch(/does not serve “other”; it serves “tiny”/);
    expect(code).toBe(1);
  });
});
