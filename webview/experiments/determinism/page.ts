/** Determinism: which settings give the same text every time, and why. */
import { CONFIGURATIONS } from '../../../src/experiments/determinism/decodings';
import { parseDeterminism, parseNewTokens, parseRepeats } from '../../../src/experiments/determinism';
import { determinismResultSchema, type DeterminismResult } from '../../../src/experiments/determinism/result';
import { determinismReport } from '../../../src/experiments/determinism/report';
import { determinismPictures } from './charts';
import { count } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { typedNumber, valueText, type FormValues } from '../../form/form';
import { seedField } from '../../form/seedField';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import type { Tab, TabContext } from '../../frame/tab';

/** Value names of the checkboxes. */
const boxOf = (id: string): string => `use-${id}`;

const chosen = (values: FormValues): string[] =>
  CONFIGURATIONS.filter(({ id }) => values[boxOf(id)] === true).map(({ id }) => id);

const page: ExperimentPage<DeterminismResult> = {
  id: 'determinism',
  title: 'Determinism',
  question: 'Which settings give the same text every time?',
  promise:
    'Each configuration is run several times. Here will stand whether its texts are the same, whether they are those of generate_simple, where they part first, and why.',
  groups: [
    {
      title: 'Runs',
      fields: [
        {
          kind: 'text',
          name: 'repeats',
          label: 'runs of each',
          term: 'repeats',
          initial: '3',
          check: (typed) => parseRepeats(typedNumber(typed)),
        },
        {
          kind: 'text',
          name: 'maxNewTokens',
          label: 'new tokens',
          term: 'newTokens',
          initial: '20',
          check: (typed) => parseNewTokens(typedNumber(typed)),
        },
        seedField(42),
      ],
    },
    {
      title: 'Configurations',
      fields: CONFIGURATIONS.map(({ id, label }) => ({
        kind: 'check' as const,
        name: boxOf(id),
        label,
        initial: true,
      })),
    },
  ],
  parameters: (values, prompt) =>
    parseDeterminism({
      prompt,
      configurations: chosen(values),
      repeats: typedNumber(valueText(values, 'repeats')),
      maxNewTokens: typedNumber(valueText(values, 'maxNewTokens')),
      seed: typedNumber(valueText(values, 'seed')),
    }),
  values: (parameters) => {
    const { configurations, repeats, maxNewTokens, seed } = parameters as Partial<Record<string, unknown>>;
    const boxes = Array.isArray(configurations)
      ? CONFIGURATIONS.map(({ id }) => [boxOf(id), configurations.includes(id)] as const)
      : [];
    return {
      ...Object.fromEntries(boxes),
      ...(typeof repeats === 'number' && { repeats: String(repeats) }),
      ...(typeof maxNewTokens === 'number' && { maxNewTokens: String(maxNewTokens) }),
      ...(typeof seed === 'number' && { seed: String(seed) }),
    };
  },
  line: (values) =>
    `${count(chosen(values).length, 'configuration')}, ${valueText(values, 'repeats')} runs of ${valueText(values, 'maxNewTokens')} tokens, seed ${valueText(values, 'seed')}`,
  read: parsedBy(determinismResultSchema),
  report: determinismReport,
  pictures: determinismPictures,
};

export function createDeterminism(context: TabContext): Tab {
  return new ExperimentTab(page, context);
}
