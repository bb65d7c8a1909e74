/** A result of A/B in sentences. */
import { visibleToken } from '../../core/visibleText';
import { endWords } from '../report/ends';
import { counted, t, whole } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';
import {
  onePrompt,
  partingOf,
  THE_MODEL,
  type AbResult,
  type AbStep,
  type RowCell,
  type SideStep,
} from './result';

/** Texts of the tokens that a result names, by their ids. */
export function tokenTexts({ tokens }: Pick<AbResult, 'tokens'>): (id: number) => string {
  const texts = new Map(tokens.map(({ id, text }) => [id, text]));
  return (id) => texts.get(id) ?? t('token {0}', String(id));
}

/** What removed a token, as people read it; null where it is kept. */
export function removerName({ removedBy }: Pick<RowCell, 'removedBy'>): string | null {
  return removedBy === THE_MODEL ? t('the model') : removedBy;
}

/** A divergence as it is written; null is infinite. */
export function nats(divergence: number | null): string {
  return divergence === null ? '∞' : t('{0} nats', rounded(divergence));
}

/** Which sample's texts part, and at which place, both from 0. */
interface Parting {
  readonly sample: number;
  readonly at: number;
}

/** The sample whose texts part first; null where none do. */
export function partingSample({ samples }: AbResult): Parting | null {
  const places = samples.flatMap((sample, index) => {
    const at = partingOf(sample);
    return at === null ? [] : [{ sample: index, at }];
  });
  return places.reduce<(typeof places)[number] | null>(
    (first, place) => (first === null || place.at < first.at ? place : first),
    null,
  );
}

export function abSentences(result: AbResult): string[] {
  const steps = result.samples.flatMap((sample) => sample.steps);
  if (steps.length === 0) return [nothingDrawn(result)];
  const parting = partingSample(result);
  const step = parting && result.samples[parting.sample]!.steps[parting.at]!;
  return [
    headline(result),
    ...(parting ? whatTellsThem(result, parting) : []),
    ...apart(result, parting?.at ?? 0, step ?? steps[0]!),
    ...(onePrompt(result) ? [] : prompts(steps[0]!)),
    ...average(steps),
    ...removals(steps),
    ...turns(result),
    ...(parting && onePrompt(result)
      ? [t('After that the texts have different contexts; their tokens are compared by position.')]
      : []),
    ...(onePrompt(result) ? [] : [t('The prompts differ; tokens are compared by position.')]),
    ...(result.stopped ? [t('The run was stopped before all texts were finished.')] : []),
  ];
}

function nothingDrawn({ samples: [first] }: AbResult): string {
  if (!first || first.a.end === 'stopped' || first.b.end === 'stopped')
    return t('The run was stopped before there was a result.');
  return t('Neither text has a token. A: {0} B: {1}', endWords(first.a).about, endWords(first.b).about);
}

/** Who goes back uses further random numbers. */
function turns({ samples }: AbResult): string[] {
  const [a, b] = (['a', 'b'] as const).map((side) =>
    samples.reduce((sum, sample) => sum + (sample[side].turns?.length ?? 0), 0),
  ) as [number, number];
  if (a === 0 && b === 0) return [];
  const times = (count: number): string => counted(count, '{0} time', '{0} times');
  return [
    a > 0 && b > 0
      ? t(
          'A went back {0} and B went back {1} over banned phrases; tokens are then drawn again, so from there on the two sides use different random numbers.',
          times(a),
          times(b),
        )
      : t(
          '{0} went back {1} over banned phrases; tokens are then drawn again, so from there on the two sides use different random numbers.',
          a > 0 ? 'A' : 'B',
          times(a + b),
        ),
  ];
}

/** The answer: where the texts part, and what each side draws there. */
export function headline(result: AbResult): string {
  const { samples } = result;
  const parting = partingSample(result);
  if (!parting) return same(result);
  const { a, b } = samples[parting.sample]!.steps[parting.at]!;
  const text = tokenTexts(result);
  const draws = (name: string, side: SideStep | null): string =>
    side ? t('{0} draws {1}', name, quoted(text(side.id))) : t('{0} has ended', name);
  const parted = samples.filter((sample) => partingOf(sample) !== null).length;
  const [at, of, both] = [
    whole(parting.at + 1),
    whole(parting.sample + 1),
    [draws('A', a), draws('B', b)],
  ] as const;
  if (samples.length === 1) return t('The texts part at token {0}: {1}, {2}.', at, ...both);
  const all = whole(samples.length);
  return parted === samples.length
    ? t(
        'The texts part in all {0} samples, first at token {1} of sample {2}: {3}, {4}.',
        all,
        at,
        of,
        ...both,
      )
    : t(
        'The texts part in {0} of {1} samples, first at token {2} of sample {3}: {4}, {5}.',
        whole(parted),
        all,
        at,
        of,
        ...both,
      );
}

function same({ samples, stopped }: AbResult): string {
  const longest = Math.max(...samples.map(({ steps }) => steps.length));
  const tokens = counted(longest, '{0} token', '{0} tokens');
  if (samples.length === 1) {
    return stopped
      ? t('Both texts are the same as far as they go: {0}.', tokens)
      : t('Both texts are the same: {0}.', tokens);
  }
  const all = whole(samples.length);
  return stopped
    ? t('In all {0} samples both texts are the same as far as they go, up to {1}.', all, tokens)
    : t('In all {0} samples both texts are the same, up to {1}.', all, tokens);
}

function quoted(text: string): string {
  return t('“{0}”', visibleToken(text));
}

