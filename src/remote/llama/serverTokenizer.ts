/** Texts to tokens and back by llama-server itself. */
import type { PlacedTokens, Vocabulary } from '../../core/languageModel';
import { decodeBytes } from '../../gpt2/tokenizer/textTokenizer';
import type { RemoteTokenizer } from '../tokenizer';
import { byteLists } from './byteLists';
import type { LlamaServer } from './llamaServer';

/** Texts whose tokens are remembered: experiments ask for the same prompt again at every run. */
const REMEMBERED = 64;

/** Longer ones are asked for again: a book's tokens are not worth the memory. */
const LONGEST_REMEMBERED = 100_000;

/** Spaces at its ends and within, letters of several scripts, and a character of four bytes. */
const SAMPLE = ' Two  words, naïve 東京 🙂\n';

/** What llama.cpp lets end a text by its name, beside what the model's file says (llama-vocab.cpp). */
const ENDS: readonly string[] = [
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|return|>',
  '<|call|>',
  '<end_of_turn>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|eom_id|>',
  '<EOT>',
  '</s>',
];

/**
 * The model's tokens by the server: their bytes are its own lists, and it is asked for those of a text.
 * @param size of the model's vocabulary.
 * @throws RemoteError
 */
export async function serverTokenizer(server: LlamaServer, size: number): Promise<RemoteTokenizer> {
  const { vocabulary, special } = await byteLists(server, size);
  const known = new Map<string, readonly number[]>();
  const encode = async (text: string): Promise<number[]> => {
    const clean = text.replace(/\p{Surrogate}/gu, '\uFFFD');
    // An empty text has no tokens, whatever a server may put before one.
    if (clean === '') return [];
    const found = known.get(clean);
    if (found) return [...found];
    const ids = await server.tokens(clean, { special: false, start: false }, size);
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
    if (clean.length <= LONGEST_REMEMBERED) known.set(clean, ids);
    return [...ids];
  };
  const decode = (ids: readonly number[]): string => decodeBytes(vocabulary, ids);
  const same = decode(await encode(SAMPLE)) === SAMPLE;
  const { eos_token: end, bos_token: start } = await server.props();
  const named = (name: string): Promise<number | null> => idOf(server, name, vocabulary, decode);
  const first = await named(end);
  const further = special.filter((id) => ENDS.includes(decode([id])));
  return {
    vocabulary,
    encode,
    tokenize: same ? undefined : async (text) => placed(text, await encode(text), decode),
    decode,
    endOfText: [...new Set([...(first === null ? [] : [first]), ...further])],
    startOfText: await named(start),
    before: await server.before(size),
  };
}

/** The id of a special token by its name; null where there is none. */
async function idOf(
  server: LlamaServer,
  name: string,
  { offsets }: Vocabulary,
  decode: (ids: readonly number[]) => string,
): Promise<number | null> {
  if (name === '') return null;
  const read = await server.tokens(name, { special: true, start: false }, offsets.length - 1);
  if (read.length === 1) return read[0]!;
  // Text to the server all the same: the token that is written so.
  for (let id = offsets.length - 2; id >= 0; id--) {
    if (offsets[id + 1]! - offsets[id]! === Buffer.byteLength(name) && decode([id]) === name) return id;
  }
  return null;
}

/**
 * Places of tokens whose text is not quite the one that was read: a tokenizer like SentencePiece's puts a space
 * before it, and others may change letters. Each stands where its text comes next; where it does not come, it stands
 * for nothing there.
 */
function placed(text: string, ids: number[], decode: (ids: readonly number[]) => string): PlacedTokens {
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  let waiting = 0;
  for (let i = 0; i < ids.length; i++) {
    // Tokens that hold parts of one character have its text together.
    const piece = decode(ids.slice(waiting, i + 1));
    const shown = [piece, piece.replace(/^ /, '')].find((one) => text.startsWith(one, at));
    if (shown === undefined && piece.endsWith('\uFFFD') && i - waiting < 4 && i + 1 < ids.length) continue;
    const end = at + (shown?.length ?? 0);
    for (; waiting <= i; waiting++) {
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return { ids, starts, ends };
}
