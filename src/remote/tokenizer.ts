/** The tokens of a model on a server: their exact bytes, and those of a text. */
import { join } from 'node:path';
import * as v from 'valibot';
import type { PlacedTokens, Vocabulary } from '../core/languageModel';
import { isThere } from '../gpt2/checkpoint/boundedFile';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { fitTokenizer, type TextTokenizer } from '../gpt2/tokenizer/textTokenizer';
import { END_OF_TEXT, Gpt2Tokenizer } from '../gpt2/tokenizer/tokenizer';
import { loadTokenizer } from '../gpt2/tokenizer/tokenizerFile';
import { UNREAD_TOKENIZER_FILES, unreadTokenizer } from '../gpt2/tokenizer/tokenizerNames';
import { t, whole } from '../l10n/language';
import { capitalized, written } from '../l10n/numbers';
import type { ServerConnection } from './connection';
import { LlamaServer } from './llama/llamaServer';
import { serverTokenizer } from './llama/serverTokenizer';
import { titleOf } from './problems';
import { RemoteError } from './remoteError';
import { readServedEnds, type ServedEnds } from './servedEnds';
import type { RemoteSource, ServerDescription } from './source';
import { leading } from './startOfTexts';

export interface RemoteTokenizer {
  /** As many tokens as the model has, as far as that is known. */
  readonly vocabulary: Vocabulary;
  /** As `LanguageModel.encode`. */
  encode(text: string): number[] | Promise<number[]>;
  /** As `LanguageModel.tokenize`. */
  readonly tokenize?: ((text: string) => PlacedTokens | Promise<PlacedTokens>) | undefined;
  /** As `LanguageModel.decode`. */
  decode(ids: readonly number[]): string;
  /** As in `ModelInfo`. */
  readonly endOfText: readonly number[];
  /** As in `ModelInfo`. */
  readonly startOfText: number | null;
  /** Ids that the server puts before every text, and that contexts of ids need too: see `started`. */
  readonly before: readonly number[];
  readonly remarks?: readonly string[];
}

/** Prices, signs, indents, letters of several scripts, and a character of four bytes: where tokenizers differ. */
const SAMPLE = 'In 1999, naïve café-goers didn’t pay $3.50!\n\n\tx == y;  // 東京 🙂';

/**
 * The tokenizer of a served model, held to what the server itself makes of a text where it says so.
 * @throws RemoteError when it is another model's, or the server does not have what was chosen.
 * @throws ModelFileError when the chosen files cannot be used.
 */
export async function loadRemoteTokenizer(
  source: RemoteSource,
  description: ServerDescription,
  connection: ServerConnection,
): Promise<RemoteTokenizer> {
  const { server, model, tokenizer: chosen } = source;
  const title = titleOf(server);
  const size = description.models.find(({ id }) => id === model)?.vocabularySize;
  if (chosen.kind === 'server') {
    if (description.kind !== 'llama-server' || size === undefined) {
      throw new RemoteError(
        'refused',
        t(
          "{0} does not list the bytes of its tokens, so texts cannot be shown token by token. Choose the folder with the model's tokenizer.json for it.",
          title,
        ),
      );
    }
    const own = await serverTokenizer(new LlamaServer(connection, model), size);
    return { ...own, ...startRemark(own, title) };
  }
  const { tokenizer, name, ...ends } =
    chosen.kind === 'gpt2' ? gpt2Tokenizer() : await folderTokenizer(chosen.directory);
  const known = tokenizer.vocabulary.offsets.length - 1;
  const wanted = size ?? Math.max(known, ends.vocabularySize ?? 0);
  if (known > wanted) {
    throw new RemoteError(
      'refused',
      t(
        "{0} has {1} tokens, but {2} on {3} has {4}: it is another model's. Choose the folder with this model's own tokenizer.json.",
        capitalized(name),
        whole(known),
        model,
        title,
        whole(wanted),
      ),
    );
  }
  const fitted = fitTokenizer(tokenizer, wanted, model);
  const seen = await compare(source, description, connection, fitted, name);
  const endOfText = ends.endOfText.filter((id) => id < wanted);
  const own: RemoteTokenizer = {
    ...fitted,
    ...{ endOfText, startOfText: ends.startOfText, before: seen?.before ?? [] },
    remarks: [...ends.remarks, ...(seen ? [] : [unchecked(name, title)])],
  };
  return { ...own, ...startRemark(own, title) };
}

const unchecked = (name: string, server: string): string =>
  t("{0} does not say which tokens a text has, so nobody has checked that {1} is its model's.", server, name);

type Chosen = ServedEnds & { readonly tokenizer: TextTokenizer; readonly name: string };

