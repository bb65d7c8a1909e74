/** Models that llama.cpp's llama-server serves. */
import { createHash } from 'node:crypto';
import { AS_SERVED, type LanguageModel, type ModelInfo, type Vocabulary } from '../../core/languageModel';
import { t } from '../../l10n/language';
import type { ServerConnection } from '../connection';
import { RemoteError } from '../remoteError';
import type { RemoteSource, ServerDescription } from '../source';
import type { RemoteTokenizer } from '../tokenizer';
import { LlamaModel } from './llamaModel';
import { LlamaServer, type LlamaProps } from './llamaServer';
import { Slots } from './slots';

/**
 * Vocabularies of up to so many tokens are listed whole: the 93 bytes of each make up to 6 MB of an answer, which
 * the server writes and this process reads in some tens of milliseconds. Those of today's large models, of 128,000 to
 * 262,000 tokens, would be 12 to 24 MB for every token of every text.
 */
const MOST_WHOLE = 65_536;

/**
 * How many tokens of a larger vocabulary are listed. The server sorts all of them in any case; what is left over
 * holds less than a thousandth at most places of a text.
 */
const LISTED = 1000;

/** Slots that are used at once at most, whatever a server says. */
const MOST_SLOTS = 64;

/**
 * A model on a llama-server.
 * @throws RemoteError when it cannot be used.
 */
export async function connectLlama(
  connection: ServerConnection,
  source: RemoteSource,
  description: ServerDescription,
  tokenizer: RemoteTokenizer,
): Promise<LanguageModel> {
  const server = new LlamaServer(connection, source.model);
  const props = await server.props();
  const letter = letterIn(tokenizer.vocabulary);
  if (letter === undefined) {
    throw new RemoteError(
      'refused',
      t(
        'The vocabulary of {0} on {1} has no token of one letter, so its probabilities cannot be asked for.',
        source.model,
        server.title,
      ),
    );
  }
  return new LlamaModel({
    info: infoOf(source, description, tokenizer, props),
    server,
    slots: new Slots(Math.min(props.total_slots, MOST_SLOTS)),
    tokenizer,
    letter,
    settings: new Set(Object.keys(props.default_generation_settings.params)),
  });
}

function infoOf(
  { id, name, model, server: { name: serverName, address } }: RemoteSource,
  { version, mostListed }: ServerDescription,
  tokenizer: RemoteTokenizer,
  props: LlamaProps,
): ModelInfo {
  const { vocabulary, endOfText, startOfText, before, remarks = [] } = tokenizer;
  const vocabularySize = vocabulary.offsets.length - 1;
  return {
    ...{ id, name, kind: 'remote', vocabularySize },
    // The server needs room for the token that follows, and for those that it expects before a text.
    contextLength: Math.max(1, props.default_generation_settings.n_ctx - 1 - before.length),
    ...{ endOfText, startOfText, remarks },
    fingerprint: fingerprintOf(model, props, vocabulary),
    ...{ precision: AS_SERVED, parameters: 0 },
    server: {
      ...{ name: serverName, address, kind: 'llama-server', version },
      listed: Math.min(mostListed, vocabularySize <= MOST_WHOLE ? vocabularySize : LISTED),
      readsTexts: 'token by token',
      chat: props.chat_template !== '',
    },
  };
}

/** Of what is known of the model, wherever it is served. */
function fingerprintOf(model: string, props: LlamaProps, { bytes, offsets }: Vocabulary): string {
  const named = ['llama-server', model, props.model_path, props.model_ftype, offsets.length - 1];
  return createHash('sha256').update(JSON.stringify(named)).update(offsets).update(bytes).digest('hex');
}

/** The first token that is one letter of ASCII. */
function letterIn({ bytes, offsets }: Vocabulary): number | undefined {
  for (let id = 0; id + 1 < offsets.length; id++) {
    const at = offsets[id]!;
    if (offsets[id + 1]! - at === 1 && /[A-Za-z]/.test(String.fromCharCode(bytes[at]!))) return id;
  }
  return undefined;
}
