/** A training while it goes on. */
import { html, nothing, type TemplateResult } from 'lit';
import * as v from 'valibot';
import type { TrainingHistory } from '../../../src/experiments/training/result';
import type { Picture } from '../../ui/picture';
import { lossPictures } from './charts';
import { rate, thousands } from '../../format/numbers';
import type { RunMessage } from '../../host';
import { chart } from '../../ui/figureView';

const stepEvent = v.object({
  type: v.literal('step'),
  step: v.number(),
  tokensSeen: v.number(),
  loss: v.number(),
  gradientNorm: v.number(),
  learningRate: v.number(),
  epoch: v.number(),
  tokensPerSecond: v.number(),
});
const eventSchema = v.variant('type', [
  stepEvent,
  v.object({
    type: v.literal('evaluation'),
    step: v.number(),
    tokensSeen: v.number(),
    training: v.nullable(v.number()),
    validation: v.nullable(v.number()),
  }),
  v.object({ type: v.literal('sample'), step: v.number(), epoch: v.number(), text: v.string() }),
  v.object({ type: v.literal('state'), state: v.string() }),
  v.object({ type: v.literal('checkpoint'), step: v.number() }),
  v.object({ type: v.literal('trouble'), sentence: v.string() }),
]);

/** What a training that goes on has told so far. */
export class TrainingLive {
  history: TrainingHistory = { steps: [], evaluations: [], samples: [] };
  state = '';
  trouble = '';
  last: v.InferOutput<typeof stepEvent> | null = null;
  picture: Picture | null = null;
  /** Step of the last checkpoint of this run. */
  checkpoint: number | null = null;
  /** Told to wait, which it does after the step that it is at. */
  waits = false;

  begin(): void {
    Object.assign(this, new TrainingLive());
  }

  take(event: unknown): void {
    const parsed = v.safeParse(eventSchema, event);
    if (!parsed.success) return;
    const { output } = parsed;
    if (output.type === 'step') {
      this.last = output;
      this.history.steps.push(output);
    } else if (output.type === 'evaluation') this.history.evaluations.push(output);
    else if (output.type === 'sample') this.history.samples.push(output);
    else if (output.type === 'checkpoint') {
      this.checkpoint = output.step;
      this.trouble = '';
    } else if (output.type === 'state') this.state = output.state;
    else this.trouble = output.sentence;
    if (output.type === 'evaluation') this.picture = lossPictures(this.history, true)[0] ?? null;
  }
}

const STATES: Readonly<Record<string, string>> = {
  training: 'Training',
  evaluating: 'Evaluating',
  saving: 'Writing a checkpoint',
  paused: 'Paused, with a checkpoint',
};

/** Where a training stands, what can be asked of it now, and its losses so far. */
export function trainingLiveView(live: TrainingLive, tell: (message: RunMessage) => void): TemplateResult {
  const { last, state, trouble, picture, history } = live;
  // It says `paused` also where it waits for room on the disk.
  const stuck = state === 'paused' && trouble !== '';
  const doing = stuck ? 'Waiting: the checkpoint could not be written' : (STATES[state] ?? 'Preparing');
  return html`<section class="figure" data-testid="training-live" aria-live="off">
    <p>
      ${doing}${
        last
          ? html`: step ${thousands(last.step)}, epoch ${last.epoch + 1}, loss ${last.loss.toFixed(3)} nats,
            ${rate(last.tokensPerSecond)}`
          : nothing
      }
    </p>
    ${state === '' ? nothing : buttonsView(live, stuck, tell)}
    ${trouble === '' ? nothing : html`<p class="field-error" role="alert">${trouble}</p>`}
    ${picture === null ? nothing : html`<div class="chart" ${chart(picture)}></div>`}
    ${history.samples.map(
      ({ epoch, text }) => html`<p class="passage-plain">After epoch ${epoch}: ${text}</p>`,
    )}
  </section>`;
}

/** @param stuck it waits because its checkpoint cannot be written */
function buttonsView(
  live: TrainingLive,
  stuck: boolean,
  tell: (message: RunMessage) => void,
): TemplateResult {
  const { checkpoint, waits } = live;
  const button = (name: string, label: string, onClick: () => void): TemplateResult =>
    html`<vscode-button appearance="secondary" data-testid="training-${name}" @click=${onClick}
      >${label}</vscode-button
    >`;
  const pause = button('pause', waits ? 'Go on' : 'Pause', () => {
    live.waits = !waits;
    tell(waits ? 'resume' : 'pause');
  });
  const discard = button('discard', 'End without it', () => {
    tell('discard');
  });
  return html`<div class="empty-actions">
    ${stuck && !waits ? discard : pause}
    ${button('checkpoint', stuck ? 'Try again' : 'Write a checkpoint', () => {
      tell('checkpoint');
    })}
    ${
      checkpoint === null
        ? nothing
        : html`<span class="quiet" data-testid="training-kept">last one: step ${thousands(checkpoint)}</span>`
    }
  </div>`;
}
