/** Temperature: how often a word or a phrase comes next, at every temperature. */
import { t } from '../../../src/l10n/language';
import { temperatureParameters } from '../../../src/experiments/temperature/parameters';
import { temperatureReport } from '../../../src/experiments/temperature/report';
import { temperatureResultSchema, type TemperatureResult } from '../../../src/experiments/temperature/result';
import { temperaturePictures } from './charts';
import { parsedBy } from '../../frame/record';
import { formOf, type OwnControls } from '../../form/declared';
import { typedCount } from '../../format/typedNumber';
import { valueText, type FormValues } from '../../form/form';
import { ExperimentTab } from '../../frame/experimentTab';
import { temperatureTerms } from './terms';
import type { ExperimentPage } from '../../frame/experimentPage';
import { chatForm, drawnByForm } from '../../frame/served';
import type { Tab, TabContext } from '../../frame/tab';

const isGiven = (values: FormValues): boolean => valueText(values, 'target') !== '';

const pageOf = (chat: OwnControls, drawnBy: OwnControls): ExperimentPage<TemperatureResult> => ({
  id: 'temperature',
  title: t('Temperature'),
  question: t('How does temperature change how often a word is drawn?'),
  measures: ['interval', 'effectiveVocabulary'],
  promise: t(
    'You will see the exact probability of a word at every temperature, how close random draws come to it, and how many draws it takes to distinguish two temperatures.',
  ),
  ...formOf(
    temperatureParameters,
    [
      {
        title: t('Target'),
        fields: [
          ...chat.fields,
          {
            parameter: 'target',
            note: (values) =>
              isGiven(values)
                ? null
                : t('If this is empty, the most probable next token of this prompt is taken.'),
          },
          {
            parameter: 'leadingSpace',
            applies: isGiven,
            note: (values) =>
              t(
                'Looks for “{0}”.',
                `${values['leadingSpace'] === true ? '·' : ''}${valueText(values, 'target')}`,
              ),
          },
        ],
      },
      {
        title: t('Draws'),
        fields: ['temperatures', 'draws', 'seed', 'commonRandomNumbers', ...drawnBy.fields],
      },
    ],
    {
      beside: [chat, drawnBy],
      // Left out where it is ticked, as by earlier versions, which knew nothing else: both are the same order.
      typed: (values) => ({
        commonRandomNumbers: values['commonRandomNumbers'] === true ? undefined : false,
      }),
      shown: ({ commonRandomNumbers = true }) =>
        typeof commonRandomNumbers === 'boolean' ? { commonRandomNumbers } : {},
      line: (short, values) => {
        const words = [
          isGiven(values)
            ? t('“{0}”', `${short('leadingSpace')}${short('target')}`)
            : t('The most probable token'),
          short('temperatures'),
          typedCount(valueText(values, 'draws'), '{0} draw', '{0} draws'),
          short('seed'),
        ];
        return values['commonRandomNumbers'] === true
          ? t('{0} at T {1}; {2}, seed {3}, the same random numbers', ...words)
          : t('{0} at T {1}; {2}, seed {3}', ...words);
      },
    },
  ),
  read: parsedBy(temperatureResultSchema),
  terms: temperatureTerms,
  report: temperatureReport,
  pictures: temperaturePictures,
});

export function createTemperature(context: TabContext): Tab {
  const { session } = context;
  return new ExperimentTab(pageOf(chatForm(session), drawnByForm(session)), context);
}
