/** What a user does with a tree of continuations: looks at a place, goes other ways, cuts, undoes, takes along. */
import { signal } from '@preact/signals-core';
import { BranchLayout } from '../../../src/experiments/branches/layout';
import type { BranchEdit, BranchesParameters } from '../../../src/experiments/branches/parameters';
import type { BranchesResult } from '../../../src/experiments/branches/result';
import { t } from '../../../src/l10n/language';
import { completionText } from '../../format/tokenText';
import type { TabContext } from '../../frame/tab';
import { aheadOf, readParameters } from './form';
import type { FormValues } from '../../form/form';

/** The tab that the tree stands in. */
export interface TreeOwner {
  /** Runs with these parameters. */
  readonly rerun: (parameters: BranchesParameters) => void;
  readonly failed: (error: unknown) => void;
  /** Whether the keyboard's focus is in the tree or in the place beside it. */
  readonly hasFocus: () => boolean;
  /** Puts the focus on the selected token, once the tree is drawn. */
  readonly focusSelected: () => void;
}

/** Milliseconds for which "Inserted" stands. */
const FEEDBACK = 2500;

/** Tokens that are drawn at once: drawing thousands would hold the page up. */
const DRAWN = 600;

export class BranchEditor {
  readonly id: string;
  readonly #context: TabContext;
  readonly #owner: TreeOwner;
  readonly #feedback = signal('');
  readonly #selected = signal<readonly number[] | null>(null);
  #last: { readonly result: BranchesResult; readonly layout: BranchLayout } | undefined;
  /** Tokens of the tree that are drawn. */
  readonly #drawn = signal(DRAWN);
  /** The focus was on the tree when it was asked to change. */
  #refocus = false;

  constructor(id: string, context: TabContext, owner: TreeOwner) {
    this.id = id;
    this.#context = context;
    this.#owner = owner;
  }

  /** What was done last with a path. */
  get feedback(): string {
    return this.#feedback.value;
  }

  layout(result: BranchesResult): BranchLayout {
    if (this.#last?.result !== result) {
      this.#last = { result, layout: new BranchLayout(result.nodes) };
      if (this.#refocus) this.#owner.focusSelected();
      this.#refocus = false;
    }
    return this.#last.layout;
  }

  /** Index of the node that is looked at: the one chosen, as far as it is still there, or where the last edit led. */
  selected(result: BranchesResult): number {
    const layout = this.layout(result);
    const path = this.#selected.value ?? this.edits(result).at(-1)?.path ?? [];
    for (let length = path.length; length > 0; length--) {
      const found = layout.find(path.slice(0, length));
      if (found > 0 && layout.isGone(found))
        return this.#selected.value ? found : this.#choice(result, found);
    }
    return this.#selected.value ? 0 : (layout.gone(0)[0] ?? 0);
  }

  /** Where alternatives were asked for, the token that they are alternatives to. */
  #choice(result: BranchesResult, found: number): number {
    if (this.edits(result).at(-1)?.edit !== 'expand') return found;
    return this.layout(result).gone(found)[0] ?? found;
  }

