/** What a result of Explore says. */
import { visibleToken } from '../../core/visibleText';
import type { ReportOf } from '../report/types';
import { costOf } from '../kit/turnBack';
import { counted, t, whole } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';
import { meanLogProbability, removerWords, tokenTexts, type Next } from './words';
import type { ExploreResult } from './result';
import { tables } from './tables';

export const exploreReport: ReportOf<ExploreResult> = { summary, tables };

function summary(result: ExploreResult): string[] {
  const { next, completions, stopped } = result;
  if (!next || next.rows.length === 0) {
    return completions.length === 0
      ? [t('The run was stopped before there was a result.')]
      : [...likeliest(result)];
  }
  return [
    mostProbable(result, next),
    ...listedIn(next),
    ...kept(next),
    ...likeliest(result),
    ...endsAtList(result),
    ...offIn(result),
    ...wentBack(result),
    ...next.warnings,
    ...(stopped ? [t('The run was stopped before all completions were finished.')] : []),
  ];
}

/** `“pizza” is the most probable next token: 48.2 % before the samplers, 62 % after them.` */
function mostProbable(result: ExploreResult, { rows }: Next): string {
  const { id, raw, processed, removedBy, limits } = rows[0]!;
  const token = visibleToken(tokenTexts(result)(id));
  const before = inPercent(raw);
  if (removedBy !== null) {
    return t(
      '“{0}” is the most probable next token: {1} before the samplers, but {2} removes it.',
      token,
      before,
      removerWords(removedBy),
    );
  }
  return limits
    ? t(
        '“{0}” is the most probable next token: {1} before the samplers, between {2} and {3} after them.',
        token,
        before,
        inPercent(limits.low),
        inPercent(limits.high),
      )
    : t(
        '“{0}” is the most probable next token: {1} before the samplers, {2} after them.',
        token,
        before,
        inPercent(processed),
      );
}

const tokensOf = (count: number): string => counted(count, '{0} token', '{0} tokens');

function kept({ kept: left, keptMass, vocabularySize, entropy, rawEntropy, listed }: Next): string[] {
  if (listed && !listed.within) return [];
  const values = [whole(left), tokensOf(vocabularySize), inPercent(keptMass), rounded(entropy)];
  return [
    listed
      ? t(
          'The samplers keep {0} of {1} with {2} of the probability; the entropy is from {4} to {5} nats before them and {3} nats after.',
          ...values,
          ...limitsOf(listed),
        )
      : t(
          'The samplers keep {0} of {1} with {2} of the probability; the entropy is {4} nats before them and {3} nats after.',
          ...values,
          rounded(rawEntropy),
        ),
  ];
}

type Listed = NonNullable<Next['listed']>;

/** Of the entropy before the samplers, in nats. */
function limitsOf({ rawEntropy: { least, most } }: Listed): [string, string] {
  return [rounded(least), rounded(most)];
}

/** `The model’s server lists 20 of 151,936 tokens with 97.3 % of the probability.` */
function listedIn({ listed, kept: left, vocabularySize }: Next): string[] {
  if (!listed) return [];
  const { tokens, mass, exact, off, within } = listed;
  return [
    t(
      'The model’s server lists {0} of {1} with {2} of the probability.',
      whole(tokens),
      tokensOf(vocabularySize),
      inPercent(mass),
    ),
    ...(within ? [] : [keptBeyond(listed, left)]),
    ...(exact ? [] : [notExact(off)]),
  ];
}

function keptBeyond(listed: Listed, left: number): string {
  return listed.counted
    ? counted(
        left,
        'The samplers keep {0} token, which may be beyond these; the entropy before them is from {1} to {2} nats.',
        'The samplers keep {0} tokens, some of them beyond these; the entropy before them is from {1} to {2} nats.',
        ...limitsOf(listed),
      )
    : t(
        'The samplers keep tokens beyond these, so how many is not known; the entropy before them is from {0} to {1} nats.',
        ...limitsOf(listed),
      );
}

/** @param off the most that a probability is off; null where that is not known */
function notExact(off: number | null): string {
  return off === null
    ? t('The probabilities after the samplers are not exact: by how much they are off is not known.')
    : t('The probabilities after the samplers are not exact: they are off by at most {0}.', inPercent(off));
}

/** Texts that ended because what was drawn is not listed. */
function endsAtList({ completions }: ExploreResult): string[] {
  const ended = completions.filter(({ end }) => end === 'unlisted').length;
  return ended === 0
    ? []
    : [
        counted(
          ended,
          '{0} completion ended because the next token is one of those that the server does not list.',
          '{0} completions ended because the next token is one of those that the server does not list.',
        ),
      ];
}

function offIn({ completions }: ExploreResult): string[] {
  const off = completions.flatMap((completion) => (completion.off === undefined ? [] : [completion.off]));
  if (off.length === 0) return [];
  return [
    off.includes(null)
      ? counted(
          off.length,
          'In {0} completion, the probabilities after the samplers are not exact: by how much they are off is not known.',
          'In {0} completions, the probabilities after the samplers are not exact: by how much they are off is not known.',
        )
      : counted(
          off.length,
          'In {0} completion, the probabilities after the samplers are not exact: they are off by at most {1}.',
          'In {0} completions, the probabilities after the samplers are not exact: they are off by at most {1}.',
          inPercent(Math.max(...off.map((each) => each ?? 0))),
        ),
  ];
}

function likeliest({ completions }: ExploreResult): string[] {
  const means = completions.map((completion) => meanLogProbability(completion) ?? -Infinity);
  const best = Math.max(...means);
  if (best === -Infinity) return [];
  const sample = means.indexOf(best) + 1;
  const tokens = completions.reduce((sum, { ids }) => sum + ids.length, 0);
  const values = [rounded(best), rounded(Math.exp(-best))];
  return [
    completions.length === 1
      ? counted(
          tokens,
          'The completion has {0} token and {1} nats per token (perplexity {2}).',
          'The completion has {0} tokens and {1} nats per token (perplexity {2}).',
          ...values,
        )
      : t(
          'Of {0} with {1}, number {2} is the most probable per token: {3} nats (perplexity {4}).',
          counted(completions.length, '{0} completion', '{0} completions'),
          tokensOf(tokens),
          whole(sample),
          ...values,
        ),
  ];
}

/** How often completions went back over banned phrases, and how much of the probability that took. */
function wentBack({ completions }: ExploreResult): string[] {
  const turned = completions.flatMap(({ turns }) => (turns ? [turns] : []));
  if (turned.length === 0) return [];
  const times = turned.reduce((sum, turns) => sum + turns.length, 0);
  const cost = turned
    .map(costOf)
    .reduce<number | null>((sum, nats) => (sum === null || nats === null ? null : sum + nats), 0);
  const often = counted(times, '{0} time', '{0} times');
  return [
    cost === null
      ? counted(
          turned.length,
          '{0} completion went back over banned phrases, {1} in all.',
          '{0} completions went back over banned phrases, {1} in all.',
          often,
        )
      : counted(
          turned.length,
          '{0} completion went back over banned phrases, {1} in all, which cost {2} nats.',
          '{0} completions went back over banned phrases, {1} in all, which cost {2} nats.',
          often,
          rounded(cost),
        ),
  ];
}
