/** A/B: two chains, or two prompts, side by side with the same random numbers. */
import * as v from 'valibot';
import type { LanguageModel } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { beginningWith } from '../kit/boundary';
import type { Drawing } from '../kit/drawing';
import { needWhole } from '../kit/listing';
import { onModel, type RunContext } from '../kit/experiment';
import { takePrompt, type PromptTokens } from '../kit/prompt';
import { readPrompt } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf } from '../kit/results';
import { TokenSelector } from '../kit/tokenSelection';
import { abParameters, otherPrompt, type AbParameters } from './parameters';
import { abReport } from './report';
import { abEventSchema, abResultSchema, type AbEvent, type AbResult } from './result';
import { AbWork, type Start } from './work';

/**
 * A/B as an experiment. Sample i draws on both sides from the streams that Explore draws its sample i from: what
 * differs is the chain's doing, or the prompt's, and A's texts are those that Explore gives for its chain. Where both
 * sides have one prompt it is read once, and texts that say the same are read once as well.
 *
 * A stop is honoured before every token; the result then has the texts begun so far.
 */
export const ab = onModel<AbParameters, AbEvent, AbResult>({
  parse: abParameters.parse,
  events: v.variant('type', [progressEventSchema, abEventSchema]),
  result: abResultSchema,
  report: abReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: AbParameters,
  context: RunContext<AbEvent>,
): Promise<AbResult> {
  const begin = performance.now();
  const { maxNewTokens } = parameters;
  // Before the prompts are read, which may take a while.
  checkChains(model, parameters);
  needWhole(model, t('A/B, which compares whole distributions,'));
  const take = (text: string): Promise<PromptTokens> => takePrompt(model, text, maxNewTokens, parameters);
  const prompt = await take(parameters.prompt);
  const other = await take(otherPrompt(parameters));
  const one = samePrompt(prompt, other);
  const a = await startOf(model, prompt, context);
  const b = one ? a : a && (await startOf(model, other, context));
  const work = new AbWork(model, parameters, context);
  const known: AbResult = {
    experiment: 'ab',
    vocabularySize: model.info.vocabularySize,
    other: one
      ? null
      : { promptIds: Array.from(other.ids), promptTruncated: other.truncated, promptNotes: [...other.notes] },
    tokens: [],
    samples: work.samples(),
    stopped: false,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, parameters.seed, drawnHere(model)),
  };
  if (a && b) {
    context.emit({ type: 'begun', result: known });
    await work.grow(a, b);
  }
  return {
    ...known,
    tokens: work.tokens(),
    samples: work.samples(),
    stopped: work.isUnfinished,
    milliseconds: performance.now() - begin,
  };
}

/** Both sides draw with the same random numbers, which a server would take in its own way. */
function drawnHere({ info }: LanguageModel): Drawing {
  return info.server ? { drawnBy: 'here' } : {};
}

/** @throws RangeError naming the side whose chain does not fit the model, or asks for longer texts */
function checkChains(
  model: LanguageModel,
  { chain, otherChain, seed, maxNewTokens, healing = false }: AbParameters,
): void {
  const sides = [
    ['A', chain],
    ['B', otherChain],
  ] as const;
  for (const [side, spec] of sides) {
    try {
      const selector = new TokenSelector(model, { chain: spec, greedy: false, seed });
      if (!healing) selector.checkLength(maxNewTokens);
    } catch (error) {
      if (error instanceof RangeError)
        throw new RangeError(t('{0}: {1}', side, error.message), { cause: error });
      throw error;
    }
  }
}

function samePrompt(one: PromptTokens, two: PromptTokens): boolean {
  const [a, b] = [one.ids, two.ids];
  return one.owed === two.owed && a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Where a text begins; undefined where a user stopped it before. */
async function startOf(
  model: LanguageModel,
  { ids, owed = '' }: PromptTokens,
  context: RunContext<AbEvent>,
): Promise<Start | undefined> {
  const promptIds = Array.from(ids);
  const answer = await readPrompt(model, promptIds, context);
  const next = answer && owed !== '' ? beginningWith(answer, model.vocabulary, owed) : answer;
  return next && { promptIds, owed, next };
}
