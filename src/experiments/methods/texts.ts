/** Methods in whole texts: sampled ones trial by trial, searches once. */
import { t } from '../../l10n/language';
import { selfBleu } from '../../core/statistics/bleu';
import { coherence, distinctN, diversity, ngramDiversity, repN } from '../../core/statistics/diversity';
import { beamSearch } from '../../core/search/beam';
import type { Continuation, SearchOptions } from '../../core/search/common';
import {
  contrastiveSearch,
  isRepresenting,
  lacksStates,
  type ContrastiveContinuation,
} from '../../core/search/contrastive';
import { diverseBeamSearch } from '../../core/search/diverseBeam';
import type { LanguageModel } from '../../core/languageModel';
import { sum } from '../../core/sums';
import { beginDecoding, completionOf, sequencesTogether, type DecodingWatch } from '../kit/decodingLoop';
import { decode } from '../kit/drawing';
import { lacksTokens } from '../kit/listing';
import type { MethodMeasure, MethodResult, MethodSpec, MethodText } from './result';
import { describeNext, distributionAfter, measureOf, plainSpec, type SharedWork } from './work';
import { resultToken } from '../kit/results';
import { TokenSelector } from '../kit/tokenSelection';

/** Sequences that a model continues in one run without loss. */
const BATCH = 64;

/** With more texts, comparing each with all others takes too long. */
const MOST_FOR_BLEU = 32;

/** A text as far as measures go. */
type Drawn = Omit<MethodText, 'tokens'>;

export class MethodTexts {
  /** True until a user stops it before a text is whole. */
  whole = true;
  #done = 0;

  constructor(readonly shared: SharedWork) {}

  async measure(spec: MethodSpec): Promise<MethodResult> {
    const { model, parameters } = this.shared;
    const { maxNewTokens, samples, trials, methods } = parameters;
    const unavailable = whyNot(model, spec);
    const after = spec.kind === 'sampling' ? distributionAfter(this.shared, spec.chain) : null;
    const texts =
      spec.kind === 'sampling' ? await this.#sample(spec) : unavailable ? [] : [await this.#search(spec)];
    // A trial counts when all its texts are whole.
    const whole = texts.filter((trial) => trial.length > 0 && trial.every(({ end }) => end !== 'stopped'));
    this.whole &&= unavailable !== null || whole.length === (spec.kind === 'sampling' ? trials : 1);
    this.#done = (methods.indexOf(spec) + 1) * trials * samples * maxNewTokens;
    return {
      name: spec.name,
      spec: plainSpec(spec),
      unavailable,
      deterministic: spec.kind !== 'sampling',
      next: after && describeNext(this.shared, after, null),
      measures: measureTexts(whole),
      texts: (texts[0] ?? []).map((text) => ({
        ...text,
        tokens: text.ids.map((id) => resultToken(model, id).text),
      })),
    };
  }

  /**
   * Sample i of trial t draws from the streams that Explore draws its sample t * samples + i from: the same in
   * every method.
   */
  async #sample(spec: Extract<MethodSpec, { kind: 'sampling' }>): Promise<Drawn[][]> {
    const { model, parameters, promptIds, first, context, drawing } = this.shared;
    const { samples, trials, maxNewTokens, seed, stop } = parameters;
    const selector = new TokenSelector(model, { chain: spec.chain, greedy: false, seed, alternatives: 0 });
    const together =
      drawing.drawnBy === 'server' ? samples * trials : Math.min(BATCH, sequencesTogether(maxNewTokens));
    const texts: Drawn[] = [];
    const begun = this.#done;
    for (let from = 0; from < samples * trials && !context.signal.aborted; from += together) {
      const group = Array.from({ length: Math.min(together, samples * trials - from) }, (_, i) =>
        beginDecoding(selector, selector.begin(from + i, promptIds), first),
      );
      const watch: DecodingWatch = {
        stop,
        onSelections: (choices) => {
          this.#tell(choices.length);
        },
        onSettled: (turned) => {
          if (turned.length > 0) this.#tell(-sum(turned.map(({ turn }) => turn.ids.length)));
        },
      };
      await decode(model, group, maxNewTokens, context, watch, drawing);
      texts.push(
        ...group.map((growing) => ({
          ...completionOf(model, growing),
          raw: growing.sequence.chosen.map(({ step }) => step.raw),
        })),
      );
      this.#done = begun + texts.length * maxNewTokens;
    }
    return Array.from({ length: Math.ceil(texts.length / samples) }, (_, trial) =>
      texts.slice(trial * samples, (trial + 1) * samples),
    ).filter((trial, i, all) => i === 0 || trial.length === all[0]!.length);
  }

  async #search(spec: Exclude<MethodSpec, { kind: 'sampling' }>): Promise<Drawn[]> {
    const { parameters, context } = this.shared;
    const { samples, trials, maxNewTokens, stop } = parameters;
    const options: SearchOptions = {
      maxNewTokens,
      stopStrings: stop,
      signal: context.signal,
      onStep: async () => {
        this.#tell(samples * trials);
        await context.pause();
      },
    };
    const found = await search(this.shared, spec, options);
    return found.map(({ tokens, text, logProbabilities, end, stop: reached, penalties }) => ({
      ids: [...tokens],
      text,
      end,
      ...(reached !== undefined && { stop: reached }),
      raw: logProbabilities.map((logProbability) => Math.exp(logProbability)),
      ...(penalties && { penalties: [...penalties] }),
      logProbability: sum(logProbabilities),
    }));
  }

  /** Progress by so many tokens; every method counts as much. */
  #tell(tokens: number): void {
    const { parameters, context } = this.shared;
    const { methods, samples, trials, maxNewTokens } = parameters;
    this.#done += tokens;
    const total = methods.length * samples * trials * maxNewTokens;
    context.emit({ type: 'progress', done: this.#done, total, what: 'tokens' });
  }
}

