import { mergeAdjacent } from '../bytePairs';
import { byteLevelText, byteToken } from '../tokenBytes';
import { MEMORY_PIECES, noToken, type PieceToken } from './pieceMemory';
import { StepError, type Json } from './step';
import { t } from '../../../l10n/language';

/** Byte-pair merges of a piece, by the list of merges of a `tokenizer.json`. */
export class BytePairModel {
  readonly #ids: ReadonlyMap<string, number>;
  /** Rank and result of a merge as one number, by both parts' ids as one number: some models have 500,000. */
  readonly #merges = new Map<number, number>();
  readonly #unknown: number | undefined;
  readonly #characters = new Map<string, readonly number[]>();

  /**
   * @param byteLevel whether tokens are written as bytes, and not as characters.
   * @throws StepError when it needs something else than merges.
   */
  constructor(
    private readonly model: Json,
    private readonly byteLevel: boolean,
  ) {
    for (const name of ['continuing_subword_prefix', 'end_of_word_suffix']) {
      if ((model[name] ?? '') !== '') throw new StepError(t('its tokens are written with a {0}', name));
    }
    this.#ids = new Map(Object.entries((model['vocab'] ?? {}) as Record<string, number>));
    const unknown = model['unk_token'];
    this.#unknown = typeof unknown === 'string' ? this.#ids.get(unknown) : undefined;
    ((model['merges'] ?? []) as (string | readonly string[])[]).forEach((merge, rank) => {
      const [first = '', second = '', ...more] = typeof merge === 'string' ? merge.split(' ') : merge;
      const left = this.#ids.get(first);
      const right = this.#ids.get(second);
      const id = this.#ids.get(first + second);
      if (more.length > 0 || left === undefined || right === undefined || id === undefined) {
        throw new StepError(t('its merge {0} is of tokens that it does not have', JSON.stringify(merge)));
      }
      const key = pairKey(left, right);
      if (!this.#merges.has(key)) this.#merges.set(key, pairKey(rank, id));
    });
  }

  /** The tokens of a piece. @throws RangeError for a character that has no token. */
  encode(text: string): readonly PieceToken[] {
    if (this.model['ignore_merges'] === true) {
      const written = this.byteLevel ? byteLevelText(Buffer.from(text, 'utf8')) : text;
      const id = this.#ids.get(written);
      if (id !== undefined) return [{ id, first: 0, last: text.length - 1 }];
    }
    const { ids, firsts, lasts } = this.#symbols(text);
    const ends = mergeAdjacent(
      ids.length,
      (from, middle) => {
        const merge = this.#merges.get(pairKey(ids[from]!, ids[middle]!));
        return merge === undefined ? undefined : Math.floor(merge / PAIR);
      },
      (from, middle) => {
        ids[from] = this.#merges.get(pairKey(ids[from]!, ids[middle]!))! % PAIR;
        lasts[from] = lasts[middle]!;
      },
    );
    const tokens: PieceToken[] = [];
    for (let i = 0; i < ids.length; i = ends[i]!) {
      tokens.push({ id: ids[i]!, first: firsts[i]!, last: lasts[i]! });
    }
    return tokens;
  }

  /** The smallest tokens of a text, its bytes or characters, and the first and the last unit of each. */
  #symbols(text: string): { ids: number[]; firsts: number[]; lasts: number[] } {
    const symbols = { ids: [] as number[], firsts: [] as number[], lasts: [] as number[] };
    let unit = 0;
    for (const character of text) {
      const last = unit + character.length - 1;
      const found = this.#tokensOf(character);
      if (found.length === 0 && this.#unknown === undefined) throw noToken(character);
      if (found.length === 0 && this.model['fuse_unk'] === true && symbols.ids.at(-1) === this.#unknown) {
        symbols.lasts[symbols.lasts.length - 1] = last;
      } else {
        for (const id of found.length > 0 ? found : [this.#unknown!]) {
          symbols.ids.push(id);
          symbols.firsts.push(unit);
          symbols.lasts.push(last);
        }
      }
      unit += character.length;
    }
    return symbols;
  }

  /** The tokens of a character alone; none where it has none. */
  #tokensOf(character: string): readonly number[] {
    let tokens = this.#characters.get(character);
    if (tokens === undefined) {
      tokens = this.#look(character);
      if (this.#characters.size >= MEMORY_PIECES) this.#characters.clear();
      this.#characters.set(character, tokens);
    }
    return tokens;
  }

  #look(character: string): readonly number[] {
    const all = (tokens: readonly string[]): number[] => {
      const ids = tokens.flatMap((token) => this.#ids.get(token) ?? []);
      return ids.length === tokens.length ? ids : [];
    };
    const bytes = [...Buffer.from(character, 'utf8')];
    if (this.byteLevel) return all(bytes.map((byte) => byteLevelText(Uint8Array.of(byte))));
    const one = all([character]);
    if (one.length > 0 || this.model['byte_fallback'] !== true) return one;
    return all(bytes.map(byteToken));
  }
}

/** Above every id, so that two of them make one number. */
const PAIR = 2 ** 22;
const pairKey = (left: number, right: number): number => left * PAIR + right;
