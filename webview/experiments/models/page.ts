/** Models: two or three models side by side, on the same prompt with the same random numbers. */
import { signal } from '@preact/signals-core';
import { MOST_TRIALS, parseModels } from '../../../src/experiments/models';
import { modelsResultSchema, type ModelsResult } from '../../../src/experiments/models/result';
import { realNumber, wholeNumber } from '../../../src/experiments/kit/checks';
import { modelsReport } from '../../../src/experiments/models/report';
import { modelsPictures } from './charts';
import { parsedBy } from '../../frame/record';
import { typedNumber, valueText, type ChoiceField, type FormValues } from '../../form/form';
import { seedField } from '../../form/seedField';
import { modelTokenCard, modelsView, type Looking } from './columns';
import { Rubric } from './rubric';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import type { Tab, TabContext } from '../../frame/tab';

const OFF = 'off';

/** A choice among the models there are, which are not known yet when the tab is made. */
function modelField(context: TabContext, name: string, label: string, none: string): ChoiceField {
  return {
    kind: 'choice',
    name,
    label,
    initial: '',
    get options() {
      const models = context.session.models.filter(({ kind }) => kind === 'gpt2');
      return [{ value: '', label: none }, ...models.map((model) => ({ value: model.id, label: model.name }))];
    },
  };
}

/** Ids of the models beside the chosen one. */
function othersOf(values: FormValues, { session }: TabContext): string[] {
  const automatic = session.models.find(({ id, kind }) => kind === 'gpt2' && id !== session.model)?.id ?? '';
  const second = valueText(values, 'second') === '' ? automatic : valueText(values, 'second');
  const third = valueText(values, 'third');
  return [...new Set([second, third])].filter((id) => id !== '' && id !== session.model);
}

function chainOf(values: FormValues): unknown[] {
  const number = (name: string): unknown => typedNumber(valueText(values, name));
  const topK = valueText(values, 'topK').trim();
  return [
    { sampler: 'temperature', temperature: number('temperature') },
    ...(topK === OFF ? [] : [{ sampler: 'top-k', k: number('topK') }]),
    { sampler: 'top-p', p: number('topP') },
  ];
}

/** The inverse of `chainOf`, as far as the chain has these samplers. */
function chainValues(chain: unknown): FormValues {
  if (!Array.isArray(chain)) return {};
  const steps = chain as readonly Readonly<Record<string, unknown>>[];
  const value = (sampler: string, name: string): unknown =>
    steps.find((step) => step['sampler'] === sampler)?.[name];
  const shown = (name: string, found: unknown): FormValues =>
    typeof found === 'number' ? { [name]: String(found) } : {};
  return {
    topK: OFF,
    ...shown('temperature', value('temperature', 'temperature')),
    ...shown('topK', value('top-k', 'k')),
    ...shown('topP', value('top-p', 'p')),
  };
}

function pageOf(looking: Looking, rubric: Rubric, context: TabContext): ExperimentPage<ModelsResult> {
  return {
    id: 'models',
    title: 'Models',
    needsText: true,
    question: 'How do two models differ on the same text?',
    promise:
      'Here will stand the texts of both models in columns, how likely each finds the other’s, where their next tokens differ, and how fast they are. You can judge the texts before you know whose they are.',
    groups: [
      {
        title: 'Beside the chosen model',
        fields: [
          modelField(context, 'second', 'second', 'the next one'),
          modelField(context, 'third', 'third', 'none'),
        ],
      },
      {
        title: 'Texts',
        fields: [
          {
            kind: 'text',
            name: 'temperature',
            label: 'temperature',
            term: 'temperature',
            initial: '0.8',
            check: (typed) => realNumber('The temperature', typedNumber(typed), { least: 0, most: 1000 }),
          },
          {
            kind: 'text',
            name: 'topK',
            label: 'top-k',
            term: 'topK',
            initial: '50',
            check: (typed) =>
              typed.trim() === OFF || wholeNumber('k', typedNumber(typed), 1, Number.MAX_SAFE_INTEGER),
          },
          {
            kind: 'text',
            name: 'topP',
            label: 'top-p',
            term: 'topP',
            initial: '1',
            check: (typed) => realNumber('p', typedNumber(typed), { least: 0, leastExcluded: true, most: 1 }),
          },
          {
            kind: 'text',
            name: 'trials',
            label: 'trials',
            term: 'modelTrials',
            initial: '1',
            check: (typed) => wholeNumber('The number of trials', typedNumber(typed), 1, MOST_TRIALS),
          },
          {
            kind: 'text',
            name: 'samples',
            label: 'samples',
            term: 'samples',
            initial: '4',
            check: (typed) => wholeNumber('The number of samples', typedNumber(typed), 1, 16),
          },
          {
            kind: 'text',
            name: 'maxNewTokens',
            label: 'max new tokens',
            term: 'maxNewTokens',
            initial: '40',
            check: (typed) => wholeNumber('Max new tokens', typedNumber(typed), 2, 200),
          },
          seedField(42),
          {
            kind: 'text',
            name: 'reference',
            label: 'reference text, read by both',
            initial: 'Once upon a time there was a king who had three sons.',
            wide: true,
            check: () => undefined,
          },
        ],
      },
    ],
    parameters: (values, prompt) => {
      const others = othersOf(values, context);
      if (others.length === 0) {
        throw new RangeError(
          'There is no second model to stand beside the chosen one. Choose another one, or other weights of the same.',
        );
      }
      const number = (name: string): unknown => typedNumber(valueText(values, name));
      const parameters = parseModels({
        prompt,
        chain: chainOf(values),
        trials: number('trials'),
        samples: number('samples'),
        maxNewTokens: number('maxNewTokens'),
        seed: number('seed'),
        reference: valueText(values, 'reference'),
      });
      return { ...parameters, others };
    },
    others: othersIn,
    values: (given) => {
      const parameters = given as Partial<Record<string, unknown>>;
      const numbers = ['trials', 'samples', 'maxNewTokens', 'seed'].flatMap((name) =>
        typeof parameters[name] === 'number' ? [[name, String(parameters[name])] as const] : [],
      );
      const [second, third] = othersIn(given);
      return {
        ...Object.fromEntries(numbers),
        ...chainValues(parameters['chain']),
        ...(typeof parameters['reference'] === 'string' && { reference: parameters['reference'] }),
        ...(second !== undefined && { second }),
        ...(third !== undefined && { third }),
      };
    },
    line: (values) => {
      const text = (name: string): string => valueText(values, name);
      const trials = text('trials') === '1' ? '' : `${text('trials')} × `;
      return `${trials}${text('samples')} × ${text('maxNewTokens')} tokens, T ${text('temperature')}, top-k ${text('topK')}, top-p ${text('topP')}, seed ${text('seed')}`;
    },
    read: parsedBy(modelsResultSchema),
    report: modelsReport,
    pictures: (result) => modelsPictures(result),
    view: (shown) => modelsView(looking, rubric, shown),
    card: (kind, place, result) => (kind === 'text' ? modelTokenCard(place, looking, result) : null),
  };
}

function othersIn(parameters: unknown): string[] {
  const { others } = parameters as { readonly others?: unknown };
  return Array.isArray(others) ? others.filter((id): id is string => typeof id === 'string') : [];
}

export function createModels(context: TabContext): Tab {
  return new ExperimentTab(pageOf({ by: signal(0), trial: signal(0) }, new Rubric(), context), context);
}
