/** A training while it goes on. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import { fixed } from '../../../src/l10n/numbers';
import type { TrainingEvent, TrainingHistory, TrainingState } from '../../../src/experiments/training/result';
import type { Picture } from '../../ui/picture';
import { lossPictures } from './charts';
import { rate, thousands } from '../../format/numbers';
import type { RunMessage } from '../../host';
import { chart } from '../../ui/figureView';

/** What a training that goes on has told so far. */
export class TrainingLive {
  history: TrainingHistory = { steps: [], evaluations: [], samples: [] };
  state: TrainingState | null = null;
  trouble = '';
  last: Extract<TrainingEvent, { type: 'step' }> | null = null;
  picture: Picture | null = null;
  /** Step of the last checkpoint of this run. */
  checkpoint: number | null = null;
  /** Told to wait, which it does after the step that it is at. */
  readonly waits = signal(false);

  take(event: TrainingEvent): void {
    if (event.type === 'step') {
      this.last = event;
      this.history.steps.push(event);
    } else if (event.type === 'evaluation') this.history.evaluations.push(event);
    else if (event.type === 'sample') this.history.samples.push(event);
    else if (event.type === 'history') this.history = event.history;
    else if (event.type === 'checkpoint') {
      this.checkpoint = event.step;
      this.trouble = '';
    } else if (event.type === 'state') this.state = event.state;
    else this.trouble = event.sentence;
    if (event.type === 'evaluation' || event.type === 'history')
      this.picture = lossPictures(this.history, true)[0] ?? null;
  }
}

const STATES: Readonly<Record<TrainingState, string>> = {
  training: t('Training'),
  evaluating: t('Evaluating'),
  saving: t('Saving a checkpoint'),
  paused: t('Paused, checkpoint saved'),
};

/** Where a training stands, what can be asked of it now, and its losses so far. */
export function trainingLiveView(live: TrainingLive, tell: (message: RunMessage) => void): TemplateResult {
  const { last, state, trouble, picture, history } = live;
  // It says `paused` also where it waits for room on the disk.
  const stuck = state === 'paused' && trouble !== '';
  const doing = stuck
    ? t('Waiting: the checkpoint could not be saved')
    : state === null
      ? t('Preparing')
      : STATES[state];
  return html`<section class="figure" data-testid="training-live" aria-live="off">
    <p>
      ${
        last
          ? t(
              '{0}: step {1}, epoch {2}, loss {3} nats, {4}',
              doing,
              thousands(last.step),
              thousands(last.epoch + 1),
              fixed(last.loss, 3),
              rate(last.tokensPerSecond),
            )
          : doing
      }
    </p>
    ${state === null ? nothing : buttonsView(live, stuck, tell)}
    ${trouble === '' ? nothing : html`<p class="field-error" role="alert">${trouble}</p>`}
    ${picture === null ? nothing : html`<div class="chart" ${chart(picture)}></div>`}
    ${history.samples.map(
      ({ epoch, text }) =>
        html`<p class="passage-plain">${t('After epoch {0}: {1}', thousands(epoch), text)}</p>`,
    )}
  </section>`;
}

/** @param stuck it waits because its checkpoint cannot be written */
function buttonsView(
  live: TrainingLive,
  stuck: boolean,
  tell: (message: RunMessage) => void,
): TemplateResult {
  const { checkpoint } = live;
  const waits = live.waits.value;
  const button = (name: string, label: string, onClick: () => void): TemplateResult =>
    html`<vscode-button appearance="secondary" data-testid="training-${name}" @click=${onClick}
      >${label}</vscode-button
    >`;
  const pause = button('pause', waits ? t('Resume') : t('Pause'), () => {
    live.waits.value = !waits;
    tell(waits ? 'resume' : 'pause');
  });
  const discard = button('discard', t('Stop without saving'), () => {
    tell('discard');
  });
  return html`<div class="empty-actions">
    ${stuck && !waits ? discard : pause}
    ${button('checkpoint', stuck ? t('Try again') : t('Save a checkpoint'), () => {
      tell('checkpoint');
    })}
    ${
      checkpoint === null
        ? nothing
        : html`<span class="quiet" data-testid="training-kept"
            >${t('last checkpoint: step {0}', thousands(checkpoint))}</span
          >`
    }
  </div>`;
}