function gpt2Tokenizer(): Chosen {
  return {
    tokenizer: new Gpt2Tokenizer(),
    name: t("GPT-2's tokenizer"),
    ...{ endOfText: [END_OF_TEXT], startOfText: END_OF_TEXT, vocabularySize: undefined, remarks: [] },
  };
}

async function folderTokenizer(directory: string): Promise<Chosen> {
  const names = ['tokenizer.json', 'vocab.json', 'merges.txt', ...UNREAD_TOKENIZER_FILES];
  const found = await Promise.all(names.map((name) => isThere(join(directory, name))));
  const has = (name: string): boolean => found[names.indexOf(name)] ?? false;
  const refusal = unreadTokenizer(directory, has);
  if (refusal !== undefined) throw new ModelFileError(refusal);
  if (!has('tokenizer.json') && !(has('vocab.json') && has('merges.txt'))) {
    throw new ModelFileError(
      t(
        "{0} has no tokenizer: neither tokenizer.json nor vocab.json and merges.txt. Choose the folder with this model's own tokenizer.json.",
        directory,
      ),
    );
  }
  const tokenizer = await loadTokenizer(directory);
  const { bytes, offsets } = tokenizer.vocabulary;
  const tokens = offsets.length - 1;
  const idOf = (text: string): number | undefined => {
    const wanted = Buffer.from(text, 'utf8');
    // Special tokens have the last ids.
    for (let id = tokens - 1; id >= 0; id--) {
      const [from, to] = [offsets[id]!, offsets[id + 1]!];
      if (to - from === wanted.length && wanted.equals(bytes.subarray(from, to))) return id;
    }
    return undefined;
  };
  const ends = await readServedEnds(directory, idOf, tokens);
  return { tokenizer, name: t('the tokenizer in {0}', directory), ...ends };
}

/**
 * Compares what a tokenizer and the server make of a text.
 * @returns what the server puts before texts; undefined where it does not say which tokens a text has.
 * @throws RemoteError when they differ.
 */
async function compare(
  { server, model }: RemoteSource,
  { kind }: ServerDescription,
  connection: ServerConnection,
  tokenizer: TextTokenizer,
  name: string,
): Promise<{ readonly before: readonly number[] } | undefined> {
  const ask = (start: boolean): Promise<number[]> =>
    kind === 'llama-server'
      ? new LlamaServer(connection, model).tokens(
          SAMPLE,
          { special: false, start },
          tokenizer.vocabulary.offsets.length - 1,
        )
      : vllmTokens(connection, model, start);
  let theirs: number[];
  let withStart: number[];
  try {
    [theirs, withStart] = await Promise.all([ask(false), ask(true)]);
  } catch (error) {
    // Gateways hide what is not below /v1.
    const hidden = error instanceof RemoteError && ['missing', 'refused', 'access'].includes(error.code);
    if (hidden) return undefined;
    throw error;
  }
  const own = tokenizer.encode(SAMPLE);
  const at = own.findIndex((id, i) => id !== theirs[i]);
  if (at === -1 && own.length === theirs.length) {
    return { before: withStart.slice(0, leading(withStart, theirs)) };
  }
  const place = at === -1 ? own.length : at;
  const idAt = (ids: readonly number[]): string => (place < ids.length ? written(ids[place]!) : t('none'));
  throw new RemoteError(
    'refused',
    t(
      "{0} is not that of {1} on {2}: of {3} it makes {4} tokens, the server {5}, and token {6} is {7} instead of {8}. Choose the folder with this model's own tokenizer.json.",
      capitalized(name),
      model,
      titleOf(server),
      JSON.stringify(SAMPLE),
      written(own.length),
      written(theirs.length),
      written(place + 1),
      idAt(own),
      idAt(theirs),
    ),
  );
}

const vllmSchema = v.object({ tokens: v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))) });

async function vllmTokens(connection: ServerConnection, model: string, start: boolean): Promise<number[]> {
  const answer = await connection.json({
    path: '/tokenize',
    body: { model, prompt: SAMPLE, add_special_tokens: start },
    what: t('the tokens of a text'),
  });
  const read = v.safeParse(vllmSchema, answer);
  if (read.success) return read.output.tokens;
  throw new RemoteError(
    'missing',
    t('{0} does not say which tokens a text has.', titleOf(connection.server)),
  );
}

/** What a user should know of tokens that are sent, but not shown. */
function startRemark(
  tokenizer: RemoteTokenizer,
  server: string,
): Pick<RemoteTokenizer, 'startOfText' | 'remarks'> {
  const { before, startOfText, remarks = [] } = tokenizer;
  if (before.length === 0) return { startOfText, remarks };
  return {
    startOfText: before[0]!,
    remarks: [
      ...remarks,
      t(
        'Before every text stands {0}, as {1} has it for this model; it is sent, but not shown.',
        tokenizer.decode(before),
        server,
      ),
    ],
  };
}
