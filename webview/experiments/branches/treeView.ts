/** The tree of continuations: a line for every stretch without a fork, its tokens tinted by their probability. */
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Branch, BranchLayout } from '../../../src/experiments/branches/layout';
import { rootText, smallPercent } from '../../../src/experiments/branches/report';
import { t } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { full, percent } from '../../format/numbers';
import { tokenPieces, type Piece } from '../../format/tokenText';
import { runningView } from '../../ui/pieces';
import { properties } from '../../ui/properties';

export interface TreeProps {
  readonly layout: BranchLayout;
  readonly promptEnd: string;
  readonly selected: number;
  /** How many of its lines are drawn. */
  readonly lines: number;
  readonly onSelect: (index: number) => void;
  readonly onPrune: (index: number) => void;
  readonly onPin: (index: number) => void;
  readonly onUndo: () => void;
  /** To what else can come at the selected place. */
  readonly onEnter: () => void;
}

/** Forks beyond so many are not set further in: a line must keep room for its tokens. */
const DEEPEST = 8;

export function branchTreeView(props: TreeProps): TemplateResult {
  const { layout, selected, lines } = props;
  return html`<div
    class="branch-tree"
    role="tree"
    data-testid="tree"
    aria-label=${t('Tree of continuations; arrow keys move along and between its paths, Enter shows the alternatives')}
    @keydown=${(event: KeyboardEvent) => {
      keyPressed(event, props);
    }}
    @focusin=${(event: FocusEvent) => {
      const index = indexOf(event.target);
      if (index !== null && index !== props.selected) props.onSelect(index);
    }}
    @click=${(event: MouseEvent) => {
      const token = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null;
      token?.focus();
    }}
  >
    ${repeat(
      layout.branches.slice(0, lines),
      ({ nodes }) => layout.path(nodes[0]!).join(),
      // Of a large tree only the lines that change are drawn again.
      (branch) =>
        guard([layout, branch.nodes.includes(selected) ? selected : -1], () => branchView(props, branch)),
    )}
  </div>`;
}

function branchView(props: TreeProps, branch: Branch): TemplateResult {
  const { layout, promptEnd } = props;
  const { nodes, parent, depth } = branch;
  if (parent < 0) {
    return html`<div class="branch branch-root" role="none">
      <span class="branch-tokens" role="none">${tokenView(props, 0, rootText(promptEnd))}</span>
    </div>`;
  }
  const last = nodes.at(-1)!;
  const { total, pinned } = layout.nodes[last]!;
  const before = layout.nodes[layout.nodes[nodes[0]!]!.parent]!.total;
  const isEnd = layout.gone(last).length === 0;
  const first = layout.nodes[nodes[0]!]!;
  return html`<div
    class="branch"
    role="none"
    data-testid="branch"
    ?data-leaf=${isEnd}
    ${properties({ '--depth': String(Math.min(depth, DEEPEST)) })}
  >
    <span class="branch-tokens" role="none">${nodes.map((index) => tokenView(props, index))}</span>
    <span class="branch-figures" role="none">
      ${first.pinned || pinned ? html`<span class="badge">${t({ message: 'pinned', comment: 'a token' })}</span>` : nothing}
      <span
        class="quiet"
        title=${t(
          'Probability of this stretch given what comes before: the product over its tokens, {0}',
          full(Math.exp(total - before)),
        )}
        >× ${smallPercent(total - before)}</span
      >
      ${
        isEnd
          ? html`<b
              title=${t('Probability of the whole path, {0}; ln p {1}', full(Math.exp(total)), full(total))}
              >= ${smallPercent(total)}</b
            >`
          : nothing
      }
    </span>
  </div>`;
}

const encoder = new TextEncoder();

function tokenView({ layout, selected }: TreeProps, index: number, prompt?: string): TemplateResult {
  const { token, logProbability, total, pinned, end } = layout.nodes[index]!;
  const probability = Math.exp(logProbability);
  const chosen = index === selected;
  const children = layout.gone(index);
  const root = prompt !== undefined;
  const pieces = tokenPieces(encoder.encode(token.text));
  const label = pieces.map(({ text }) => text).join('');
  // No white space between the tags: tokens stand side by side as in the text.
  return html`<span
    class="token ${root ? '' : 'tinted'}"
    role="treeitem"
    data-testid="tree-token"
    data-node=${index}
    data-token-id=${token.id}
    data-probability=${probability}
    data-tint=${root ? nothing : tintOf(probability)}
    title=${root ? nothing : t('{0} here, {1} up to here', percent(probability), smallPercent(total))}
    ?data-pinned=${pinned}
    tabindex=${chosen ? 0 : -1}
    aria-selected=${chosen}
    aria-level=${layout.way(index).length + 1}
    aria-expanded=${children.length > 0 ? 'true' : nothing}
    aria-label=${
      root
        ? t('The prompt, ending in {0}', prompt)
        : [
            label,
            percent(probability),
            ...(pinned ? [t({ message: 'pinned', comment: 'a token' })] : []),
            ...(end ? [t('end of text')] : []),
          ].join(', ')
    }
    >${root ? prompt : runningView(withGap(token.text, pieces))}</span
  >`;
}

/** A word's space is a space, as in a text; what would be invisible otherwise keeps its mark. */
function withGap(text: string, pieces: readonly Piece[]): readonly Piece[] {
  if (!/^ \S/.test(text)) return pieces;
  const [, ...rest] = tokenPieces(encoder.encode(text));
  return [{ text: ` ${rest[0]?.text ?? ''}`, mark: false }, ...rest.slice(1)];
}

function indexOf(target: EventTarget | null): number | null {
  const node = target instanceof HTMLElement ? target.dataset['node'] : undefined;
  return node === undefined ? null : Number(node);
}

function keyPressed(event: KeyboardEvent, props: TreeProps): void {
  const index = indexOf(event.target);
  if (index === null || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key !== 'z') return;
    event.preventDefault();
    props.onUndo();
    return;
  }
  const act: Readonly<Record<string, () => void>> = {
    Enter: props.onEnter,
    ' ': props.onEnter,
    p: () => {
      if (index > 0) props.onPin(index);
    },
    Delete: () => {
      props.onPrune(index);
    },
    Backspace: () => {
      props.onPrune(index);
    },
  };
  // P is p where Shift or Caps Lock is down.
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const to = nextNode(props.layout, index, key);
  if (to === null && !act[key]) return;
  event.preventDefault();
  // A letter or a space must not also reach what listens on the page.
  event.stopPropagation();
  if (to === null) {
    act[key]!();
    return;
  }
  const tree = event.currentTarget as HTMLElement;
  tree.querySelector<HTMLElement>(`[data-node="${to}"]`)?.focus();
}

/** Where an arrow leads: along the path, or to the line above or below; null for other keys. */
export function nextNode(layout: BranchLayout, index: number, key: string): number | null {
  const { branches } = layout;
  const at = layout.branchOf(index);
  const { nodes } = branches[at]!;
  switch (key) {
    case 'ArrowRight':
      return layout.gone(index)[0] ?? index;
    case 'ArrowLeft':
      return Math.max(0, layout.nodes[index]!.parent);
    case 'ArrowDown':
    case 'ArrowUp': {
      const other = branches[key === 'ArrowDown' ? at + 1 : at - 1];
      return other ? other.nodes[Math.min(nodes.indexOf(index), other.nodes.length - 1)]! : index;
    }
    case 'Home':
      return nodes[0]!;
    case 'End':
      return nodes.at(-1)!;
    default:
      return null;
  }
}
