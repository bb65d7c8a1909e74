/** From where a model is served to the model. */
import type { LanguageModel } from '../core/languageModel';
import { t } from '../l10n/language';
import { openConnection } from './http';
import { probe } from './probe';
import { titleOf } from './problems';
import { RemoteError } from './remoteError';
import { saidSafely } from './serverWords';
import { loadRemoteTokenizer } from './tokenizer';
import { connectLlama } from './llama';
import { connectVllm } from './vllm';
import { WhileLoading } from './whileLoading';
import type { NetworkSettings, RemoteSource, ServerAddress, ServerDescription } from './source';

export interface RemoteTools {
  readonly network?: NetworkSettings | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What answers at an address. @throws RemoteError as `probe` */
export async function probeServer(
  server: ServerAddress,
  { network, signal }: RemoteTools,
): Promise<ServerDescription> {
  return probe(openConnection(server, network), server, signal);
}

/**
 * A model on a server.
 * @throws RemoteError when the server cannot be used.
 * @throws ModelFileError when the files of its tokenizer cannot.
 */
export async function loadRemote(
  source: RemoteSource,
  { network, signal }: RemoteTools,
): Promise<LanguageModel> {
  const { server } = source;
  const connection = new WhileLoading(openConnection(server, network), signal);
  const description = await probe(connection, server, signal);
  checkServed(source, description);
  const tokenizer = await loadRemoteTokenizer(source, description, connection);
  const connect = { vllm: connectVllm, 'llama-server': connectLlama }[description.kind];
  const model = await connect(connection, source, description, tokenizer);
  signal?.throwIfAborted();
  connection.over();
  return model;
}

/** @throws RemoteError where the server does not serve the model to whoever asks as this source does. */
function checkServed({ server, model }: RemoteSource, { models, needsKey }: ServerDescription): void {
  const title = titleOf(server);
  if (needsKey && server.key === undefined) {
    throw new RemoteError(
      'access',
      t('{0} asks for a key; give it the one that it was started with.', title),
    );
  }
  if (models.some(({ id }) => id === model)) return;
  const wanted = saidSafely(server, model, 80);
  if (models.length === 0) {
    throw new RemoteError(
      'missing',
      t('{0} does not serve “{1}”; it serves no model. Start it with that model.', title, wanted),
    );
  }
  const serves = models.slice(0, 5).map(({ id }) => t('“{0}”', saidSafely(server, id, 80)));
  throw new RemoteError(
    'missing',
    t(
      '{0} does not serve “{1}”; it serves {2}. Choose one of these, or start it with that model.',
      title,
      wanted,
      serves.join(', '),
    ),
  );
}
