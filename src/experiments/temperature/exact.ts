/** The exact part of the Temperature experiment: curves, limits, ways to write the target. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { topIndices } from '../../core/logits';
import { binomialInterval } from '../../core/statistics/binomial';
import { TOY_DEFAULT } from '../../core/toyModel';
import type { CooperativeYield } from '../kit/cooperativeYield';
import { weightsAt, type TokenizationNode, type Tokenizations } from './tokenizations';
import { logitsOf } from '../kit/readPrompt';
import { resultToken } from '../kit/results';
import type { ChapterRow, TemperatureResult } from './result';

/** Tokens that have curves and rows of their own beside the target. */
const TOP = 10;
/** Ways to write the target that are listed. */
const WAYS = 20;
/** Points of the curve per decade of temperature, and its ends unless the list goes further. */
const PER_DECADE = 30;
const CURVE_ENDS = [0.1, 10] as const;

/** `pizza` of 100 draws, as the chapter prints it. */
const CHAPTER = { target: ' pizza', draws: 100, printed: { 0.5: 67, 1: 49, 1.5: 44, 2: 24 } } as const;

/** The probability of one next token. */
export function tokenProbability(node: TokenizationNode, id: number, t: number, weights: number): number {
  return Math.exp((node.logits[id]! - node.largest) / t) / weights;
}

/** Temperatures of the curve: a grid on a logarithmic axis and the requested ones. */
export function grid(temperatures: readonly number[]): number[] {
  const low = Math.log10(Math.min(CURVE_ENDS[0], ...temperatures));
  const high = Math.log10(Math.max(CURVE_ENDS[1], ...temperatures));
  const intervals = Math.ceil((high - low) * PER_DECADE);
  const even = Array.from({ length: intervals + 1 }, (_, i) =>
    Number((10 ** (low + ((high - low) * i) / intervals)).toPrecision(6)),
  );
  return [...new Set([...even, ...temperatures])].sort((a, b) => a - b);
}

/** @returns undefined when a user stopped it. */
export async function curveOf(
  model: LanguageModel,
  tree: Tokenizations,
  requested: readonly number[],
  turns: CooperativeYield,
  onPoint: (done: number, points: number) => void,
): Promise<TemperatureResult['curve'] | undefined> {
  const { root } = tree;
  const own = root.steps.length === 1 && root.steps[0]!.ends ? root.steps[0]!.id : -1;
  const ids = listedTokens(root).filter((id) => id !== own);
  const temperatures = grid(requested);
  const curve: TemperatureResult['curve'] = {
    temperatures,
    target: [],
    entropy: [],
    tokens: ids.map((id) => ({ token: resultToken(model, id), probabilities: [] })),
  };
  for (const [done, t] of temperatures.entries()) {
    if (!(await turns.giveWay())) return undefined;
    onPoint(done, temperatures.length);
    curve.target.push((await tree.at(t, turns)).probability);
    const weights = weightsAt(root, t);
    curve.entropy.push(entropyAt(root, t, weights));
    ids.forEach((id, i) => curve.tokens[i]!.probabilities.push(tokenProbability(root, id, t, weights)));
  }
  return curve;
}

/** Entropy in nats of the next token at a temperature: ln Z - E[(logit - largest) / T]. */
export function entropyAt({ logits, largest }: TokenizationNode, t: number, weights: number): number {
  let mean = 0;
  for (let id = 0; id < logits.length; id++) {
    const scaled = (logits[id]! - largest) / t;
    if (scaled > -Infinity) mean += scaled * Math.exp(scaled);
  }
  return Math.max(0, Math.log(weights) - mean / weights);
}

/** The most probable tokens, which are the same at every temperature, and those that can begin the target. */
export function listedTokens({ logits, steps }: TokenizationNode): number[] {
  const best = topIndices(logits, TOP);
  const starts = steps
    .map(({ id }) => id)
    .filter((id) => !best.includes(id))
    .sort((a, b) => logits[b]! - logits[a]!);
  // The single token that is the target has a row of its own even where it is a rare one.
  return [...best, ...starts.slice(0, 1)];
}

export function limitsOf(model: LanguageModel, { root }: Tokenizations): TemperatureResult['limits'] {
  const best: number[] = [];
  let possible = 0;
  for (let id = 0; id < root.logits.length; id++) {
    if (root.logits[id] === root.largest) best.push(id);
    if (root.logits[id]! > -Infinity) possible += 1;
  }
  const limit = (node: TokenizationNode, weight: (logit: number, largest: number) => number): number => {
    let total = 0;
    for (let id = 0; id < node.logits.length; id++) total += weight(node.logits[id]!, node.largest);
    return node.steps.reduce((sum, { id, ends, node: next }) => {
      const p = weight(node.logits[id]!, node.largest) / total;
      return p === 0 ? sum : sum + p * (ends ? 1 : next ? limit(next, weight) : 0);
    }, 0);
  };
  return {
    zero: {
      probability: limit(root, (logit, largest) => (logit === largest ? 1 : 0)),
      entropy: Math.log(best.length),
      best: best.slice(0, TOP).map((id) => resultToken(model, id)),
    },
    infinity: {
      probability: limit(root, (logit) => (logit > -Infinity ? 1 : 0)),
      entropy: Math.log(possible),
    },
  };
}

interface Way {
  readonly tokens: readonly number[];
  readonly probability: number;
}

export async function waysOf(
  model: LanguageModel,
  tree: Tokenizations,
  turns: CooperativeYield,
): Promise<TemperatureResult['ways']> {
  const weights = new Map<TokenizationNode, number>();
  const all: Way[] = [];
  for (const tokens of tree.ways()) {
    let node: TokenizationNode | null = tree.root;
    let probability = 1;
    for (const id of tokens) {
      if (!node) break;
      await turns.giveWay();
      if (!weights.has(node)) weights.set(node, weightsAt(node, 1));
      probability *= tokenProbability(node, id, 1, weights.get(node)!);
      node = node.steps.find((step) => step.id === id)?.node ?? null;
    }
    all.push({ tokens, probability });
  }
  all.sort((a, b) => b.probability - a.probability);
  return all
    .slice(0, WAYS)
    .map((way) => ({ ...way, tokens: way.tokens.map((id) => resultToken(model, id)) }));
}

/** Whether the frequencies that the chapter prints are what such draws give. */
export async function chapterOf(
  first: NextToken,
  model: LanguageModel,
  target: string,
  tree: Tokenizations,
  turns: CooperativeYield,
): Promise<ChapterRow[] | null> {
  const { words, logits } = TOY_DEFAULT;
  const own = logitsOf(first);
  const same =
    target === CHAPTER.target &&
    own.length === words.length &&
    words.every((word, id) => model.decode([id]) === ` ${word}` && own[id] === logits[id]);
  if (!same) return null;
  const { draws } = CHAPTER;
  const rows: ChapterRow[] = [];
  for (const [text, printed] of Object.entries(CHAPTER.printed)) {
    const t = Number(text);
    const { probability } = await tree.at(t, turns);
    const { low, high } = binomialInterval(probability, draws);
    rows.push({
      temperature: t,
      printed,
      draws,
      probability,
      low,
      high,
      inside: printed >= low && printed <= high,
    });
  }
  return rows.sort((a, b) => a.temperature - b.temperature);
}
