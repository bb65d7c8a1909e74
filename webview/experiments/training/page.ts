/** Training: continue pretraining a model on a text, from its weights or from a checkpoint. */
import { html, nothing, type TemplateResult } from 'lit';
import * as v from 'valibot';
import {
  checkpointSettings,
  furtherEpochs,
  trainingSettings,
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
import { fieldsOf, shownParameters, typedOf, typedParameters, valuesOf } from '../../form/declared';
import { valueText, type Field, type FormValues } from '../../form/form';
import { WholeText, textSourceField } from '../../form/wholeText';
import { TrainingLive, trainingLiveView } from './liveView';
import type { ExperimentPage, ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { checked } from '../../frame/live';
import type { Tab, TabContext } from '../../frame/tab';

const BEGINNING = 200;

const ACTIONS = [
  { value: 'start', label: 'the model as it is' },
  { value: 'continue', label: 'the last checkpoint' },
  { value: 'verify', label: 'nothing: verify continuity' },
];

const savedSchema = v.object({
  settings: v.optional(v.record(v.string(), v.unknown())),
  checkpoints: v.optional(v.record(v.string(), v.unknown())),
  furtherEpochs: v.optional(v.unknown()),
});

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

const free = ({ action }: FormValues): boolean => action !== 'continue';
const kept = ({ action }: FormValues): boolean => action !== 'verify';

function settings(...names: (keyof typeof trainingSettings.parameters)[]): Field[] {
  return names.flatMap((name) => fieldsOf(name, trainingSettings.parameters[name], { applies: free }));
}

function pageOf(text: WholeText, context: TabContext): ExperimentPage<TrainingResult> {
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
          ...settings('epochs'),
          ...fieldsOf('furtherEpochs', furtherEpochs, {
            applies: ({ action }) => action === 'continue',
            note: (values) =>
              valueText(values, 'furtherEpochs').trim() === '0' ? 'Only what is left of it.' : null,
          }),
        ],
      },
      {
        title: 'AdamW',
        fields: [
          ...settings('learningRate', 'weightDecay', 'warmupSteps'),
          { kind: 'check', name: 'cosine', label: 'cosine decay', initial: false, applies: free },
          ...settings('clipNorm', 'dropout'),
        ],
      },
      {
        title: 'The book’s loader',
        fields: settings('context', 'stride', 'batchSize', 'trainRatio', 'seed'),
      },
      {
        title: 'Evaluation',
        fields: settings('evaluateEvery', 'evaluationBatches', 'sampleTokens', 'startText'),
      },
      {
        title: 'Checkpoints',
        fields: Object.entries(checkpointSettings.parameters).flatMap(([name, parameter]) =>
          fieldsOf(name, parameter, { applies: kept }),
        ),
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
      settings: trainingSettings.parse({
        ...typedParameters(trainingSettings, values),
        decay: values['cosine'] === true ? 'cosine' : 'none',
      }),
      furtherEpochs: furtherEpochs.read(typedOf('furtherEpochs', furtherEpochs, values), {}),
      checkpoints: checkpointSettings.parse(typedParameters(checkpointSettings, values)),
    }),
    values: (given) => {
      const parsed = v.safeParse(savedSchema, given);
      if (!parsed.success) return {};
      const { settings = {}, checkpoints = {}, furtherEpochs: further } = parsed.output;
      return {
        ...shownParameters(trainingSettings, settings),
        ...('decay' in settings && { cosine: settings['decay'] === 'cosine' }),
        ...shownParameters(checkpointSettings, checkpoints),
        ...valuesOf('furtherEpochs', furtherEpochs, further),
      };
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
