/** Every way of writing a text in tokens, with the logits that decide it: at any temperature, without the model. */
import type { CacheHandle, LanguageModel, NextToken, Vocabulary } from '../../core/languageModel';
import { largestLogit } from '../../core/logits';
import type { CooperativeYield } from '../kit/cooperativeYield';
import { logitsOf } from '../kit/readPrompt';

/** A token that can come next on the way through the text. */
export interface PhraseStep {
  readonly id: number;
  /** Where it leads; null when the text is written, or when that was not read. */
  readonly node: TokenizationNode | null;
  /** The text is written with it. */
  readonly ends: boolean;
}

/** A beginning of the text, written in some tokens, and what the model says after it. */
export interface TokenizationNode {
  readonly logits: ArrayLike<number>;
  readonly largest: number;
  readonly steps: PhraseStep[];
}

export interface PhraseProbability {
  /** Of the text: the sum over all ways that were read. */
  readonly probability: number;
  /** Probability of beginnings that were not read: the true value is at most the sum of both. */
  readonly unexplored: number;
}

interface Beginning {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  readonly rest: Uint8Array;
  readonly cache: CacheHandle;
  readonly connect: (node: TokenizationNode) => void;
}

/** Beginnings that are read in one call of the model. */
const BATCH = 8;

/** What adds less than this share to a probability is not followed; it is counted as unexplored. */
const NEGLIGIBLE = 1e-9;

/**
 * All token sequences that spell a text exactly: for " pizza" they are " pizza", " p" + "izza", " " + "pizza" and
 * so on. A model gives each of them some probability, not only the tokenizer's own choice.
 *
 * Cao and Rimell, You Should Evaluate Your Language Model on Marginal Likelihood over Tokenisations, 2021.
 */
export class Tokenizations {
  readonly root: TokenizationNode;

  private constructor(root: TokenizationNode) {
    this.root = root;
  }

  /**
   * @param first the model's answer to the prompt.
   * @param budget most beginnings to read with the model, those most probable at temperature 1 first.
   * @param signal closes a request to a server
   * @returns undefined when a user stopped it.
   */
  static async read(
    model: LanguageModel,
    prompt: readonly number[],
    first: NextToken,
    text: string,
    budget: number,
    turns: CooperativeYield,
    signal?: AbortSignal,
  ): Promise<Tokenizations | undefined> {
    const open: Beginning[] = [];
    const expand = (beginning: Omit<Beginning, 'connect'>, logits: ArrayLike<number>): TokenizationNode => {
      const node: TokenizationNode = { logits, largest: largestLogit(logits), steps: [] };
      const logSum = node.largest + Math.log(weightsAt(node, 1));
      for (const { id, length } of continuations(model.vocabulary, beginning.rest)) {
        if (logits[id] === -Infinity) continue;
        const ends = length === beginning.rest.length;
        const at = node.steps.push({ id, node: null, ends }) - 1;
        if (ends) continue;
        open.push({
          tokens: [...beginning.tokens, id],
          logProbability: beginning.logProbability + logits[id]! - logSum,
          rest: beginning.rest.subarray(length),
          cache: beginning.cache,
          connect: (child) => {
            node.steps[at] = { ...node.steps[at]!, node: child };
          },
        });
      }
      return node;
    };
    const start = { tokens: [], logProbability: 0, rest: new TextEncoder().encode(text), cache: first.cache };
    const root = expand(start, logitsOf(first));
    const longest = model.info.contextLength - prompt.length;
    for (let left = budget; open.length > 0 && left > 0; left -= BATCH) {
      if (!(await turns.giveWay())) return undefined;
      open.sort((a, b) => b.logProbability - a.logProbability);
      const batch = open.splice(0, Math.min(BATCH, left)).filter(({ tokens }) => tokens.length <= longest);
      if (batch.length === 0) continue;
      const contexts = batch.map(({ tokens, cache }) => ({ tokens: [...prompt, ...tokens], cache }));
      let answers: NextToken[];
      try {
        answers = await model.next(contexts, signal);
      } catch (error) {
        if (signal?.aborted) return undefined;
        throw error;
      }
      batch.forEach((beginning, i) => {
        const { cache } = answers[i]!;
        beginning.connect(expand({ ...beginning, cache }, logitsOf(answers[i]!)));
      });
    }
    return new Tokenizations(root);
  }

  /**
   * One way alone.
   * @param logits at the place of each of its tokens
   */
  static along(logits: readonly ArrayLike<number>[], tokens: readonly number[]): Tokenizations {
    const root = tokens.reduceRight<TokenizationNode | null>((node, id, at) => {
      const own = logits[at]!;
      return { logits: own, largest: largestLogit(own), steps: [{ id, node, ends: node === null }] };
    }, null);
    if (!root) throw new Error('A way to write a text has at least one token.');
    return new Tokenizations(root);
  }

  /** Exact at any temperature above 0, as far as it was read. */
  async at(temperature: number, turns: CooperativeYield): Promise<PhraseProbability> {
    let probability = 0;
    let unexplored = 0;
    const visit = async (node: TokenizationNode, reach: number): Promise<void> => {
      await turns.giveWay();
      const total = weightsAt(node, temperature);
      // Those that end here come first: they say what is negligible in the others.
      for (const { id, node: next, ends } of node.steps) {
        const p = (reach * Math.exp((node.logits[id]! - node.largest) / temperature)) / total;
        if (ends) probability += p;
        else if (next && p > NEGLIGIBLE * probability) await visit(next, p);
        else unexplored += p;
      }
    };
    await visit(this.root, 1);
    return { probability, unexplored };
  }

  /** Every way that was read, in no order. */
  ways(): number[][] {
    const found: number[][] = [];
    const visit = (node: TokenizationNode, before: readonly number[]): void => {
      for (const { id, node: next, ends } of node.steps) {
        const tokens = [...before, id];
        if (ends) found.push(tokens);
        else if (next) visit(next, tokens);
      }
    };
    visit(this.root, []);
    return found;
  }
}

/** The sum of exp((logit - largest) / temperature). */
export function weightsAt({ logits, largest }: TokenizationNode, temperature: number): number {
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp((logits[id]! - largest) / temperature);
  return sum;
}

/** Tokens that spell a text, the longest first at each place. @returns undefined where none do */
export function spell(
  vocabulary: Vocabulary,
  text: Uint8Array,
  dead = new Set<number>(),
): number[] | undefined {
  if (text.length === 0) return [];
  if (dead.has(text.length)) return undefined;
  for (const { id, length } of continuations(vocabulary, text)) {
    const rest = spell(vocabulary, text.subarray(length), dead);
    if (rest) return [id, ...rest];
  }
  dead.add(text.length);
  return undefined;
}

/** Tokens that the rest of a text begins with, longest first: those that write all of it come before the others. */
function continuations({ bytes, offsets }: Vocabulary, rest: Uint8Array): { id: number; length: number }[] {
  const found: { id: number; length: number }[] = [];
  for (let id = 0; id + 1 < offsets.length; id++) {
    const start = offsets[id]!;
    const length = offsets[id + 1]! - start;
    if (length === 0 || length > rest.length) continue;
    let i = 0;
    while (i < length && bytes[start + i] === rest[i]) i++;
    if (i === length) found.push({ id, length });
  }
  return found.sort((a, b) => b.length - a.length);
}
