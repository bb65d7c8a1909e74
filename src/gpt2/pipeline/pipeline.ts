import type { PlacedTokens } from '../../core/languageModel';
import { addedTokenSplitter, readAddedTokens } from './addedTokens';
import { AlignedText } from './alignedText';
import { BytePairModel, type GrowingTokens } from './bytePairModel';
import { readNormalizer, type Json } from './normalizers';
import { readPreTokenizer } from './preTokenizers';

/**
 * The tokenizer that a `tokenizer.json` with byte-pair merges describes: added tokens are found, the text between
 * them is normalized and cut, and the pieces are merged, as Hugging Face's tokenizers do it; every step remembers
 * where its characters came from. No step takes more than O(n log n), whatever the file and the text say.
 * @param byteLevel whether tokens are written as bytes, and not as characters.
 * @throws StepError or PatternError for what it does not have.
 */
export function readPipeline(json: Json, byteLevel: boolean): (text: string) => PlacedTokens {
  const normalize = readNormalizer(json['normalizer']);
  const cut = readPreTokenizer(json['pre_tokenizer']);
  const model = new BytePairModel((json['model'] ?? {}) as Json, byteLevel);
  const added = readAddedTokens(json);
  const splitRaw = addedTokenSplitter(added.filter(({ normalized }) => !normalized));
  const splitNormalized = addedTokenSplitter(
    added
      .filter(({ normalized }) => normalized)
      .map((token) => ({ ...token, content: normalize(AlignedText.of(token.content)).text })),
  );
  return (text) => {
    const tokens: GrowingTokens = { ids: [], starts: [], ends: [] };
    let first = true;
    const put = (id: number, part: AlignedText): void => {
      tokens.ids.push(id);
      tokens.starts.push(part.start(0));
      tokens.ends.push(part.end(part.length - 1));
    };
    for (const raw of splitRaw(AlignedText.of(text))) {
      if (raw.id !== undefined) put(raw.id, raw.text);
      else {
        for (const part of splitNormalized(normalize(raw.text))) {
          if (part.id !== undefined) put(part.id, part.text);
          else for (const piece of cut(part.text, first)) model.encode(piece, tokens);
          first = false;
        }
      }
      first = false;
    }
    return tokens;
  };
}
