/** Temperature: how often a word or a phrase comes next, at every temperature. */
import { temperatureParameters } from '../../../src/experiments/temperature/parameters';
import { temperatureReport } from '../../../src/experiments/temperature/report';
import { temperatureResultSchema, type TemperatureResult } from '../../../src/experiments/temperature/result';
import { temperaturePictures } from './charts';
import { parsedBy } from '../../frame/record';
import { formOf } from '../../form/declared';
import { valueText } from '../../form/form';
import { ExperimentTab } from '../../frame/experimentTab';
import { temperatureTerms } from './terms';
import type { ExperimentPage } from '../../frame/experimentPage';
import type { Tab, TabContext } from '../../frame/tab';

const page: ExperimentPage<TemperatureResult> = {
  id: 'temperature',
  title: 'Temperature',
  question: 'How does the temperature change how often a word comes?',
  promise:
    'Here will stand the exact probability of the target at every temperature, how close draws come to it, and how many draws it takes to tell two temperatures apart.',
  ...formOf(
    temperatureParameters,
    [
      {
        title: 'Target',
        fields: [
          'target',
          {
            parameter: 'leadingSpace',
            note: (values) =>
              `Asks for “${values['leadingSpace'] === true ? '·' : ''}${valueText(values, 'target')}”.`,
          },
        ],
      },
      { title: 'Draws', fields: ['temperatures', 'draws', 'seed'] },
    ],
    {
      line: (short) =>
        `“${short('leadingSpace')}${short('target')}” at T ${short('temperatures')}; ${short('draws')} draws, seed ${short('seed')}`,
    },
  ),
  read: parsedBy(temperatureResultSchema),
  terms: temperatureTerms,
  report: temperatureReport,
  pictures: temperaturePictures,
};

export function createTemperature(context: TabContext): Tab {
  return new ExperimentTab(page, context);
}
