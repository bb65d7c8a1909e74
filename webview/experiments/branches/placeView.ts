/** The selected token of a tree: its figures, what can be done from there, and what else could stand there. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchLayout } from '../../../src/experiments/branches/layout';
import { ORIGINS, runningText, smallPercent } from '../../../src/experiments/branches/report';
import { tintOf } from '../../format/colour';
import { count, full, ordinal, percent, significant } from '../../format/numbers';
import { tokenPieces } from '../../format/tokenText';
import { piecesView } from '../../ui/pieces';
import { keepStop, rove } from '../../ui/roving';

export interface PlaceProps {
  readonly layout: BranchLayout;
  readonly selected: number;
  /** Tokens that going on adds. */
  readonly ahead: number;
  /** Alternatives that are shown at a place. */
  readonly alternatives: number;
  /** Why the tree cannot be changed now; null where it can. */
  readonly blocked: string | null;
  readonly insertBlocked: string | null;
  readonly feedback: string;
  readonly onSelect: (index: number) => void;
  readonly onTake: (path: readonly number[]) => void;
  readonly onExpand: (path: readonly number[]) => void;
  readonly onPin: (index: number) => void;
  readonly onPrune: (index: number) => void;
  readonly onAct: (action: 'insert' | 'copy') => void;
  /** Back to the tree. */
  readonly onLeave: () => void;
}

const encoder = new TextEncoder();

function tokenText(text: string): unknown {
  return piecesView(tokenPieces(encoder.encode(text)));
}

export function branchPlaceView(props: PlaceProps): TemplateResult {
  const { layout, selected } = props;
  const isEnd = layout.gone(selected).length === 0;
  return html`<section class="branch-place" data-testid="branch-place" aria-label="The selected place">
    ${selected === 0 ? nothing : tokenSection(props)}
    ${selected === 0 ? nothing : choicesView(props, layout.nodes[selected]!.parent, 'instead')}
    ${(selected === 0 || isEnd) && !layout.nodes[selected]!.end ? choicesView(props, selected, 'after') : nothing}
  </section>`;
}

function tokenSection(props: PlaceProps): TemplateResult {
  const { layout, selected, blocked, insertBlocked, feedback, ahead } = props;
  const node = layout.nodes[selected]!;
  const isEnd = layout.gone(selected).length === 0 && !node.end;
  const probability = Math.exp(node.logProbability);
  return html`<h3 class="place-title">
      <span class="tinted token-text" data-tint=${tintOf(probability)}>${tokenText(node.token.text)}</span>
      <b title=${full(probability)}>${percent(probability)}</b>
      <span class="quiet">${ordinal(node.rank)}, ${ORIGINS[node.origin]}</span>
    </h3>
    <p class="quiet">
      The path up to here: <span title=${full(Math.exp(node.total))}>${smallPercent(node.total)}</span>, ln p
      <span title=${full(node.total)}>${significant(node.total, 4)}</span>,
      ${count(layout.way(selected).length, '{0} token', '{0} tokens')}.
    </p>
    <div class="place-actions" role="group" aria-label="What to do with the path up to here">
      ${
        isEnd && ahead > 0
          ? actionView(
              'go-on',
              `Add ${count(ahead, '{0} token', '{0} tokens')}`,
              'Add the greedy continuation',
              blocked,
              () => {
                props.onTake(layout.path(selected));
              },
            )
          : nothing
      }
      ${actionView(
        'pin',
        node.pinned ? 'Unpin' : 'Pin',
        'Keep this token first among its alternatives (P)',
        blocked,
        () => {
          props.onPin(selected);
        },
      )}
      ${actionView('prune', 'Cut', 'Remove this token and everything after it (Delete)', blocked, () => {
        props.onPrune(selected);
      })}
      ${actionView(
        'tree-insert',
        'Insert',
        'Insert the path up to here after the prompt in the document',
        insertBlocked,
        () => {
          props.onAct('insert');
        },
      )}
      ${actionView('tree-copy', 'Copy', 'Copy the path up to here', null, () => {
        props.onAct('copy');
      })}
      <span class="feedback quiet" role="status">${feedback}</span>
    </div>
    ${blocked === null ? nothing : html`<p class="quiet" data-testid="tree-blocked">${blocked}</p>`}`;
}

