/** What a model can do for a text before anybody asks: it remembers what it has read. */
import type { LanguageModel } from '../core/languageModel';
import { exploreParameters } from '../experiments/explore/parameters';
import { takePrompt } from '../experiments/kit/prompt';
import { firstPiece } from '../experiments/kit/readPrompt';

/** Reads the beginning of a text as Explore does with its usual parameters. @throws as `takePrompt` */
export async function readAhead(model: LanguageModel, text: string): Promise<void> {
  const { ids } = await takePrompt(model, text, exploreParameters.parameters.maxNewTokens.default);
  await model.next([{ tokens: firstPiece(Array.from(ids)) }]);
}
