import type { PlacedTokens } from '../../../core/languageModel';
import { addedTokenSplitter, readAddedTokens, specialTexts } from './addedTokens';
import { AlignedText } from './alignedText';
import { BytePairModel } from './bytePairModel';
import { readNormalizer } from './normalizers';
import { rememberPieces, type GrowingTokens, type PieceModel } from './pieceMemory';
import { readPreTokenizer } from './preTokenizers';
import { StepError, type Json } from './step';
import { UnigramModel } from './unigramModel';
import { t } from '../../../l10n/language';

/**
 * The tokenizer that a `tokenizer.json` with byte-pair merges or a unigram model describes: added tokens are found,
 * the text between them is normalized and cut, and the pieces are made into tokens, as Hugging Face's tokenizers do
 * it; every step remembers where its characters came from. No step takes more than O(n log n), or n times the
 * longest piece of a unigram model, whatever the file and the text say.
 * @param byteLevel whether tokens are written as bytes, and not as characters.
 * @throws StepError or PatternError for what it does not have.
 */
export function readPipeline(json: Json, byteLevel: boolean): (text: string) => PlacedTokens {
  const normalize = readNormalizer(json['normalizer']);
  const cut = readPreTokenizer(json['pre_tokenizer']);
  const encode = rememberPieces(readModel(json, byteLevel));
  const added = readAddedTokens(json);
  const splitRaw = addedTokenSplitter(added.filter(({ normalized }) => !normalized));
  const splitNormalized = addedTokenSplitter(
    added
      .filter(({ normalized }) => normalized)
      .map((token) => ({ ...token, content: normalize(AlignedText.of(token.content)).text })),
  );
  return (text) => {
    const tokens: GrowingTokens = { ids: [], starts: [], ends: [] };
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
          else for (const piece of cut(part.text)) encode(piece, tokens);
        }
      }
    }
    return tokens;
  };
}

function readModel(json: Json, byteLevel: boolean): PieceModel {
  const model = (json['model'] ?? {}) as Json;
  switch (model['type']) {
    case 'BPE': {
      const merges = new BytePairModel(model, byteLevel);
      return (piece) => merges.encode(piece);
    }
    case 'Unigram': {
      const pieces = new UnigramModel(model, byteLevel, specialTexts(json));
      return (piece) => pieces.encode(piece);
    }
    default:
      throw new StepError(t('its model {0} is not known', JSON.stringify(model['type'])));
  }
}