function actionView(
  hook: string,
  label: string,
  title: string,
  blocked: string | null,
  onClick: () => void,
): TemplateResult {
  return html`<button
    type="button"
    class="link"
    data-testid=${hook}
    title=${blocked ?? title}
    ?disabled=${blocked !== null}
    @click=${onClick}
  >
    ${label}
  </button>`;
}

/** The tokens that can stand after a node, and the summed rest. */
function choicesView(props: PlaceProps, before: number, kind: 'instead' | 'after'): TemplateResult {
  const { layout, alternatives, blocked, selected } = props;
  const { nodes } = layout;
  const { rest, entropy, expanded } = nodes[before]!;
  const children = [...layout.children(before)].sort((a, b) => nodes[a]!.rank - nodes[b]!.rank);
  const name = before === 0 ? 'the prompt' : `“${runningText([nodes[before]!.token]).trim()}”`;
  const title = kind === 'after' ? `What can come after ${name}` : `What could come here, after ${name}`;
  return html`<h3 id="choices-${kind}">${title}</h3>
    ${
      entropy === null
        ? nothing
        : html`<p class="quiet">
            Entropy <span title=${full(entropy)}>${significant(entropy)}</span> nats: as hard to guess as one
            of ${significant(Math.exp(entropy))} equally probable tokens.
          </p>`
    }
    ${
      children.length === 0
        ? nothing
        : html`<ol
            class="choices"
            data-testid="choices-${kind}"
            aria-labelledby="choices-${kind}"
            @keydown=${(event: KeyboardEvent) => {
              if (event.key === 'ArrowLeft') props.onLeave();
              else rove(event, 'vertical');
            }}
            @focusin=${keepStop}
          >
            ${children.map((child, i) => choiceView(props, child, i === 0))}
          </ol>`
    }
    ${
      rest && rest.tokens > 0
        ? html`<p class="quiet choices-rest">
            the other ${count(rest.tokens, '{0} token', '{0} tokens')}:
            <span title=${full(rest.mass)}>${percent(rest.mass)}</span>
          </p>`
        : nothing
    }
    ${
      expanded
        ? nothing
        : actionView(
            `expand-${kind}`,
            `Show the ${alternatives} most probable`,
            'Show what else the model expects here',
            blocked,
            () => {
              props.onExpand(layout.path(before));
            },
          )
    }
    ${selected === 0 && blocked !== null ? html`<p class="quiet" data-testid="tree-blocked">${blocked}</p>` : nothing}`;
}

function choiceView(props: PlaceProps, index: number, first: boolean): TemplateResult {
  const { layout, selected, blocked, onSelect, onTake } = props;
  const node = layout.nodes[index]!;
  const gone = layout.isGone(index);
  const here = index === selected;
  const probability = Math.exp(node.logProbability);
  const state = here ? 'selected' : gone ? 'in the tree' : '';
  return html`<li>
    <button
      type="button"
      class="choice"
      data-testid="choice"
      data-rove
      data-token-id=${node.token.id}
      data-probability=${probability}
      ?data-gone=${gone}
      tabindex=${first ? 0 : -1}
      aria-current=${here ? 'true' : nothing}
      aria-disabled=${!gone && blocked !== null}
      title=${gone ? 'Show it' : (blocked ?? 'Follow this path')}
      @click=${() => {
        if (gone) onSelect(index);
        else if (blocked === null) onTake(layout.path(index));
      }}
    >
      <span class="choice-rank quiet">${node.rank + 1}</span>
      <span class="choice-token"
        ><span class="tinted token-text" data-tint=${tintOf(probability)}>${tokenText(node.token.text)}</span
        >${state === '' ? nothing : html`<span class="badge">${state}</span>`}</span
      >
      <span class="choice-share" title=${full(probability)}>${percent(probability)}</span>
    </button>
  </li>`;
}
