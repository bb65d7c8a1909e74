/** Training: continue pretraining a model on a text, from its weights or from a checkpoint. */
import { html, nothing, type TemplateResult } from 'lit';
import * as v from 'valibot';
import {
  CHECKPOINT_DEFAULTS,
  parseCheckpointSettings,
  parseTrainingSettings,
  TRAINING_DEFAULTS,
} from '../../src/experiments/trainingParameters';
import {
  trainingResultSchema,
  type TrainingHistory,
  type TrainingResult,
} from '../../src/experiments/trainingTypes';
import { trainingReport } from '../../src/experiments/report/training';
import { lossPictures } from '../charts/training';
import type { Picture } from '../charts/picture';
import { chart } from '../views/figureView';
import { duration, rate, thousands } from '../format/numbers';
import type { RunMessage } from '../host';
import { parsedBy } from '../state/experimentRecord';
import { typedNumber, valueText, type FormValues, type TextField } from '../state/form';
import { WholeText, textSourceField } from '../state/wholeText';
import type { ExperimentPage, ShownParts } from './experimentPage';
import { ExperimentTab } from './experimentTab';
import type { Tab, TabContext } from './tab';

const OFF = 'off';
const BEGINNING = 200;

const ACTIONS = [
  { value: 'start', label: 'the model as it is' },
  { value: 'continue', label: 'the last checkpoint' },
  { value: 'verify', label: 'nothing: verify continuity' },
];

