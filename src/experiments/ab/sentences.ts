/** A result of A/B in sentences. */
import { visibleToken } from '../../core/visibleText';
import { endWords } from '../report/ends';
import { counted, whole } from '../../l10n/language';
import { capitalized, inPercent, listed, rounded } from '../../l10n/numbers';
import { onePrompt, partingOf, type AbResult, type AbStep, type Divergence, type SideStep } from './result';

/** Texts of the tokens that a result names, by their ids. */
export function tokenTexts({ tokens }: Pick<AbResult, 'tokens'>): (id: number) => string {
  const texts = new Map(tokens.map(({ id, text }) => [id, text]));
  return (id) => texts.get(id) ?? `token ${id}`;
}

/** A divergence as it is written; null is infinite. */
export function nats(divergence: number | null): string {
  return divergence === null ? '∞' : `${rounded(divergence)} nats`;
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
      ? ['After that the texts have different contexts; their tokens are compared by position.']
      : []),
    ...(onePrompt(result) ? [] : ['The prompts differ; tokens are compared by position.']),
    ...(result.stopped ? ['The run was stopped before all texts were finished.'] : []),
  ];
}

function nothingDrawn({ samples: [first] }: AbResult): string {
  if (!first || first.a.end === 'stopped' || first.b.end === 'stopped')
    return 'The run was stopped before there was a result.';
  return `Neither text has a token. A: ${endWords(first.a).about} B: ${endWords(first.b).about}`;
}

/** Who goes back uses further random numbers. */
function turns({ samples }: AbResult): string[] {
  const of = (side: 'a' | 'b'): string[] => {
    const times = samples.reduce((sum, sample) => sum + (sample[side].turns?.length ?? 0), 0);
    return times === 0 ? [] : [`${side.toUpperCase()} went back ${counted(times, '{0} time', '{0} times')}`];
  };
  const went = [...of('a'), ...of('b')];
  return went.length === 0
    ? []
    : [
        `${listed(went)} over banned phrases; each time draws again, so after that the two sides use different random numbers.`,
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
    side ? `${name} draws ${quoted(text(side.id))}` : `${name} has ended`;
  const parted = samples.filter((sample) => partingOf(sample) !== null).length;
  const where =
    samples.length === 1
      ? `at token ${parting.at + 1}`
      : `in ${parted === samples.length ? 'all' : `${parted} of`} ${whole(samples.length)} samples, first at token ${parting.at + 1} of sample ${parting.sample + 1}`;
  return `The texts part ${where}: ${draws('A', a)}, ${draws('B', b)}.`;
}

function same({ samples, stopped }: AbResult): string {
  const longest = Math.max(...samples.map(({ steps }) => steps.length));
  const tokens = counted(longest, '{0} token', '{0} tokens');
  const far = stopped ? ' as far as they go' : '';
  return samples.length === 1
    ? `Both texts are the same${far}: ${tokens}.`
    : `In all ${whole(samples.length)} samples both texts are the same${far}, up to ${tokens}.`;
}

function quoted(text: string): string {
  return `“${visibleToken(text)}”`;
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
  const removed = [
    ...(ofA.b.removedBy === null
      ? []
      : [
          `in B, ${ofA.b.removedBy} removes ${quoted(text(a.id))} (${inPercent(ofA.b.raw)} before the samplers)`,
        ]),
    ...(ofB.a.removedBy === null
      ? []
      : [
          `in A, ${ofB.a.removedBy} removes ${quoted(text(b.id))} (${inPercent(ofB.a.raw)} before the samplers)`,
        ]),
  ];
  if (removed.length > 0) return [`${capitalized(listed(removed))}.`];
  // A side that has gone back so far has drawn here with a further number.
  const wentBack = [texts.a, texts.b].some(({ turns = [] }) => turns.some(({ place }) => place <= at));
  const drawn = wentBack ? '' : ', and the same random number falls on different ones';
  return [
    `Both chains keep both tokens${drawn}: after the samplers ${quoted(text(a.id))} has ${inPercent(a.processed)} in A and ${inPercent(ofA.b.processed)} in B, ${quoted(text(b.id))} ${inPercent(ofB.a.processed)} in A and ${inPercent(b.processed)} in B.`,
  ];
}

/** How far apart the distributions are at a place. */
function apart(result: AbResult, at: number, { after }: AbStep): string[] {
  if (!after) return [];
  const place = partingSample(result) ? 'At that place' : `At token ${at + 1}`;
  return [`${place}, after the samplers, ${divergences(after)}.`];
}

function divergences({ ab, ba, onlyA, onlyB, js }: Divergence): string {
  const one = (name: string, divergence: number | null, only: number, from: string, other: string): string =>
    `KL(${name}) is ${
      divergence === null
        ? `infinite, because ${other} gives no chance to tokens that have ${inPercent(only)} in ${from}`
        : nats(divergence)
    }`;
  return `${one('A ‖ B', ab, onlyA, 'A', 'B')}; ${one('B ‖ A', ba, onlyB, 'B', 'A')}; the Jensen-Shannon divergence is ${nats(js)}`;
}

function prompts({ before }: AbStep): string[] {
  if (!before) return [];
  return [
    `For the first token, before the samplers, the prompts lead to distributions with KL(A ‖ B) = ${nats(before.ab)} and KL(B ‖ A) = ${nats(before.ba)}.`,
  ];
}

function average(steps: readonly AbStep[]): string[] {
  const compared = steps.flatMap(({ after }) => after ?? []);
  if (compared.length < 2) return [];
  const mean = meanOf(compared.map(({ js }) => js));
  return [
    `Averaged over ${counted(compared.length, '{0} token', '{0} tokens')}, the Jensen-Shannon divergence is ${nats(mean)}; it is 0 for equal distributions and ${rounded(Math.LN2)} nats for those that share no token.`,
  ];
}

/** What each chain removes, per token on average. */
function removals(steps: readonly AbStep[]): string[] {
  const of = (name: string, sides: readonly SideStep[]): string => {
    const samplers = removedBySampler(sides).filter(({ removed }) => removed > 0);
    if (samplers.length === 0) return `nothing in ${name}`;
    const all = samplers.reduce((sum, { mass }) => sum + mass, 0);
    const parts =
      samplers.length === 1
        ? samplers[0]!.sampler
        : samplers.map(({ sampler, mass }) => `${sampler} ${inPercent(mass)}`).join(', ');
    return `${inPercent(all)} of the probability in ${name} (${parts})`;
  };
  const a = steps.flatMap((step) => step.a ?? []);
  const b = steps.flatMap((step) => step.b ?? []);
  return [`On average per token, the samplers remove ${of('A', a)} and ${of('B', b)}.`];
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
