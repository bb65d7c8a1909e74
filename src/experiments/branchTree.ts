/** A tree of tokens after a prompt while it is built, and how it is read with the model. */
import type { CacheHandle, LanguageModel, NextToken } from '../core/languageModel';
import { entropy, logSoftmax, rankOf, softmax, topIndices } from '../core/logits';
import type { RunContext } from './experiment';
import type { BranchesEvent, BranchesParameters, BranchNode } from './branchesTypes';
import { logitsOf } from './readPrompt';
import { resultToken } from './results';

/** Sequences that a model continues in one run without loss. */
const BATCH = 64;

/** Tokens of the largest tree. */
const MOST_NODES = 5000;

type Origin = BranchNode['origin'];

interface Twig {
  readonly id: number;
  origin: Origin;
  readonly children: Map<number, Twig>;
  expand: boolean;
  pinned: boolean;
  pruned: boolean;
  /** Of the token after all before it; known once its parent was read. */
  logProbability: number;
  rank: number;
  /** Of what comes after it. */
  read: { readonly entropy: number; readonly rest: number; readonly mass: number } | null;
}

/** A twig whose continuation is to be read. */
interface Reading {
  readonly twig: Twig;
  readonly tokens: readonly number[];
  readonly cache: CacheHandle;
}

export class BranchTree {
  readonly #root = newTwig(-1, 'root');
  #size = 0;

  constructor(
    readonly model: LanguageModel,
    readonly promptIds: readonly number[],
  ) {}

  /** Puts a path of tokens into the tree; what is there already stays as it is. */
  add(path: readonly number[], origin: Origin): void {
    let twig = this.#root;
    for (const id of path) twig = this.#child(twig, id, origin);
  }

  /** Shows the most probable tokens after a path. Alternatives are in the tree once it is read: it may end in one. */
  expand(path: readonly number[]): void {
    this.add(path, 'alternative');
    const twig = this.#find(path);
    if (twig) twig.expand = true;
  }

  prune(path: readonly number[]): void {
    // Alternatives come into the tree when it is read: what is to be missing then is noted now.
    const parent = this.#find(path.slice(0, -1));
    if (parent) this.#child(parent, path.at(-1)!, 'alternative').pruned = true;
  }

  pin(path: readonly number[]): void {
    const parent = this.#find(path.slice(0, -1));
    if (!parent) return;
    const twig = this.#child(parent, path.at(-1)!, 'alternative');
    twig.pinned = !twig.pinned;
  }

  #find(path: readonly number[]): Twig | undefined {
    let twig: Twig | undefined = this.#root;
    for (const id of path) twig = twig?.children.get(id);
    return twig;
  }

  #child(parent: Twig, id: number, origin: Origin): Twig {
    const known = parent.children.get(id);
    // A path through what was cut off brings it back.
    if (known && !(known.pruned && origin !== 'alternative')) {
      // What was only seen beside a path is now gone along.
      if (known.origin === 'alternative') known.origin = origin;
      return known;
    }
    if (!known && ++this.#size > MOST_NODES) {
      throw new RangeError(
        `The tree would have more than ${MOST_NODES.toLocaleString('en-US')} tokens; cut some branches, or take fewer or shorter ones.`,
      );
    }
    const twig = newTwig(id, origin);
    parent.children.set(id, twig);
    return twig;
  }

  /**
   * Reads every place that has something after it, level by level: probabilities, and alternatives where they are
   * to be shown.
   * @param first the model's answer to the prompt.
   */
  async read(
    first: NextToken,
    { alternatives }: BranchesParameters,
    context: RunContext<BranchesEvent>,
  ): Promise<void> {
    this.#learn(this.#root, first, alternatives);
    let level = this.#below({ twig: this.#root, tokens: this.promptIds, cache: first.cache });
    let done = 1;
    while (level.length > 0) {
      const next: Reading[] = [];
      for (let from = 0; from < level.length; from += BATCH) {
        await context.pause();
        if (context.signal.aborted) return;
        const part = level.slice(from, from + BATCH);
        const answers = await this.model.next(part.map(({ tokens, cache }) => ({ tokens, cache })));
        part.forEach(({ twig, tokens }, i) => {
          const answer = answers[i]!;
          this.#learn(twig, answer, alternatives);
          next.push(...this.#below({ twig, tokens, cache: answer.cache }));
        });
        done += part.length;
        context.emit({
          type: 'progress',
          done,
          total: done + next.length + level.length - from,
          what: 'places',
        });
      }
      level = next;
    }
  }

  /** What has something after it, or is to have. */
  #below({ twig, tokens, cache }: Reading): Reading[] {
    return living(twig)
      .filter(({ children, expand, id }) => (children.size > 0 || expand) && id !== this.model.info.endOfText)
      .map((child) => ({ twig: child, tokens: [...tokens, child.id], cache }));
  }

  #learn(twig: Twig, answer: NextToken, alternatives: number): void {
    const logits = logitsOf(answer);
    const logProbabilities = logSoftmax(logits);
    if (twig.expand) {
      for (const id of topIndices(logits, alternatives)) {
        if (logProbabilities[id]! > -Infinity) this.#child(twig, id, 'alternative');
      }
    }
    for (const child of twig.children.values()) {
      child.logProbability = logProbabilities[child.id]!;
      child.rank = rankOf(logits, child.id);
    }
    const shown = living(twig);
    const mass = shown.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
    const left = logits.length - shown.length;
    twig.read = {
      entropy: entropy(softmax(logits)),
      rest: left,
      mass: left === 0 ? 0 : Math.max(0, 1 - mass),
    };
  }

  /** The tree as plain JSON; of a stopped run, what was read. */
  nodes(): BranchNode[] {
    const nodes: BranchNode[] = [];
    const visit = (twig: Twig, parent: number, before: number): void => {
      const index = nodes.length;
      const total = before + twig.logProbability;
      nodes.push(this.#node(twig, parent, total));
      if (!twig.read) return;
      const children = living(twig).sort((a, b) => Number(b.pinned) - Number(a.pinned) || a.rank - b.rank);
      for (const child of children) visit(child, index, total);
    };
    visit(this.#root, -1, 0);
    return nodes;
  }

  #node(twig: Twig, parent: number, total: number): BranchNode {
    const { id, logProbability, rank, origin, pinned, expand, read } = twig;
    return {
      parent,
      token: parent < 0 ? { id: -1, text: '' } : resultToken(this.model, id),
      logProbability,
      rank,
      total,
      origin,
      pinned,
      entropy: read?.entropy ?? null,
      expanded: expand && read !== null,
      rest: read && { tokens: read.rest, mass: read.mass },
      end: id === this.model.info.endOfText,
    };
  }
}

function newTwig(id: number, origin: Origin): Twig {
  return {
    id,
    origin,
    children: new Map(),
    expand: false,
    pinned: false,
    pruned: false,
    logProbability: 0,
    rank: 0,
    read: null,
  };
}

function living({ children }: Twig): Twig[] {
  return [...children.values()].filter(({ pruned }) => !pruned);
}
