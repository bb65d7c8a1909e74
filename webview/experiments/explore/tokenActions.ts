/** What the cards of tokens offer for the chain: ban the token, favour it, or allow it alone. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { ChainEditor } from '../../form/chainEditor';
import {
  biasBy,
  FAVOUR,
  MOST_BIAS,
  toggleToken,
  tokenState,
  withoutBias,
  type TokenState,
} from '../../form/tokenSteps';
import { significant } from '../../format/numbers';
import { completionText, tokenBytes, tokenLabel } from '../../format/tokenText';

type TokenAction = 'ban' | 'favour' | 'less' | 'unbias' | 'only';

export class TokenActions {
  readonly #chain: ChainEditor;
  readonly #vocabulary: Vocabulary;
  readonly #announce: (sentence: string) => void;

  /** @param vocabulary of the model that the chain is for */
  constructor(chain: ChainEditor, vocabulary: Vocabulary, announce: (sentence: string) => void) {
    this.#chain = chain;
    this.#vocabulary = vocabulary;
    this.#announce = announce;
  }

  state(id: number): TokenState {
    return tokenState(this.#chain.steps, id, completionText(this.#vocabulary, [id]));
  }

  label(id: number): string {
    return tokenLabel(tokenBytes(this.#vocabulary, id));
  }

  act(id: number, action: TokenAction): void {
    const { steps } = this.#chain;
    const text = completionText(this.#vocabulary, [id]);
    switch (action) {
      case 'ban':
        this.#chain.steps = toggleToken(steps, 'banned-tokens', id, text);
        break;
      case 'only':
        this.#chain.steps = toggleToken(steps, 'allowed-tokens', id, text);
        break;
      case 'favour':
        this.#chain.steps = biasBy(steps, id, FAVOUR);
        break;
      case 'less':
        this.#chain.steps = biasBy(steps, id, -FAVOUR);
        break;
      case 'unbias':
        this.#chain.steps = withoutBias(steps, id);
    }
    this.#announce(`“${this.label(id)}”: ${stateWords(this.state(id))}.`);
  }
}

function stateWords({ banned, only, bias }: TokenState): string {
  const words = [
    ...(banned ? ['banned'] : []),
    ...(only ? ['allowed alone'] : []),
    ...(bias === 0 ? [] : [biasWords(bias)]),
  ];
  return words.length === 0 ? 'neither banned nor favoured' : words.join(', ');
}

/** `bias +2, odds × 7.39`. */
export function biasWords(bias: number): string {
  return `bias ${biasLabel(bias)}, odds × ${significant(Math.exp(bias))}`;
}

/** `+2`, with a real minus sign where it is negative. */
export function biasLabel(bias: number): string {
  const text = String(Number(bias.toPrecision(4)));
  return bias > 0 ? `+${text}` : text.replace('-', '\u2212');
}

/** The actions for a token, as its card shows them; each has a key while what the card is about has the focus. */
export function tokenActionsView(actions: TokenActions, id: number): TemplateResult {
  const state = actions.state(id);
  const { banned, only, bias } = state;
  const view = (
    action: TokenAction,
    key: string,
    title: string,
    { pressed, label = action }: { readonly pressed?: boolean; readonly label?: string } = {},
  ): TemplateResult =>
    html`<button
      type="button"
      class="link"
      data-testid="token-${action}"
      data-key=${key}
      aria-keyshortcuts=${key}
      aria-pressed=${pressed ?? nothing}
      title=${title}
      @click=${() => {
        actions.act(id, action);
      }}
    >
      ${label}
    </button>`;
  return html`<div class="token-actions" role="group" aria-label="Next time" data-testid="token-actions">
    ${view('ban', 'b', 'Remove it from what can be drawn', { pressed: banned })}
    ${bias < MOST_BIAS ? view('favour', 'f', `Add ${FAVOUR} to its logit`) : nothing}
    ${bias > -MOST_BIAS ? view('less', 'l', `Take ${FAVOUR} from its logit`) : nothing}
    ${view('only', 'o', 'Allow only this token, and others chosen with “only”', { pressed: only })}
    ${
      bias === 0
        ? html`<span class="quiet">keys b, f, l, o</span>`
        : html`<span data-testid="token-bias">${biasWords(bias)}</span>
            ${view('unbias', '0', 'Take the bias back', { label: 'undo' })}`
    }
  </div>`;
}

/** The two that matter most, for a row of a table. */
export function alternativeActions(actions: TokenActions, id: number): TemplateResult {
  const { banned, bias } = actions.state(id);
  const label = actions.label(id);
  return html`<button
      type="button"
      class="link"
      data-testid="ban-alternative"
      aria-pressed=${banned}
      aria-label="ban ${label}"
      title="Remove it from what can be drawn"
      @click=${() => {
        actions.act(id, 'ban');
      }}
    >
      ban</button
    >&nbsp;<button
      type="button"
      class="link"
      data-testid="favour-alternative"
      aria-label="favour ${label}${bias === 0 ? '' : `, ${biasWords(bias)}`}"
      title="Add ${FAVOUR} to its logit${bias === 0 ? '' : `; now ${biasLabel(bias)}`}"
      @click=${() => {
        actions.act(id, 'favour');
      }}
    >
      favour${bias === 0 ? '' : ` ${biasLabel(bias)}`}
    </button>`;
}
