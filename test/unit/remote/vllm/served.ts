/** Models of the reference server, as the extension connects to them. */
import { basename } from 'node:path';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { END_OF_TEXT, Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import { openConnection } from '../../../../src/remote/http';
import type { RemoteTokenizer } from '../../../../src/remote/tokenizer';
import { connectVllm } from '../../../../src/remote/vllm';
import { startReference, type ReferenceServer } from '../referenceServer';

const own = new Gpt2Tokenizer();

export const GPT2: RemoteTokenizer = {
  vocabulary: own.vocabulary,
  encode: (text) => own.encode(text),
  decode: (ids) => own.decode(ids),
  endOfText: [END_OF_TEXT],
  startOfText: END_OF_TEXT,
  before: [],
};

export interface Served {
  readonly model: LanguageModel;
  readonly server: ReferenceServer;
  /** Bodies of the completions that were asked for since this was called last, cut after 400 characters. */
  asked(): string[];
}

/**
 * @param listed tokens that the server lists at most, or all.
 * @param contextLength what the server is taken to have; it has 256.
 * @param delay milliseconds that each token takes it beside the arithmetic.
 */
export async function serve(
  directory: string,
  listed: number | 'all',
  { contextLength = 256, delay = 0 } = {},
): Promise<Served> {
  const server = await startReference(
    'vllm',
    directory,
    '--max-logprobs',
    String(listed),
    '--delay',
    String(delay),
  );
  const name = basename(directory);
  const address = { name: 'Reference', address: server.address };
  const model = await connectVllm(
    openConnection(address),
    { kind: 'remote', id: 'served', name, server: address, model: name, tokenizer: { kind: 'gpt2' } },
    {
      kind: 'vllm',
      version: '0.15.0',
      models: [{ id: name, contextLength }],
      mostListed: listed === 'all' ? 50_257 : listed,
      needsKey: false,
    },
    GPT2,
  );
  let seen = server.log.length;
  return {
    model,
    server,
    asked: () => {
      const fresh = server.log.slice(seen);
      seen = server.log.length;
      return fresh.filter(({ path }) => path === '/v1/completions').map(({ body }) => String(body));
    },
  };
}
