/** The controls of Training: from what is typed to parameters, and back. */
import * as v from 'valibot';
import { t } from '../../../src/l10n/language';
import {
  checkpointSettings,
  furtherEpochs,
  trainingSettings,
} from '../../../src/experiments/training/parameters';
import type { TrainingResult } from '../../../src/experiments/training/result';
import { fieldsOf, shownParameters, typedOf, typedParameters, valuesOf } from '../../form/declared';
import { typedCount } from '../../format/typedNumber';
import { valueText, type Field, type FormValues } from '../../form/form';
import { textSourceField, type WholeText } from '../../form/wholeText';
import type { ExperimentPage } from '../../frame/experimentPage';

/** Characters of the text that stand for it in titles. */
const BEGINNING = 200;

const ACTIONS = [
  { value: 'start', label: t('the model as it is') },
  { value: 'continue', label: t('the last checkpoint') },
  { value: 'verify', label: t('nothing: only verify that it continues exactly') },
];

/** What a saved training was asked, as far as it stands in controls. */
const savedSchema = v.object({
  settings: v.optional(v.record(v.string(), v.unknown())),
  checkpoints: v.optional(v.record(v.string(), v.unknown())),
  furtherEpochs: v.optional(v.unknown()),
  action: v.optional(v.string()),
  source: v.optional(v.string()),
});

const free = ({ action }: FormValues): boolean => action !== 'continue';
const kept = ({ action }: FormValues): boolean => action !== 'verify';

function settings(...names: (keyof typeof trainingSettings.parameters)[]): Field[] {
  return names.flatMap((name) => fieldsOf(name, trainingSettings.parameters[name], { applies: free }));
}

export function trainingForm(
  text: WholeText,
): Pick<ExperimentPage<TrainingResult>, 'groups' | 'parameters' | 'values' | 'line'> {
  return {
    groups: [
      {
        title: t('Train'),
        fields: [
          {
            kind: 'choice',
            name: 'action',
            label: t({ message: 'from', comment: 'where a training begins' }),
            initial: 'start',
            options: ACTIONS,
          },
          textSourceField(text),
          ...settings('epochs'),
          ...fieldsOf('furtherEpochs', furtherEpochs, {
            applies: ({ action }) => action === 'continue',
            note: (values) =>
              valueText(values, 'furtherEpochs').trim() === '0' ? t('Only finishes what is left.') : null,
          }),
        ],
      },
      {
        title: 'AdamW',
        fields: [
          ...settings('learningRate', 'weightDecay', 'warmupSteps'),
          {
            kind: 'check',
            name: 'cosine',
            label: t('cosine decay'),
            term: 'cosineDecay',
            initial: false,
            applies: free,
          },
          ...settings('clipNorm', 'dropout'),
        ],
      },
      {
        title: t('The book’s data loader'),
        fields: settings('context', 'stride', 'batchSize', 'trainRatio', 'seed'),
      },
      {
        title: t('Evaluation'),
        fields: settings('evaluateEvery', 'evaluationBatches', 'sampleTokens', 'startText'),
      },
      {
        title: t('Checkpoints'),
        fields: Object.entries(checkpointSettings.parameters).flatMap(([name, parameter]) =>
          fieldsOf(name, parameter, { applies: kept }),
        ),
      },
    ],
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
      const { settings = {}, checkpoints = {}, furtherEpochs: further, action, source } = parsed.output;
      return {
        ...(action !== undefined && { action }),
        ...(source !== undefined && { source }),
        ...shownParameters(trainingSettings, settings),
        ...('decay' in settings && { cosine: settings['decay'] === 'cosine' }),
        ...shownParameters(checkpointSettings, checkpoints),
        ...valuesOf('furtherEpochs', furtherEpochs, further),
      };
    },
    line: (values) => {
      const shown = (name: string): string => valueText(values, name);
      const from = ACTIONS.find(({ value }) => value === values['action'])?.label ?? '';
      if (values['action'] === 'continue')
        return t(
          '{0}; {1}',
          from,
          typedCount(shown('furtherEpochs'), '{0} further epoch', '{0} further epochs'),
        );
      return t(
        '{0}; {1}, rate {2}, {3} × {4}',
        from,
        typedCount(shown('epochs'), '{0} epoch', '{0} epochs'),
        shown('learningRate'),
        shown('batchSize'),
        typedCount(shown('context'), '{0} token', '{0} tokens'),
      );
    },
  };
}
