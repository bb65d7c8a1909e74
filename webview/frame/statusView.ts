import { html, nothing, type TemplateResult } from 'lit';
import type { Offer } from '../../src/experiments/kit/offers';
import type { Failure } from '../../src/protocol/messages';
import { duration, thousands } from '../format/numbers';
import { properties } from '../ui/properties';
import type { RunProgress } from './run';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

/** A run shows its progress when it has taken so many milliseconds. */
export const PROGRESS_AFTER = 100;

/** How far a run is: a bar, which sweeps while nothing can be measured yet, and a sentence. */
export function meterView(text: unknown, label: string, share: number, hook = 'progress'): TemplateResult {
  return html`<div class="status" data-testid=${hook}>
    <span
      class="meter"
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(share * 100)}
      ?data-unknown=${share === 0}
      ${properties({ '--share': String(share) })}
    ></span>
    <span class="status-text">${text}</span>
  </div>`;
}

/** How far a run of several steps is; null before the first. */
export function runProgressView(progress: RunProgress | null, label: string, hook?: string): TemplateResult {
  if (!progress) return meterView(t('Reading the prompt'), label, 0, hook);
  const { done, total, what, left } = progress;
  const far = filled(t('{0} of {1} {2}'), thousands(done), thousands(total), what);
  const text =
    left === null ? html`${far}` : html`${far}<span class="left">${t(', {0} left', duration(left))}</span>`;
  return meterView(text, label, done / total, hook);
}

/** What stays on screen beside a message: nothing, part of the run it is about, or the result before it. */
type Below = 'nothing' | 'part' | 'earlier';

const BELOW: Readonly<Record<Below, string>> = {
  nothing: '',
  part: t('What had arrived stays on screen.'),
  earlier: t('The last good result stays on screen.'),
};

export interface FailureProps {
  readonly failure: Failure;
  readonly below: Below;
  /** Left out where trying again would not be the same. */
  readonly onRetry?: () => void;
  /** Does what the failure offers; nothing is offered where it is left out. */
  readonly onOffer?: (offer: Offer) => void;
  readonly onDismiss: () => void;
}

export function failureView({ failure, below, onRetry, onOffer, onDismiss }: FailureProps): TemplateResult {
  const offers = onOffer ? (failure.offers ?? []) : [];
  return html`<div class="message failure" role="alert" data-testid="failure" data-code=${failure.code}>
    <p>${failure.sentence} ${BELOW[below]}</p>
    ${offers.map(
      (offer, i) =>
        html`<vscode-button
          appearance=${i === 0 ? 'primary' : 'secondary'}
          data-testid="offer"
          @click=${() => onOffer?.(offer)}
          >${offer.label}</vscode-button
        >`,
    )}
    ${
      onRetry && offers.length === 0
        ? html`<vscode-button data-testid="retry" @click=${onRetry}>${t('Retry')}</vscode-button>`
        : nothing
    }
    <vscode-button appearance="secondary" data-testid="dismiss" @click=${onDismiss}
      >${t('Dismiss')}</vscode-button
    >
  </div>`;
}

export interface StoppedProps {
  readonly below: Below;
  readonly onRetry: () => void;
  readonly onDismiss: () => void;
}

/** Marks a result that is not the whole of what was asked for. */
export function stoppedView({ below, onRetry, onDismiss }: StoppedProps): TemplateResult {
  return html`<div class="message" data-testid="stopped">
    <p>${t('Stopped.')} ${BELOW[below]}</p>
    <vscode-button appearance="secondary" data-testid="retry" @click=${onRetry}>${t('Retry')}</vscode-button>
    <vscode-button appearance="secondary" data-testid="dismiss" @click=${onDismiss}
      >${t('Dismiss')}</vscode-button
    >
  </div>`;
}
