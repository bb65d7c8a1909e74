/** Nucleus: which tokens top-p keeps at a temperature, and what falls outside. */
import {
  MOST_VALUES,
  parseNucleus,
  parseNucleusTemperatures,
  parsePs,
} from '../../../src/experiments/nucleus';
import { nucleusResultSchema, type NucleusResult } from '../../../src/experiments/nucleus/result';
import { nucleusReport } from '../../../src/experiments/nucleus/report';
import { nucleusPictures } from './charts';
import { parsedBy } from '../../frame/record';
import { listText, typedList, valueText } from '../../form/form';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import type { Tab, TabContext } from '../../frame/tab';

const page: ExperimentPage<NucleusResult> = {
  id: 'nucleus',
  title: 'Nucleus',
  question: 'Which tokens does the nucleus keep?',
  promise:
    'Here will stand, for every temperature and p, how many tokens the nucleus holds, where the cumulative probability crosses p, and what falls outside.',
  groups: [
    {
      title: 'Nuclei',
      fields: [
        {
          kind: 'text',
          name: 'temperatures',
          label: `temperatures, up to ${MOST_VALUES}`,
          term: 'temperature',
          initial: '0.7, 1',
          wide: true,
          check: (typed) => parseNucleusTemperatures(typedList(typed)),
        },
        {
          kind: 'text',
          name: 'ps',
          label: `p, up to ${MOST_VALUES} values`,
          term: 'topP',
          initial: '0.8, 0.9, 0.95',
          wide: true,
          check: (typed) => parsePs(typedList(typed)),
        },
      ],
    },
  ],
  parameters: (values, prompt) =>
    parseNucleus({
      prompt,
      temperatures: typedList(valueText(values, 'temperatures')),
      ps: typedList(valueText(values, 'ps')),
    }),
  values: (parameters) => {
    const { temperatures, ps } = parameters as Partial<Record<string, unknown>>;
    return {
      ...(Array.isArray(temperatures) && { temperatures: listText(temperatures as number[]) }),
      ...(Array.isArray(ps) && { ps: listText(ps as number[]) }),
    };
  },
  line: (values) => `T ${valueText(values, 'temperatures')}; p ${valueText(values, 'ps')}`,
  read: parsedBy(nucleusResultSchema),
  report: nucleusReport,
  pictures: nucleusPictures,
};

export function createNucleus(context: TabContext): Tab {
  return new ExperimentTab(page, context);
}
