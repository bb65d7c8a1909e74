/** What stands above the footer of an experiment's tab: a question, what is waited for, what went wrong, a verdict. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Offer } from '../../src/experiments/kit/offers';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { ExperimentState } from './experimentState';
import type { Notice } from './keeping';
import type { Order } from './record';
import { verdictView } from './resultView';
import { failureView, stoppedView } from './statusView';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

export function messageView<Result extends ExperimentResult>(
  state: ExperimentState<Result>,
  showsPart: (order: Order) => boolean,
  onOffer: (offer: Offer) => void,
): TemplateResult | typeof nothing {
  const { runs, shown, keeping } = state;
  const { question, waitsFor, trouble } = runs;
  const { outcome, verdict } = shown;
  const onDismiss = (): void => {
    state.dismiss();
  };
  const onRetry = (): void => {
    state.retry();
  };
  if (question !== null) {
    return questionView(question, (yes) => {
      runs.answer(yes);
    });
  }
  if (waitsFor.length > 0) {
    return html`<p class="message" data-testid="waiting">
      ${filled(t('Waiting for {0} to finish.'), waitsFor.join(t(', then ')))}
    </p>`;
  }
  if (keeping.notice) return noticeView(keeping.notice, onOffer, onDismiss);
  if (trouble) {
    const onScreen = runs.growing ?? outcome;
    const own = onScreen?.order === trouble.order || showsPart(trouble.order);
    const below = own ? 'part' : outcome ? 'earlier' : 'nothing';
    return trouble.failure
      ? failureView({ failure: trouble.failure, below, onRetry, onOffer, onDismiss })
      : stoppedView({ below, onRetry, onDismiss });
  }
  return verdict ? verdictView({ verdict, onDismiss }) : nothing;
}

function noticeView(
  { retry, ...failure }: Notice,
  onOffer: (offer: Offer) => void,
  onDismiss: () => void,
): TemplateResult {
  const onRetry = (): void => {
    onDismiss();
    retry?.();
  };
  return failureView({ failure, below: 'nothing', ...(retry && { onRetry }), onOffer, onDismiss });
}

function questionView(sentence: string, onAnswer: (yes: boolean) => void): TemplateResult {
  const answer = (yes: boolean) => () => {
    onAnswer(yes);
  };
  return html`<div class="message" role="alertdialog" aria-label=${sentence} data-testid="question">
    <p>${sentence}</p>
    <vscode-button data-testid="question-yes" @click=${answer(true)}>${t('Run')}</vscode-button>
    <vscode-button appearance="secondary" data-testid="question-no" @click=${answer(false)}
      >${t('Cancel')}</vscode-button
    >
  </div>`;
}
