/** Training: continue pretraining a model on a text, from its weights or from a checkpoint. */
import { html, nothing, type TemplateResult } from 'lit';
import {
  CHECKPOINT_DEFAULTS,
  parseCheckpointSettings,
  parseFurtherEpochs,
  parseTrainingSettings,
  TRAINING_DEFAULTS,
} from '../../../src/experiments/training/parameters';
import {
  trainingEventSchema,
  trainingResultSchema,
  type TrainingResult,
} from '../../../src/experiments/training/result';
import { trainingReport } from '../../../src/experiments/training/report';
import { lossPictures } from './charts';
import { thousands } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { typedNumber, valueText, type FormValues, type TextField } from '../../form/form';
import { WholeText, textSourceField } from '../../form/wholeText';
import { TrainingLive, trainingLiveView } from './liveView';
import type { ExperimentPage, ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { checked } from '../../frame/live';
import type { Tab, TabContext } from '../../frame/tab';

const OFF = 'off';
const BEGINNING = 200;

const ACTIONS = [
  { value: 'start', label: 'the model as it is' },
  { value: 'continue', label: 'the last checkpoint' },
  { value: 'verify', label: 'nothing: verify continuity' },
];

function actionOf(parameters: unknown): unknown {
  return (parameters as { readonly action?: unknown }).action;
}

/** What to ask before a training takes the place of another; null where there is none. */
function replaced({ session }: TabContext): string | null {
  const choice = session.models.find(({ id }) => id === session.model);
  return choice?.checkpoint === undefined
    ? null
    : `A training of ${choice.name} stands at step ${thousands(choice.checkpoint)} and can be continued. Starting anew removes its checkpoints once there is a new one; the models that came of it stay.`;
}

/** A number of the settings, checked with the others at their defaults. */
function setting(name: string, label: string, initial: string): TextField {
  return {
    kind: 'text',
    name,
    label,
    initial,
    applies: (values) => values['action'] !== 'continue',
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

function pageOf(text: WholeText, context: TabContext): ExperimentPage<TrainingResult> {
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
          {
            kind: 'text',
            name: 'furtherEpochs',
            label: 'further epochs',
            initial: '1',
            applies: (values) => values['action'] === 'continue',
            note: (values) =>
              valueText(values, 'furtherEpochs').trim() === '0' ? 'Only what is left of it.' : null,
            check: (typed) => parseFurtherEpochs(typedNumber(typed)),
          },
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
          checkpointSetting('seconds', 'seconds between'),
        ],
      },
    ],
    prepare: (values) => text.read(values, context.host),
    confirm: (parameters) => (actionOf(parameters) === 'start' ? replaced(context) : null),
    noReplay: (parameters) =>
      actionOf(parameters) === 'verify'
        ? null
        : 'A training is not replayed by itself: it would take the place of the checkpoints that are there. Press Run to train with these settings.',
    parameters: (values) => ({
      prompt: text.text.slice(0, BEGINNING),
      action: values['action'],
      text: text.text,
      settings: parseTrainingSettings(settingsOf(values)),
      furtherEpochs: parseFurtherEpochs(typedNumber(valueText(values, 'furtherEpochs'))),
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
      if (values['action'] === 'continue') return `${from}; ${shown('furtherEpochs')} further epochs`;
      return `${from}; ${shown('epochs')} epochs, rate ${shown('learningRate')}, ${shown('batchSize')} × ${shown('context')} tokens`;
    },
    live: () => {
      const live = new TrainingLive();
      return {
        take: checked(trainingEventSchema, (event) => {
          live.take(event);
        }),
        view: (tell) => trainingLiveView(live, tell),
      };
    },
    read: parsedBy(trainingResultSchema),
    report: trainingReport,
    pictures: ({ history, continuity }) => (continuity ? [] : lossPictures(history)),
    view: (shown) => view(shown),
  };
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
  return new ExperimentTab(pageOf(new WholeText(), context), context);
}
