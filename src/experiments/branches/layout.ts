/** A tree of continuations as people look at it: only where it forks does a new line begin. */
import type { BranchNode } from './result';

/** Tokens that follow each other without a fork. */
export interface Branch {
  /** Indices of its nodes, in their order; never empty. */
  readonly nodes: readonly number[];
  /** Index of the branch that it leaves; -1 for the first, which is the root alone. */
  readonly parent: number;
  /** Forks between the prompt and it. */
  readonly depth: number;
}

export class BranchLayout {
  /** Depth first, every branch before those that leave it; siblings in the order of the nodes. */
  readonly branches: readonly Branch[];
  /** Nodes that nothing follows that was gone along, in the order of the branches; the root only when alone. */
  readonly ends: readonly number[];
  readonly #children: readonly (readonly number[])[];
  readonly #branchOf: readonly number[];

  /** @param nodes parents before their children, at least the root. */
  constructor(readonly nodes: readonly BranchNode[]) {
    const children: number[][] = nodes.map(() => []);
    nodes.forEach(({ parent }, index) => {
      if (parent >= 0) children[parent]!.push(index);
    });
    this.#children = children;
    const branches: Branch[] = [];
    const branchOf = new Array<number>(nodes.length).fill(-1);
    const begin = (first: number, parent: number, depth: number): void => {
      const own = [first];
      const number = branches.length;
      branches.push({ nodes: own, parent, depth });
      let next = this.gone(first);
      // The root stands alone: it is the prompt, not a token.
      while (next.length === 1 && parent >= 0) {
        own.push(next[0]!);
        next = this.gone(next[0]!);
      }
      for (const index of own) branchOf[index] = number;
      const forks = parent >= 0 && next.length > 1 ? depth + 1 : depth;
      for (const child of next) begin(child, number, forks);
    };
    if (nodes.length > 0) begin(0, -1, 0);
    this.branches = branches;
    this.#branchOf = branchOf;
    this.ends = branches.map((branch) => branch.nodes.at(-1)!).filter((last) => this.gone(last).length === 0);
  }

  /** Whether a node is part of a path, not only an alternative beside one. */
  isGone(index: number): boolean {
    const { origin, pinned } = this.nodes[index]!;
    return origin !== 'alternative' || pinned || this.#children[index]!.length > 0;
  }

  /** All nodes right after one. */
  children(index: number): readonly number[] {
    return this.#children[index]!;
  }

  /** Those of them that are part of a path. */
  gone(index: number): number[] {
    return this.children(index).filter((child) => this.isGone(child));
  }

  /** The branch of a node that is part of a path; -1 for others. */
  branchOf(index: number): number {
    return this.#branchOf[index]!;
  }

  /** Indices from the first token to a node, the root left out. */
  way(index: number): number[] {
    const way: number[] = [];
    for (let at = index; at > 0; at = this.nodes[at]!.parent) way.push(at);
    return way.reverse();
  }

  /** Ids of the tokens from the first to a node. */
  path(index: number): number[] {
    return this.way(index).map((at) => this.nodes[at]!.token.id);
  }

  /** The node at the end of a path of ids; -1 where the tree does not have it. */
  find(path: readonly number[]): number {
    let at = 0;
    for (const id of path) {
      const next = this.children(at).find((child) => this.nodes[child]!.token.id === id);
      if (next === undefined) return -1;
      at = next;
    }
    return at;
  }
}
