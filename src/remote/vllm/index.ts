/** Models that vLLM serves: https://docs.vllm.ai, OpenAI-compatible server. */
import { createHash } from 'node:crypto';
import { AS_SERVED, type LanguageModel } from '../../core/languageModel';
import { t } from '../../l10n/language';
import type { ServerConnection } from '../connection';
import { titleOf } from '../problems';
import { RemoteError } from '../remoteError';
import type { RemoteSource, ServerDescription } from '../source';
import type { RemoteTokenizer } from '../tokenizer';
import { ChatTemplate } from './chatTemplate';
import { NEUTRAL } from './request';
import { VllmModel } from './vllmModel';

/**
 * A model of a server that runs vLLM.
 * @throws RemoteError when the server does not have it, or cannot be used.
 */
export async function connectVllm(
  connection: ServerConnection,
  source: RemoteSource,
  description: ServerDescription,
  tokenizer: RemoteTokenizer,
): Promise<LanguageModel> {
  const { server } = connection;
  const contextLength = description.models.find(({ id }) => id === source.model)?.contextLength ?? 0;
  if (contextLength < 2 + tokenizer.before.length) {
    throw new RemoteError(
      'answer',
      t(
        '{0} does not say how many tokens the context of {1} holds. Check that it is vLLM and of a newer version.',
        titleOf(server),
        source.model,
      ),
    );
  }
  const known = tokenizer.vocabulary.offsets.length - 1;
  const vocabularySize = await servedVocabulary(connection, source.model, known, description.mostListed);
  const template = new ChatTemplate(connection, source.model, vocabularySize);
  const chat = (await template.isThere()) ? template : undefined;
  return new VllmModel({
    connection,
    model: source.model,
    tokenizer: padded(tokenizer, vocabularySize),
    chat,
    info: {
      id: source.id,
      name: source.name,
      kind: 'remote',
      vocabularySize,
      // A prompt leaves room for one token.
      contextLength: contextLength - 1 - tokenizer.before.length,
      endOfText: tokenizer.endOfText,
      startOfText: tokenizer.startOfText,
      fingerprint: createHash('sha256')
        .update(JSON.stringify(['vllm', source.model, vocabularySize]))
        .update(tokenizer.vocabulary.offsets)
        .update(tokenizer.vocabulary.bytes)
        .digest('hex'),
      precision: AS_SERVED,
      parameters: 0,
      ...(tokenizer.remarks && { remarks: tokenizer.remarks }),
      server: {
        name: server.name,
        address: server.address,
        kind: 'vllm',
        version: description.version,
        listed: Math.min(description.mostListed, vocabularySize),
        readsTexts: 'at once',
        chat: chat !== undefined,
      },
    },
  });
}

/**
 * Tokens for which the model has logits: checkpoints pad their vocabulary with ids that stand for no text. A server that
 * lists all tokens names that number as the most that it lists, unless it was started with a limit above it: to ask for
 * more tokens than there are would bring it down, so that it is asked first whether it knows the last id.
 */
async function servedVocabulary(
  connection: ServerConnection,
  model: string,
  known: number,
  mostListed: number,
): Promise<number> {
  if (!Number.isFinite(mostListed)) return known;
  let [least, most] = [known, mostListed];
  for (let tried = most; least < most; tried = Math.ceil((least + most) / 2)) {
    if (await knowsToken(connection, model, tried - 1)) least = tried;
    else most = tried - 1;
  }
  return least;
}

async function knowsToken(connection: ServerConnection, model: string, id: number): Promise<boolean> {
  try {
    await connection.json({
      path: '/v1/completions',
      body: { model, prompt: [id], ...NEUTRAL, max_tokens: 1 },
      what: t('the size of its vocabulary'),
    });
    return true;
  } catch (error) {
    if (error instanceof RemoteError && error.code === 'refused') return false;
    throw error;
  }
}

/** The tokenizer with ids that stand for no text behind its own. */
function padded(tokenizer: RemoteTokenizer, size: number): RemoteTokenizer {
  const { bytes, offsets } = tokenizer.vocabulary;
  const known = offsets.length - 1;
  if (size === known) return tokenizer;
  const all = new Uint32Array(size + 1).fill(offsets[known]!);
  all.set(offsets);
  return {
    ...tokenizer,
    vocabulary: { bytes, offsets: all },
    encode: (text) => tokenizer.encode(text),
    decode: (ids) => tokenizer.decode(ids.filter((id) => id < known)),
  };
}