  /** How many lines of the tree are drawn: as many as have few tokens, and those up to the selected one. */
  lines(layout: BranchLayout, selected: number): number {
    let tokens = 0;
    const enough = layout.branches.findIndex(({ nodes }) => (tokens += nodes.length) > this.#drawn.value);
    const all = layout.branches.length;
    return Math.max(enough < 0 ? all : Math.max(2, enough), layout.branchOf(selected) + 1);
  }

  drawMore(): void {
    this.#drawn.value += DRAWN;
  }

  /** Looks at no place of its own choice any more. */
  forget(): void {
    this.#selected.value = null;
  }

  select(layout: BranchLayout, index: number): void {
    this.#selected.value = layout.path(index);
  }

  /** Why the tree cannot be changed now; null where it can. */
  blocked(result: BranchesResult): string | null {
    const { queue, session } = this.#context;
    if (queue.stateOf(this.id) !== 'none') return t('Wait until the tree is complete.');
    const parameters = readParameters(result.provenance.parameters);
    if (!parameters) return t('This tree was saved by another version, so it cannot be changed.');
    if (result.provenance.model !== session.model)
      return t('This tree belongs to another model. Run again to grow a new one.');
    if (parameters.prompt !== (session.source?.text ?? '')) {
      return t('This tree belongs to another prompt. Run again to grow a new one.');
    }
    return null;
  }

  edits(result: BranchesResult): readonly BranchEdit[] {
    return readParameters(result.provenance.parameters)?.edits ?? [];
  }

  /** Goes from the end of `path` with a token, and on by as many as the controls say. */
  take(result: BranchesResult, path: readonly number[], values: FormValues): void {
    this.#selected.value = path;
    this.#edit(result, { edit: 'take', path, ahead: aheadOf(values) });
  }

  expand(result: BranchesResult, path: readonly number[]): void {
    this.#edit(result, { edit: 'expand', path });
  }

  pin(result: BranchesResult, path: readonly number[]): void {
    this.#edit(result, { edit: 'pin', path });
  }

  prune(result: BranchesResult, path: readonly number[]): void {
    if (path.length === 0) return;
    this.#selected.value = path.slice(0, -1);
    this.#edit(result, { edit: 'prune', path });
  }

  undo(result: BranchesResult): void {
    const edits = this.edits(result);
    if (edits.length > 0) this.#run(result, edits.slice(0, -1));
  }

  clear(result: BranchesResult): void {
    this.#selected.value = null;
    this.#run(result, []);
  }

  #edit(result: BranchesResult, edit: BranchEdit): void {
    this.#run(result, [...this.edits(result), edit]);
  }

  #run(result: BranchesResult, edits: readonly BranchEdit[]): void {
    const why = this.blocked(result);
    const parameters = readParameters(result.provenance.parameters);
    if (why !== null || !parameters) {
      if (why !== null) this.#context.announce(why);
      return;
    }
    this.#refocus = this.#owner.hasFocus();
    this.#owner.rerun({ ...parameters, edits });
  }

  // Text.

  /** Why a path cannot be put into the document; null where it can. */
  insertBlocked(result: BranchesResult): string | null {
    if (this.#whiteSpaceBehind(result) !== null) return null;
    return t('The prompt of this tree was not taken from the document. Use Copy instead.');
  }

  /** White space in the document behind the tree's prompt; null where that is not the document's. */
  #whiteSpaceBehind(result: BranchesResult): string | null {
    const prompt = readParameters(result.provenance.parameters)?.prompt;
    return prompt === undefined ? null : this.#context.session.whiteSpaceBehind(prompt);
  }

  async act(result: BranchesResult, index: number, action: 'insert' | 'copy'): Promise<void> {
    const { host, announce } = this.#context;
    try {
      const text = await this.#text(result, index);
      await (action === 'copy'
        ? host.copy(text)
        : host.insert(text, 'after', this.#whiteSpaceBehind(result) ?? ''));
      this.#feedback.value = action === 'copy' ? t('Copied') : t('Inserted');
      announce(action === 'copy' ? t('Copied: {0}', text) : t('Inserted: {0}', text));
      setTimeout(() => {
        this.#feedback.value = '';
      }, FEEDBACK);
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** By the tokens' bytes: a character may lie across two of them. */
  async #text(result: BranchesResult, index: number): Promise<string> {
    const layout = this.layout(result);
    const way = layout.way(index).filter((at) => !result.nodes[at]!.end);
    const { session } = this.#context;
    const { model } = result.provenance;
    await session.load(model);
    const loaded = session.loadedOf(model, undefined);
    const tokens = way.map((at) => result.nodes[at]!.token);
    if (!loaded) return tokens.map(({ text }) => text).join('');
    return completionText(
      loaded.vocabulary,
      tokens.map(({ id }) => id),
    );
  }
}
