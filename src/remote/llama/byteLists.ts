/** A served model's vocabulary by llama-server's own lists of bytes. */
import type { Vocabulary } from '../../core/languageModel';
import { joinTokens } from '../../gpt2/tokenizer/textTokenizer';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { UnreadableAnswer } from './entries';
import type { LlamaServer } from './llamaServer';

const WHAT = t('the bytes of its tokens');

/** Special tokens that are named in one request; some vocabularies have hundreds. */
const NAMED_AT_ONCE = 256;

export interface ByteLists {
  readonly vocabulary: Vocabulary;
  /** Ids that no text becomes, and that the server shows as nothing. */
  readonly special: readonly number[];
}

/**
 * The exact bytes of every token. One request lists them all, most of them with their bytes; those that it shows
 * without are special tokens, whose names are text, or stand for nothing.
 * @throws RemoteError
 */
export async function byteLists(server: LlamaServer, size: number): Promise<ByteLists> {
  const prompt = await server.tokens('a', { special: false, start: false }, size);
  const tokens = new Array<Uint8Array | undefined>(size).fill(undefined);
  const taken = server.readable(WHAT, () => {
    const last = prompt.at(-1);
    if (last === undefined) throw new UnreadableAnswer(t('no tokens for the letter a'));
    return last;
  });
  let count = 0;
  await server.ask(
    { prompt, taken, listed: size, what: WHAT },
    (id, _, bytes) => {
      if (!bytes) throw new UnreadableAnswer(t('token {0} without its bytes', written(id)));
      if (id >= size) {
        throw new UnreadableAnswer(
          t('token {0}, though its ids are 0 to {1},', written(id), written(size - 1)),
        );
      }
      if (tokens[id]) throw new UnreadableAnswer(t('token {0} twice', written(id)));
      tokens[id] = bytes.slice();
      count++;
    },
    true,
  );
  const known = server.readable(WHAT, () => {
    if (count !== size) throw new UnreadableAnswer(t('{0} of {1} tokens', written(count), written(size)));
    return tokens.map((bytes) => bytes!);
  });
  const special = known.flatMap(({ length }, id) => (length === 0 ? [id] : []));
  await nameSpecial(server, known, special);
  return { vocabulary: joinTokens(known), special };
}

/** Gives tokens the text that the server shows for them where it is asked to show special ones. */
async function nameSpecial(
  server: LlamaServer,
  tokens: Uint8Array[],
  special: readonly number[],
): Promise<void> {
  const lineEnd = tokens.findIndex((bytes) => bytes.length === 1 && bytes[0] === 0x0a);
  const name = (id: number, text: string): void => {
    // A text that lost bytes says nothing of them.
    if (!text.includes('\uFFFD')) tokens[id] = Buffer.from(text, 'utf8');
  };
  for (let from = 0; from < special.length; from += NAMED_AT_ONCE) {
    const some = special.slice(from, from + NAMED_AT_ONCE);
    // Each on a line of its own, where there is a token for line ends and no name has one.
    const lines = lineEnd === -1 ? [] : (await server.text(some.flatMap((id) => [id, lineEnd]))).split('\n');
    if (lines.length === some.length + 1)
      some.forEach((id, i) => {
        name(id, lines[i]!);
      });
    else for (const id of some) name(id, await server.text([id]));
  }
}
