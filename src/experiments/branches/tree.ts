/** A tree of tokens after a prompt while it is built, and how it is read with the model. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { t, whole } from '../../l10n/language';
import { readingOf, type BranchMemory } from './memory';
import { breakOff, type RunContext } from '../kit/experiment';
import type { BranchesParameters } from './parameters';
import type { BranchesEvent, BranchNode } from './result';
import { resultToken } from '../kit/results';

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
  read: { readonly entropy: number | null; readonly rest: number; readonly mass: number } | null;
}

/** A twig with something after it. */
interface Place {
  readonly twig: Twig;
  readonly path: readonly number[];
  /** The model's answer to the place before it, where it was asked. */
  readonly before?: NextToken | undefined;
  /** Its answer to this one; undefined where it is known without asking. */
  answer: NextToken | undefined;
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
        t(
          'The tree would have more than {0} tokens; cut some branches, or take fewer or shorter ones.',
          whole(MOST_NODES),
        ),
      );
    }
    const twig = newTwig(id, origin);
    parent.children.set(id, twig);
    return twig;
  }

  /**
   * Fills in the probabilities of every place that has something after it, and the alternatives where they are to be
   * shown. What is not known yet is read with the model, level by level, and all that leads there.
   * @param first the model's answer to the prompt.
   */
  async read(
    first: NextToken,
    { alternatives }: BranchesParameters,
    memory: BranchMemory,
    context: RunContext<BranchesEvent>,
  ): Promise<void> {
    const missing = this.#missing(alternatives, memory);
    let level: Place[] = [{ twig: this.#root, path: [], answer: first }];
    let done = 0;
    while (level.length > 0) {
      for (const { twig, path, answer } of level) this.#learn(twig, path, answer, alternatives, memory);
      done += level.filter(({ twig }) => missing.has(twig)).length;
      context.emit({ type: 'progress', done, total: missing.size, what: t('places') });
      const next = level.flatMap(({ twig, path, answer }) =>
        this.#goingOn(twig).map((child): Place => ({
          twig: child,
          path: [...path, child.id],
          before: answer,
          answer: undefined,
        })),
      );
      const unknown = next.filter(({ twig }) => missing.has(twig));
      if (unknown.length > 0) await this.#ask(unknown, context);
      if (unknown.some(({ answer }) => answer === undefined)) return;
      level = next;
    }
  }

  /** Those right after a twig that something comes after, or is to come. Nothing comes after the end of a text. */
  #goingOn(twig: Twig): Twig[] {
    const { endOfText } = this.model.info;
    return living(twig).filter(
      ({ children, expand, id }) => (children.size > 0 || expand) && !endOfText.includes(id),
    );
  }

  /** Twigs whose continuation is not known, and those that lead to them. */
  #missing(alternatives: number, memory: BranchMemory): ReadonlySet<Twig> {
    const missing = new Set<Twig>();
    const visit = (twig: Twig, path: readonly number[]): boolean => {
      const under = this.#goingOn(twig).map((child) => visit(child, [...path, child.id]));
      const known = memory.reading(path);
      const enough =
        known !== undefined &&
        (!twig.expand || known.asked >= alternatives) &&
        living(twig).every(({ id }) => known.tokens.has(id));
      if (enough && !under.includes(true)) return false;
      missing.add(twig);
      return true;
    };
    visit(this.#root, []);
    return missing;
  }

  /** Has the model read these places, each a token further than the place before it. */
  async #ask(places: readonly Place[], context: RunContext<BranchesEvent>): Promise<void> {
    for (let from = 0; from < places.length; from += BATCH) {
      await context.pause();
      if (context.signal.aborted) return;
      const part = places.slice(from, from + BATCH);
      const contexts = part.map(({ path, before }) => ({
        tokens: [...this.promptIds, ...path],
        cache: before?.cache,
      }));
      try {
        const answers = await this.model.next(contexts, this.model.info.server && context.signal);
        part.forEach((place, i) => (place.answer = answers[i]!));
      } catch (error) {
        breakOff(context, error);
        return;
      }
    }
  }

  #learn(
    twig: Twig,
    path: readonly number[],
    answer: NextToken | undefined,
    alternatives: number,
    memory: BranchMemory,
  ): void {
    const own = living(twig).map(({ id }) => id);
    const reading = answer ? readingOf(answer, alternatives, own) : memory.reading(path)!;
    if (answer) memory.keep(path, reading);
    const { top, tokens, vocabularySize } = reading;
    if (twig.expand) for (const id of top.slice(0, alternatives)) this.#child(twig, id, 'alternative');
    for (const child of twig.children.values()) Object.assign(child, tokens.get(child.id));
    const shown = living(twig);
    const mass = shown.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
    const left = vocabularySize - shown.length;
    twig.read = {
      entropy: reading.entropy,
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
      end: this.model.info.endOfText.includes(id),
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
