/** A model of a llama-server, as the model process connects it. */
import type { LanguageModel } from '../../../../src/core/languageModel';
import { openConnection } from '../../../../src/remote/http';
import { connectLlama } from '../../../../src/remote/llama';
import type { RemoteSource, ServerDescription, TokenizerSource } from '../../../../src/remote/source';
import { loadRemoteTokenizer } from '../../../../src/remote/tokenizer';

export async function connect(
  address: string,
  tokenizer: TokenizerSource = { kind: 'gpt2' },
  vocabularySize = 50257,
): Promise<LanguageModel> {
  const server = { name: 'Box', address };
  const source: RemoteSource = {
    ...{ kind: 'remote', id: 'box', name: 'Served', server, model: 'served' },
    tokenizer,
  };
  const description: ServerDescription = {
    ...{ kind: 'llama-server', version: 'b9000', mostListed: Infinity, needsKey: false },
    models: [{ id: 'served', contextLength: 256, vocabularySize }],
  };
  const connection = openConnection(server);
  const loaded = await loadRemoteTokenizer(source, description, connection);
  return connectLlama(connection, source, description, loaded);
}

export const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

/** Natural logs of the probabilities of logits. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const most = all.reduce((a, b) => Math.max(a, b));
  const sum = all.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return all.map((logit) => logit - most - Math.log(sum));
}
