/** Diverse beam search: groups of beams that keep away from each other's tokens. */
import { checkCount } from '../checks';
import type { LanguageModel } from '../languageModel';
import { SamplerChain } from '../samplers/chain';
import { readSettings, type BeamOptions } from './beam';
import { BeamState, type BeamContinuation } from './beamState';
import { finiteNumber, SearchPlan } from './common';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export interface DiverseBeamOptions extends Omit<BeamOptions, 'returned'> {
  /** A divisor of `beams`; each group has beams / groups of them. */
  readonly groups: number;
  /** At least 0: what a token's log-probability loses for each time that an earlier group has just taken it. */
  readonly diversity: number;
}

/**
 * Divides the beams into groups that take turns at every step: a group ranks its continuations by
 * log-probability minus `diversity` times the number of sequences of earlier groups that took the same token at
 * this step (Hamming diversity). The first group is a plain beam search.
 *
 * Vijayakumar, Cogswell, Selvaraju, Sun, Lee, Crandall and Batra, Diverse Beam Search, 2018.
 *
 * The penalty decides which beams live; the score of a sequence is that of `beamSearch`, without it. With
 * diversity 0 all groups find the same.
 *
 * @returns for every group its sequences, best first.
 * @throws RangeError for options out of range, or a prompt that leaves no room.
 */
export async function diverseBeamSearch(
  model: LanguageModel,
  prompt: readonly number[],
  options: DiverseBeamOptions,
): Promise<BeamContinuation[][]> {
  const plan = new SearchPlan(model, prompt, options);
  const settings = readSettings(options);
  const count = checkCount('groups', options.groups, 1);
  const diversity = finiteNumber('diversity', options.diversity, 0);
  if (settings.beams % count !== 0) {
    throw new RangeError(
      t('groups is {0}; it must divide the number of beams, {1}.', asGiven(count), asGiven(settings.beams)),
    );
  }
  const beams = settings.beams / count;
  const chain = new SamplerChain(plan.chain, model.info.vocabularySize, model.vocabulary);
  const groups = Array.from({ length: count }, () => new BeamState(plan, chain, { ...settings, beams }));
  for (let step = 1; groups.some(({ open }) => open) && !plan.isStopped(); step++) {
    const active = groups.filter(({ open }) => open);
    const live = active.flatMap((group) => group.live);
    const answers = await plan.ask(
      live.map(({ tokens, cache }) => ({ tokens: [...prompt, ...tokens], cache })),
    );
    if (!answers) break;
    const penalties = new Map<number, number>();
    let from = 0;
    for (const group of active) {
      const own = answers.slice(from, (from += group.live.length));
      for (const taken of group.advance(own, penalties)) {
        penalties.set(taken, (penalties.get(taken) ?? 0) + diversity);
      }
    }
    await plan.step(
      step,
      groups.flatMap((group) => group.live),
    );
  }
  return groups.map((group) => group.results(beams));
}
