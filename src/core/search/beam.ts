/** Beam search: the best few beginnings are kept at every step. */
import { checkCount } from '../checks';
import type { LanguageModel } from '../languageModel';
import { SamplerChain } from '../samplers/chain';
import { BeamState, type BeamContinuation, type BeamSettings, type EarlyStopping } from './beamState';
import { finiteNumber, SearchPlan, type SearchOptions } from './common';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export type { BeamContinuation, EarlyStopping } from './beamState';

export interface BeamOptions extends SearchOptions {
  /** Beginnings kept at every step, at least 1; 1 is greedy search but for the length penalty. */
  readonly beams: number;
  /** Sequences to return, from 1 to `beams`; 1 when left out. */
  readonly returned?: number | undefined;
  /** 1 (the default) ranks by the mean log-probability, 0 by the sum; larger values favour long sequences. */
  readonly lengthPenalty?: number | undefined;
  /** `false` when left out. */
  readonly earlyStopping?: EarlyStopping | undefined;
}

/**
 * Keeps the `beams` best beginnings by summed log-probability and ranks what ends by
 * sum / length^lengthPenalty. The result is a guess: it may miss the most probable sequence, which
 * `enumerate` finds.
 *
 * Lowerre, The Harpy Speech Recognition System, 1976; the length penalty in this form as in Hugging Face
 * Transformers, which this follows also in when it stops and in which ended sequences it keeps: those that are
 * among the `beams` best continuations of their step.
 *
 * A sampler chain acts on the log-probabilities, without renormalising.
 *
 * @returns at most `returned` sequences, best first; after an abort, unfinished ones follow the finished.
 * @throws RangeError for options out of range, or a prompt that leaves no room.
 */
export async function beamSearch(
  model: LanguageModel,
  prompt: readonly number[],
  options: BeamOptions,
): Promise<BeamContinuation[]> {
  const plan = new SearchPlan(model, prompt, options);
  const settings = readSettings(options);
  const returned = checkCount('returned', options.returned ?? 1, 1);
  if (returned > settings.beams) {
    throw new RangeError(
      t(
        'returned is {0}; it must be from 1 to the number of beams, {1}.',
        asGiven(returned),
        asGiven(settings.beams),
      ),
    );
  }
  const chain = new SamplerChain(plan.chain, model.info.vocabularySize, model.vocabulary);
  const state = new BeamState(plan, chain, settings);
  for (let step = 1; state.open && !plan.isStopped(); step++) {
    const contexts = state.live.map(({ tokens, cache }) => ({ tokens: [...prompt, ...tokens], cache }));
    const answers = await plan.ask(contexts);
    if (!answers) break;
    state.advance(answers);
    await plan.step(step, state.live);
  }
  return state.results(returned);
}

/** @throws RangeError naming the option, its value and the allowed range. */
export function readSettings(options: BeamOptions): BeamSettings {
  return {
    beams: checkCount('beams', options.beams, 1),
    lengthPenalty: finiteNumber('lengthPenalty', options.lengthPenalty ?? 1),
    earlyStopping: options.earlyStopping ?? false,
  };
}