/** Why the sides draw differently at a place; nothing where one of them has ended. */
function whatTellsThem(result: AbResult, { sample, at }: Parting): string[] {
  const texts = result.samples[sample]!;
  const { a, b, rows } = texts.steps[at]!;
  if (!a || !b || a.id === b.id) return [];
  const text = tokenTexts(result);
  const ofA = rows.find(({ id }) => id === a.id);
  const ofB = rows.find(({ id }) => id === b.id);
  if (!ofA?.b || !ofB?.a) return [];
  const [inB, inA] = [removerName(ofA.b), removerName(ofB.a)];
  const removedInB = [quoted(text(a.id)), inPercent(ofA.b.raw)] as const;
  const removedInA = [quoted(text(b.id)), inPercent(ofB.a.raw)] as const;
  if (inB !== null && inA !== null) {
    return [
      t(
        'In B, {0} removes {1} ({2} before the samplers) and in A, {3} removes {4} ({5} before the samplers).',
        inB,
        ...removedInB,
        inA,
        ...removedInA,
      ),
    ];
  }
  if (inB !== null) return [t('In B, {0} removes {1} ({2} before the samplers).', inB, ...removedInB)];
  if (inA !== null) return [t('In A, {0} removes {1} ({2} before the samplers).', inA, ...removedInA)];
  // A side that has gone back so far has drawn here with a further number.
  const wentBack = [texts.a, texts.b].some(({ turns = [] }) => turns.some(({ place }) => place <= at));
  const shares = [
    quoted(text(a.id)),
    inPercent(a.processed),
    inPercent(ofA.b.processed),
    quoted(text(b.id)),
    inPercent(ofB.a.processed),
    inPercent(b.processed),
  ];
  return [
    wentBack
      ? t(
          'Both chains keep both tokens: after the samplers {0} has {1} in A and {2} in B, {3} {4} in A and {5} in B.',
          ...shares,
        )
      : t(
          'Both chains keep both tokens, and the same random number falls on different ones: after the samplers {0} has {1} in A and {2} in B, {3} {4} in A and {5} in B.',
          ...shares,
        ),
  ];
}

/** How far apart the distributions are at a place. */
function apart(result: AbResult, at: number, { after }: AbStep): string[] {
  if (!after) return [];
  const { ab, ba, onlyA, onlyB, js } = after;
  const divergences = [klWords('A', 'B', ab, onlyA), klWords('B', 'A', ba, onlyB), nats(js)];
  return [
    partingSample(result)
      ? t(
          'At that place, after the samplers, {0}; {1}; the Jensen-Shannon divergence is {2}.',
          ...divergences,
        )
      : t(
          'At token {0}, after the samplers, {1}; {2}; the Jensen-Shannon divergence is {3}.',
          whole(at + 1),
          ...divergences,
        ),
  ];
}

/** @param only probability in `from` of what is impossible in `other` */
function klWords(from: string, other: string, divergence: number | null, only: number): string {
  return divergence === null
    ? t(
        'KL({0} ‖ {1}) is infinite, because {1} gives no chance to tokens that have {2} in {0}',
        from,
        other,
        inPercent(only),
      )
    : t('KL({0} ‖ {1}) is {2}', from, other, nats(divergence));
}

function prompts({ before }: AbStep): string[] {
  if (!before) return [];
  return [
    t(
      'For the first token, before the samplers, the prompts lead to distributions with KL(A ‖ B) = {0} and KL(B ‖ A) = {1}.',
      nats(before.ab),
      nats(before.ba),
    ),
  ];
}

function average(steps: readonly AbStep[]): string[] {
  const compared = steps.flatMap(({ after }) => after ?? []);
  if (compared.length < 2) return [];
  const mean = meanOf(compared.map(({ js }) => js));
  return [
    t(
      'Averaged over {0}, the Jensen-Shannon divergence is {1}; it is 0 for equal distributions and {2} for those that share no token.',
      counted(compared.length, '{0} token', '{0} tokens'),
      nats(mean),
      nats(Math.LN2),
    ),
  ];
}

/** What each chain removes, per token on average. */
function removals(steps: readonly AbStep[]): string[] {
  const of = (name: string, sides: readonly SideStep[]): string => {
    const samplers = removedBySampler(sides).filter(({ removed }) => removed > 0);
    if (samplers.length === 0) return t('nothing in {0}', name);
    const all = samplers.reduce((sum, { mass }) => sum + mass, 0);
    const parts =
      samplers.length === 1
        ? samplers[0]!.sampler
        : samplers.map(({ sampler, mass }) => `${sampler} ${inPercent(mass)}`).join(', ');
    return t('{0} of the probability in {1} ({2})', inPercent(all), name, parts);
  };
  const a = steps.flatMap((step) => step.a ?? []);
  const b = steps.flatMap((step) => step.b ?? []);
  return [t('On average per token, the samplers remove {0} and {1}.', of('A', a), of('B', b))];
}

/** Of every sampler of a chain, the mean number of tokens that it removed, and of their probability. */
export function removedBySampler(
  sides: readonly SideStep[],
): readonly { readonly sampler: string; readonly removed: number; readonly mass: number }[] {
  const [first] = sides;
  return (first?.removals ?? []).map(({ sampler }, place) => ({
    sampler,
    removed: meanOf(sides.map(({ removals: all }) => all[place]?.removed ?? 0)),
    mass: meanOf(sides.map(({ removals: all }) => all[place]?.mass ?? 0)),
  }));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
