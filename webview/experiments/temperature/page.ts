/** Temperature: how often a word or a phrase comes next, at every temperature. */
import {
  parseDraws,
  parseTarget,
  parseTemperature,
  parseTemperatures,
  MOST_TEMPERATURES,
} from '../../../src/experiments/temperature';
import { temperatureReport } from '../../../src/experiments/temperature/report';
import { temperatureResultSchema, type TemperatureResult } from '../../../src/experiments/temperature/result';
import { temperaturePictures } from './charts';
import { thousands } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { listText, typedList, typedNumber, valueText } from '../../form/form';
import { seedField } from '../../form/seedField';
import { ExperimentTab } from '../../frame/experimentTab';
import type { ExperimentPage } from '../../frame/experimentPage';
import type { Tab, TabContext } from '../../frame/tab';

const page: ExperimentPage<TemperatureResult> = {
  id: 'temperature',
  title: 'Temperature',
  question: 'How does the temperature change how often a word comes?',
  promise:
    'Here will stand the exact probability of the target at every temperature, how close draws come to it, and how many draws it takes to tell two temperatures apart.',
  groups: [
    {
      title: 'Target',
      fields: [
        {
          kind: 'text',
          name: 'target',
          label: 'word or phrase',
          term: 'target',
          initial: 'pizza',
          wide: true,
          check: parseTarget,
        },
        {
          kind: 'check',
          name: 'leadingSpace',
          label: 'space before it',
          term: 'leadingSpace',
          initial: true,
          note: (values) =>
            `Asks for “${values['leadingSpace'] === true ? '·' : ''}${valueText(values, 'target')}”.`,
        },
      ],
    },
    {
      title: 'Draws',
      fields: [
        {
          kind: 'text',
          name: 'temperatures',
          label: `temperatures, up to ${MOST_TEMPERATURES}`,
          term: 'temperature',
          initial: '0.1, 0.5, 1, 1.5, 2, 5, 10',
          wide: true,
          check: (typed) => parseTemperatures(typedList(typed)),
        },
        {
          kind: 'text',
          name: 'draws',
          label: 'draws of each',
          term: 'draws',
          initial: '1000',
          check: (typed) => parseDraws(typedNumber(typed)),
        },
        seedField(42),
      ],
    },
  ],
  parameters: (values, prompt) =>
    parseTemperature({
      prompt,
      target: values['target'],
      leadingSpace: values['leadingSpace'],
      temperatures: typedList(valueText(values, 'temperatures')),
      draws: typedNumber(valueText(values, 'draws')),
      seed: typedNumber(valueText(values, 'seed')),
    }),
  values: (parameters) => {
    const given = parameters as Partial<Record<string, unknown>>;
    return {
      ...(typeof given['target'] === 'string' && { target: given['target'] }),
      ...(typeof given['leadingSpace'] === 'boolean' && { leadingSpace: given['leadingSpace'] }),
      ...(Array.isArray(given['temperatures']) && {
        temperatures: listText(given['temperatures'] as number[]),
      }),
      ...(typeof given['draws'] === 'number' && { draws: String(given['draws']) }),
      ...(typeof given['seed'] === 'number' && { seed: String(given['seed']) }),
    };
  },
  line: (values) =>
    `“${values['leadingSpace'] === true ? '·' : ''}${valueText(values, 'target')}” at T ${valueText(values, 'temperatures')}; ${drawsText(valueText(values, 'draws'))} draws, seed ${valueText(values, 'seed')}`,
  read: parsedBy(temperatureResultSchema),
  report: temperatureReport,
  pictures: temperaturePictures,
};

function drawsText(typed: string): string {
  const draws = typedNumber(typed);
  return typeof draws === 'number' ? thousands(draws) : typed;
}

export function createTemperature(context: TabContext): Tab {
  return new ExperimentTab(page, context);
}