/** Why the model cannot do it; null where it can. */
function whyNot(model: LanguageModel, spec: MethodSpec): string | null {
  switch (spec.kind) {
    case 'contrastive':
      return isRepresenting(model) ? null : lacksStates(model);
    case 'beam':
      // As many candidates as a step compares.
      return lacksTokens(model, t('Beam search'), 2 * spec.beams) ?? null;
    case 'diverse-beam':
      // The other groups may put as many tokens back as there are beams.
      return (
        lacksTokens(model, t('Diverse beam search'), (2 * spec.beams) / spec.groups + spec.beams) ?? null
      );
    case 'sampling':
      return null;
  }
}

async function search(
  { model, promptIds }: SharedWork,
  spec: Exclude<MethodSpec, { kind: 'sampling' }>,
  options: SearchOptions,
): Promise<readonly (Continuation & Partial<ContrastiveContinuation>)[]> {
  switch (spec.kind) {
    case 'beam': {
      const { beams, lengthPenalty } = spec;
      return beamSearch(model, promptIds, { ...options, beams, returned: beams, lengthPenalty });
    }
    case 'diverse-beam': {
      const { beams, groups, diversity: apart } = spec;
      const found = await diverseBeamSearch(model, promptIds, {
        ...options,
        beams,
        groups,
        diversity: apart,
      });
      return found.flat();
    }
    case 'contrastive': {
      const { k, alpha } = spec;
      return [await contrastiveSearch(model, promptIds, { ...options, k, alpha })];
    }
  }
}

/** One value per trial of everything that texts are measured by. */
function measureTexts(trials: readonly (readonly Drawn[])[]): MethodMeasure[] {
  const each = (id: string, of: (texts: readonly Drawn[]) => number): MethodMeasure[] =>
    measureOf(id, null, trials.map(of));
  const mean = (of: (ids: readonly number[], text: Drawn) => number) => (texts: readonly Drawn[]) =>
    texts.reduce((sum, text) => sum + of(text.ids, text), 0) / texts.length;
  const ids = (texts: readonly Drawn[]): (readonly number[])[] => texts.map((text) => text.ids);
  const whole = (texts: readonly Drawn[]): string[] => texts.map((text) => text.ids.join());
  return [
    ...each('diversity', (texts) => diversity(whole(texts))),
    ...each('coherence', (texts) => coherence(whole(texts))),
    ...each('distinct-1', (texts) => distinctN(ids(texts), 1)),
    ...each('distinct-2', (texts) => distinctN(ids(texts), 2)),
    ...each('distinct-3', (texts) => distinctN(ids(texts), 3)),
    ...each(
      'rep-2',
      mean((text) => repN(text, 2)),
    ),
    ...each(
      'rep-3',
      mean((text) => repN(text, 3)),
    ),
    ...each(
      'rep-4',
      mean((text) => repN(text, 4)),
    ),
    ...each('ngram-diversity', mean(ngramDiversity)),
    ...each('self-bleu', (texts) => (texts.length > MOST_FOR_BLEU ? NaN : selfBleu(ids(texts)))),
    ...each(
      'log-probability',
      mean((own, text) => text.logProbability / own.length),
    ),
    // NaN where a method has none: it is then no measure of it.
    ...each(
      'likeness',
      mean((own, { penalties }) => (penalties ? sum(penalties) / own.length : NaN)),
    ),
  ];
}
