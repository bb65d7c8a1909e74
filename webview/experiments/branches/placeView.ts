/** The selected token of a tree: its figures, what can be done from there, and what else could stand there. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchLayout } from '../../../src/experiments/branches/layout';
import { ORIGINS, runningText, smallPercent } from '../../../src/experiments/branches/report';
import { t } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { count, full, ordinal, percent, significant, thousands } from '../../format/numbers';
import { tokenPieces } from '../../format/tokenText';
import { filled } from '../../ui/filled';
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
  return html`<section class="branch-place" data-testid="branch-place" aria-label=${t('The selected place')}>
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
      ${filled(
        t('The path up to here: {0}, ln p {1}, {2}.'),
        html`<span title=${full(Math.exp(node.total))}>${smallPercent(node.total)}</span>`,
        html`<span title=${full(node.total)}>${significant(node.total, 4)}</span>`,
        count(layout.way(selected).length, '{0} token', '{0} tokens'),
      )}
    </p>
    <div class="place-actions" role="group" aria-label=${t('What to do with the path up to here')}>
      ${
        isEnd && ahead > 0
          ? actionView(
              'go-on',
              t('Add {0}', count(ahead, '{0} token', '{0} tokens')),
              t('Add the greedy continuation'),
              blocked,
              () => {
                props.onTake(layout.path(selected));
              },
            )
          : nothing
      }
      ${actionView(
        'pin',
        node.pinned ? t('Unpin') : t('Pin'),
        t('Keep this token first among its alternatives (P)'),
        blocked,
        () => {
          props.onPin(selected);
        },
      )}
      ${actionView(
        'prune',
        t({ message: 'Cut', comment: 'a branch' }),
        t('Remove this token and everything after it (Delete)'),
        blocked,
        () => {
          props.onPrune(selected);
        },
      )}
      ${actionView(
        'tree-insert',
        t('Insert'),
        t('Insert the path up to here after the prompt in the document'),
        insertBlocked,
        () => {
          props.onAct('insert');
        },
      )}
      ${actionView('tree-copy', t('Copy'), t('Copy the path up to here'), null, () => {
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
  const name = t('“{0}”', runningText([nodes[before]!.token]).trim());
  return html`<h3 id="choices-${kind}">${choicesTitle(kind, before === 0 ? null : name)}</h3>
    ${
      entropy === null
        ? nothing
        : html`<p class="quiet">
            ${filled(
              t('Entropy {0} nats: as hard to guess as one of {1} equally probable tokens.'),
              html`<span title=${full(entropy)}>${significant(entropy)}</span>`,
              significant(Math.exp(entropy)),
            )}
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
            ${filled(
              t('the other {0}: {1}'),
              count(rest.tokens, '{0} token', '{0} tokens'),
              html`<span title=${full(rest.mass)}>${percent(rest.mass)}</span>`,
            )}
          </p>`
        : nothing
    }
    ${
      expanded
        ? nothing
        : actionView(
            `expand-${kind}`,
            t('Show the {0} most probable', thousands(alternatives)),
            t('Show what else the model expects here'),
            blocked,
            () => {
              props.onExpand(layout.path(before));
            },
          )
    }
    ${selected === 0 && blocked !== null ? html`<p class="quiet" data-testid="tree-blocked">${blocked}</p>` : nothing}`;
}

/** @param after the token before them; null where that is the prompt */
function choicesTitle(kind: 'instead' | 'after', after: string | null): string {
  if (kind === 'after') {
    return after === null ? t('What can come after the prompt') : t('What can come after {0}', after);
  }
  return after === null
    ? t('What could come here, after the prompt')
    : t('What could come here, after {0}', after);
}

function choiceView(props: PlaceProps, index: number, first: boolean): TemplateResult {
  const { layout, selected, blocked, onSelect, onTake } = props;
  const node = layout.nodes[index]!;
  const gone = layout.isGone(index);
  const here = index === selected;
  const probability = Math.exp(node.logProbability);
  const state = here ? t({ message: 'selected', comment: 'a token' }) : gone ? t('in the tree') : '';
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
      title=${gone ? t('Show it') : (blocked ?? t('Follow this path'))}
      @click=${() => {
        if (gone) onSelect(index);
        else if (blocked === null) onTake(layout.path(index));
      }}
    >
      <span class="choice-rank quiet">${thousands(node.rank + 1)}</span>
      <span class="choice-token"
        ><span class="tinted token-text" data-tint=${tintOf(probability)}>${tokenText(node.token.text)}</span
        >${state === '' ? nothing : html`<span class="badge">${state}</span>`}</span
      >
      <span class="choice-share" title=${full(probability)}>${percent(probability)}</span>
    </button>
  </li>`;
}
