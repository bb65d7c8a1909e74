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
import { t, whole } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
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
    this.#announce(t('“{0}”: {1}.', this.label(id), stateWords(this.state(id))));
  }
}

function stateWords({ banned, only, bias }: TokenState): string {
  const words = [
    ...(banned ? [t({ message: 'banned', comment: 'a token' })] : []),
    ...(only ? [t('allowed alone')] : []),
    ...(bias === 0 ? [] : [biasWords(bias)]),
  ];
  return words.length === 0 ? t('neither banned nor favoured') : words.join(', ');
}

/** `bias +2, odds × 7.39`. */
export function biasWords(bias: number): string {
  return t('bias {0}, odds × {1}', biasLabel(bias), significant(Math.exp(bias)));
}

/** `+2`, with a real minus sign where it is negative. */
export function biasLabel(bias: number): string {
  const text = written(Number(bias.toPrecision(4)));
  return bias > 0 ? `+${text}` : text;
}

const LABELS: Readonly<Record<TokenAction, string>> = {
  ban: t({ message: 'ban', comment: 'a token' }),
  favour: t({ message: 'favour', comment: 'a token' }),
  less: t({ message: 'less', comment: 'to draw a token less' }),
  unbias: t({ message: 'undo', comment: 'a bias' }),
  only: t({ message: 'only', comment: 'to allow a token alone' }),
};

/** The actions for a token, as its card shows them; each has a key while what the card is about has the focus. */
export function tokenActionsView(actions: TokenActions, id: number): TemplateResult {
  const state = actions.state(id);
  const { banned, only, bias } = state;
  const view = (
    action: TokenAction,
    key: string,
    title: string,
    { pressed, label = LABELS[action] }: { readonly pressed?: boolean; readonly label?: string } = {},
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
  return html`<div
    class="token-actions"
    role="group"
    aria-label=${t('Next time')}
    data-testid="token-actions"
  >
    ${view('ban', 'b', t('Remove it from what can be drawn'), { pressed: banned })}
    ${bias < MOST_BIAS ? view('favour', 'f', t('Make it more probable: add {0} to its logit', whole(FAVOUR))) : nothing}
    ${bias > -MOST_BIAS ? view('less', 'l', t('Make it less probable: take {0} from its logit', whole(FAVOUR))) : nothing}
    ${view('only', 'o', t('Allow only this token, and others chosen with “only”'), { pressed: only })}
    ${
      bias === 0
        ? html`<span class="quiet">${t('or press b, f, l or o')}</span>`
        : html`<span data-testid="token-bias">${biasWords(bias)}</span>
            ${view('unbias', '0', t('Take the bias back'))}`
    }
  </div>`;
}

const BAN = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path
    fill-rule="evenodd"
    d="M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1ZM3.7 4.6a5.5 5.5 0 0 0 7.7 7.7L3.7 4.6Zm.9-.9 7.7 7.7a5.5 5.5 0 0 0-7.7-7.7Z"
  />
</svg>`;

const MORE = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path d="M8 1.5 13.7 7.2 12.6 8.3 8.75 4.5V14.5h-1.5V4.5L3.4 8.3 2.3 7.2 8 1.5Z" />
</svg>`;

/** The two that matter most, for a row of a table: as pictures, since a narrow card has no room for their names. */
export function alternativeActions(actions: TokenActions, id: number): TemplateResult {
  const { banned, bias } = actions.state(id);
  const label = actions.label(id);
  return html`<button
      type="button"
      class="link"
      data-testid="ban-alternative"
      aria-pressed=${banned}
      aria-label=${t('ban {0}', label)}
      title=${t('Remove it from what can be drawn')}
      @click=${() => {
        actions.act(id, 'ban');
      }}
    >
      ${BAN}</button
    ><button
      type="button"
      class="link"
      data-testid="favour-alternative"
      aria-label=${bias === 0 ? t('favour {0}', label) : t('favour {0}, {1}', label, biasWords(bias))}
      title=${bias === 0 ? t('Make it more probable: add {0} to its logit', whole(FAVOUR)) : t('Make it more probable: add {0} to its logit; now {1}', whole(FAVOUR), biasLabel(bias))}
      @click=${() => {
        actions.act(id, 'favour');
      }}
    >
      ${MORE}${bias === 0 ? '' : ` ${biasLabel(bias)}`}
    </button>`;
}