const stepEvent = v.object({
  type: v.literal('step'),
  step: v.number(),
  tokensSeen: v.number(),
  loss: v.number(),
  gradientNorm: v.number(),
  learningRate: v.number(),
  epoch: v.number(),
  tokensPerSecond: v.number(),
  secondsLeft: v.number(),
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
class Live {
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
    Object.assign(this, new Live());
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

/** A number of the settings, checked with the others at their defaults. */
function setting(name: string, label: string, initial: string): TextField {
  return {
    kind: 'text',
    name,
    label,
    initial,
    applies: (values) => values['action'] !== 'continue' || name === 'epochs',
    check: (typed) => {
      const off = typed.trim() === OFF && initial === OFF;
      parseTrainingSettings(off ? {} : { [name]: typedNumber(typed) });
    },
  };
}

/** A number that says how often checkpoints are kept. */
function checkpointSetting(name: 'keep' | 'seconds', label: string): TextField {
  return {
    kind: 'text',
    name,
    label,
    initial: String(CHECKPOINT_DEFAULTS[name]),
    applies: (values) => values['action'] !== 'verify',
    check: (typed) => parseCheckpointSettings({ [name]: typedNumber(typed) }),
  };
}

function settingsOf(values: FormValues): Record<string, unknown> {
  const number = (name: string): unknown => typedNumber(valueText(values, name));
  return {
    ...Object.fromEntries(
      [
        ...['epochs', 'learningRate', 'weightDecay', 'context', 'stride', 'batchSize', 'trainRatio'],
        ...['evaluateEvery', 'evaluationBatches', 'warmupSteps', 'dropout', 'sampleTokens', 'seed'],
      ].map((name) => [name, number(name)]),
    ),
    decay: values['cosine'] === true ? 'cosine' : 'none',
    clipNorm: valueText(values, 'clipNorm').trim() === OFF ? null : number('clipNorm'),
    startText: valueText(values, 'startText'),
  };
}

function pageOf(live: Live, text: WholeText, context: TabContext): ExperimentPage<TrainingResult> {
  const defaults = TRAINING_DEFAULTS;
  const free = (values: FormValues): boolean => values['action'] !== 'continue';
  return {
    id: 'training',
    title: 'Training',
    needsText: true,
    question: 'How is pretraining continued?',
    promise:
      'Here will stand the losses while the model learns your text, and what it writes after each epoch. Weights and optimizer state are kept, so that it can be continued later exactly where it stopped. The model itself is not changed: a trained one is added to the list.',
    groups: [
      {
        title: 'Train',
        fields: [
          { kind: 'choice', name: 'action', label: 'from', initial: 'start', options: ACTIONS },
          textSourceField(text),
          setting('epochs', 'epochs', String(defaults.epochs)),
        ],
      },
      {
        title: 'AdamW',
        fields: [
          setting('learningRate', 'learning rate', '4e-4'),
          setting('weightDecay', 'weight decay', String(defaults.weightDecay)),
          setting('warmupSteps', 'warm-up steps', '0'),
          { kind: 'check', name: 'cosine', label: 'cosine decay', initial: false, applies: free },
          setting('clipNorm', 'gradient norm limit', OFF),
          setting('dropout', 'dropout', '0'),
        ],
      },
      {
        title: 'The book’s loader',
        fields: [
          setting('context', 'context length', '256'),
          setting('stride', 'stride', '256'),
          setting('batchSize', 'batch size', '2'),
          setting('trainRatio', 'training ratio', '0.9'),
          setting('seed', 'seed', String(defaults.seed)),
        ],
      },
      {
        title: 'Evaluation',
        fields: [
          setting('evaluateEvery', 'every so many steps', String(defaults.evaluateEvery)),
          setting('evaluationBatches', 'batches', String(defaults.evaluationBatches)),
          setting('sampleTokens', 'tokens of a sample', String(defaults.sampleTokens)),
          {
            kind: 'text',
            name: 'startText',
            label: 'the sample begins with',
            initial: defaults.startText,
            wide: true,
            applies: free,
            check: () => undefined,
          },
        ],
      },
      {
        title: 'Checkpoints',
        fields: [
          checkpointSetting('keep', 'the last ones kept'),
          checkpointSetting('seconds', 'seconds between two'),
        ],
      },
    ],
    prepare: async (values) => {
      await text.read(values, context.host);
      live.begin();
    },
    parameters: (values) => ({
      prompt: text.text.slice(0, BEGINNING),
      action: values['action'],
      text: text.text,
      settings: parseTrainingSettings(settingsOf(values)),
      checkpoints: parseCheckpointSettings({
        keep: typedNumber(valueText(values, 'keep')),
        seconds: typedNumber(valueText(values, 'seconds')),
      }),
    }),
    values: (given) => {
      const { settings } = given as { readonly settings?: unknown };
      if (typeof settings !== 'object' || settings === null) return {};
      return Object.fromEntries(
        Object.entries(settings).flatMap(([name, value]) =>
          typeof value === 'number' || typeof value === 'string' ? [[name, String(value)] as const] : [],
        ),
      );
    },
    line: (values) => {
      const shown = (name: string): string => valueText(values, name);
      const from = ACTIONS.find(({ value }) => value === values['action'])?.label ?? '';
      return `${from}; ${shown('epochs')} epochs, rate ${shown('learningRate')}, ${shown('batchSize')} × ${shown('context')} tokens`;
    },
    event: (event) => {
      live.take(event);
    },
    live: (tell) => liveView(live, tell),
    read: parsedBy(trainingResultSchema),
    report: trainingReport,
    pictures: ({ history, continuity }) => (continuity ? [] : lossPictures(history)),
    view: (shown) => view(shown),
  };
}

const STATES: Readonly<Record<string, string>> = {
  training: 'Training',
  evaluating: 'Evaluating',
  saving: 'Writing a checkpoint',
  paused: 'Paused, with a checkpoint',
};

function liveView(live: Live, tell: (message: RunMessage) => void): TemplateResult {
  const { last, state, trouble, picture, history, checkpoint, waits } = live;
  const pause = (): void => {
    live.waits = !waits;
    tell(waits ? 'resume' : 'pause');
  };
  return html`<section class="figure" data-testid="training-live" aria-live="off">
    <p>
      ${STATES[state] ?? 'Preparing'}${
        last
          ? html`: step ${thousands(last.step)}, epoch ${last.epoch + 1}, loss ${last.loss.toFixed(3)} nats,
            ${rate(last.tokensPerSecond)}, ${duration(last.secondsLeft * 1000)} left`
          : nothing
      }
    </p>
    <div class="empty-actions">
      <vscode-button appearance="secondary" data-testid="training-pause" @click=${pause}
        >${waits ? 'Go on' : 'Pause'}</vscode-button
      >
      <vscode-button
        appearance="secondary"
        data-testid="training-checkpoint"
        @click=${() => {
          tell('checkpoint');
        }}
        >Write a checkpoint</vscode-button
      >
      ${
        checkpoint === null
          ? nothing
          : html`<span class="quiet" data-testid="training-kept"
              >last one: step ${thousands(checkpoint)}</span
            >`
      }
    </div>
    ${trouble === '' ? nothing : html`<p class="field-error" role="alert">${trouble}</p>`}
    ${picture === null ? nothing : html`<div class="chart" ${chart(picture)}></div>`}
    ${history.samples.map(
      ({ epoch, text }) => html`<p class="passage-plain">After epoch ${epoch}: ${text}</p>`,
    )}
  </section>`;
}

function view({ result, pictures, figure }: ShownParts<TrainingResult>): TemplateResult {
  const { samples } = result.history;
  return html`
    <div class="figures">${pictures.map(figure)}</div>
    ${
      samples.length === 0
        ? nothing
        : html`<section data-testid="training-samples">
            <h2>What it writes</h2>
            ${samples.map(
              ({ epoch, text }) =>
                html`<p class="passage-plain"><span class="quiet">after epoch ${epoch}</span> ${text}</p>`,
            )}
          </section>`
    }
  `;
}

export function createTraining(context: TabContext): Tab {
  return new ExperimentTab(pageOf(new Live(), new WholeText(), context), context);
}
