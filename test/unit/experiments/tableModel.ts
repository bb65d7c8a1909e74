import type {
  CacheHandle,
  Context,
  LanguageModel,
  ModelInfo,
  NextToken,
  Vocabulary,
} from '../../../src/core/languageModel';

/** A model of `oracles/beam`: logits depend on the last token and on the length of the sequence. */
export interface Table {
  readonly vocab_size: number;
  readonly eos: number;
  readonly start: readonly number[];
  readonly table: readonly (readonly number[])[];
  readonly position_bias: readonly (readonly number[])[];
}

interface TableCache extends CacheHandle {
  readonly tokens: readonly number[];
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Writes token 0 as `a`, 1 as `b`, and so on; checks the caches it is given, and counts its calls. */
export class TableModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly calls: (readonly Context[])[] = [];
  readonly #table: Table;

  constructor(table: Table, endOfText: number | null) {
    this.#table = table;
    this.info = {
      id: 'table',
      name: 'Table',
      kind: 'gpt2',
      vocabularySize: table.vocab_size,
      contextLength: table.position_bias.length,
      endOfText: endOfText === null ? [] : [endOfText],
      startOfText: endOfText,
      fingerprint: '00',
      precision: 'fp32',
      parameters: 0,
    };
    this.vocabulary = {
      bytes: new TextEncoder().encode(LETTERS.slice(0, table.vocab_size)),
      offsets: Uint32Array.from({ length: table.vocab_size + 1 }, (_, i) => i),
    };
  }

  encode(text: string): number[] {
    return Array.from(text, (letter) => LETTERS.indexOf(letter));
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => LETTERS[id]).join('');
  }

  async next(contexts: readonly Context[]): Promise<NextToken[]> {
    this.calls.push(contexts);
    return contexts.map(({ tokens, cache }) => {
      if (cache) {
        const seen = (cache as TableCache).tokens;
        if (seen.some((id, i) => tokens[i] !== id))
          throw new Error(`Cache of ${seen.join()} for ${tokens.join()}`);
      }
      const row = this.#table.table[tokens.at(-1)!]!;
      const bias = this.#table.position_bias[tokens.length]!;
      const next: TableCache = { length: tokens.length, tokens };
      return { logits: Float32Array.from(row, (logit, i) => logit + bias[i]!), cache: next };
    });
  }

  async dispose(): Promise<void> {
    // Nothing to free.
  }
}
