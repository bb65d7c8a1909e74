/** Methods: ways to choose tokens, measured beside each other. */
import { html, nothing, type TemplateResult } from 'lit';
import { METHOD_CHOICES, METHOD_NUMBERS, type MethodNumbers } from '../../../src/experiments/methods/list';
import { parseMethods } from '../../../src/experiments/methods';
import {
  growMethods,
  methodsEventSchema,
  methodsResultSchema,
  type MethodResult,
  type MethodSpec,
  type MethodsResult,
} from '../../../src/experiments/methods/result';
import { realNumber, wholeNumber } from '../../../src/experiments/kit/checks';
import { methodsReport } from '../../../src/experiments/methods/report';
import { methodsPictures } from './charts';
import { count, information } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { typedNumber, valueText, type Field, type FormValues } from '../../form/form';
import { seedField } from '../../form/seedField';
import { legendView } from '../../ui/legend';
import { sampledTextView, sampledTokenCard } from '../../ui/sampledText';
import type { ExperimentPage, ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { growing } from '../../frame/live';
import type { Tab, TabContext } from '../../frame/tab';

/** Value names of the checkboxes. */
const boxOf = (id: string): string => `use-${id}`;

const isTexts = (values: FormValues): boolean => values['form'] === 'continuations';

function numbersOf(values: FormValues): MethodNumbers {
  const number = (name: keyof MethodNumbers): number => typedNumber(valueText(values, name)) as number;
  return { temperature: number('temperature'), p: number('p'), k: number('k'), beams: number('beams') };
}

/** The chosen methods; searches only where they have something to compare. */
const chosen = (values: FormValues): typeof METHOD_CHOICES =>
  METHOD_CHOICES.filter(({ id, search }) => values[boxOf(id)] === true && (!search || isTexts(values)));

function numberField(
  name: string,
  label: string,
  initial: number,
  check: (typed: unknown) => unknown,
  more: Partial<Pick<Field, 'term' | 'applies' | 'note'>> = {},
): Field {
  return {
    kind: 'text',
    name,
    label,
    initial: String(initial),
    check: (typed) => check(typedNumber(typed)),
    ...more,
  };
}

const page: ExperimentPage<MethodsResult> = {
  id: 'methods',
  title: 'Methods',
  question: 'Which way of choosing tokens is varied, and which holds together?',
  promise:
    'Here will stand greedy, stochastic, nucleus and hybrid decoding beside each other, with their diversity and coherence, how much of that is chance, and the texts themselves.',
  groups: [
    {
      title: 'Compare',
      fields: [
        {
          kind: 'choice',
          name: 'form',
          label: 'by',
          initial: 'tokens',
          options: [
            { value: 'tokens', label: 'next tokens' },
            { value: 'continuations', label: 'whole texts' },
          ],
        },
        numberField('samples', 'per trial', 10, (typed) =>
          wholeNumber('The number of samples', typed, 1, 10_000),
        ),
        numberField('trials', 'trials', 20, (typed) => wholeNumber('The number of trials', typed, 1, 1000), {
          term: 'trials',
        }),
        numberField(
          'maxNewTokens',
          'max new tokens',
          24,
          (typed) => wholeNumber('Max new tokens', typed, 1, 1_000_000),
          { term: 'maxNewTokens', applies: isTexts },
        ),
        seedField(42),
      ],
    },
    {
      title: 'Numbers of the methods',
      fields: [
        numberField(
          'temperature',
          'temperature',
          METHOD_NUMBERS.temperature,
          (typed) => realNumber('The temperature', typed, { least: 0, most: 1000 }),
          { term: 'temperature' },
        ),
        numberField(
          'p',
          'p of the nucleus',
          METHOD_NUMBERS.p,
          (typed) => realNumber('p', typed, { least: 0, most: 1 }),
          { term: 'topP' },
        ),
        numberField(
          'k',
          'k of top-k',
          METHOD_NUMBERS.k,
          (typed) => wholeNumber('k', typed, 1, Number.MAX_SAFE_INTEGER),
          { term: 'topK' },
        ),
        numberField(
          'beams',
          'beams',
          METHOD_NUMBERS.beams,
          (typed) => wholeNumber('The number of beams', typed, 1, 64),
          { applies: isTexts },
        ),
      ],
    },
    {
      title: 'Methods',
      fields: METHOD_CHOICES.map(({ id, label, explanation, chapter, search }) => ({
        kind: 'check' as const,
        name: boxOf(id),
        label,
        initial: chapter,
        note: (values) => (values[boxOf(id)] === true ? explanation : null),
        ...(search && { applies: isTexts }),
      })),
    },
  ],
  parameters: (values, prompt) =>
    parseMethods({
      prompt,
      methods: chosen(values).map(({ spec }) => spec(numbersOf(values))),
      form: values['form'],
      samples: typedNumber(valueText(values, 'samples')),
      trials: typedNumber(valueText(values, 'trials')),
      maxNewTokens: typedNumber(valueText(values, 'maxNewTokens')),
      seed: typedNumber(valueText(values, 'seed')),
    }),
  values: (given) => {
    const parameters = readable(given);
    if (!parameters) return {};
    const { methods, form, samples, trials, maxNewTokens, seed } = parameters;
    const names = methods.map(({ name }) => name);
    const boxes = METHOD_CHOICES.map(
      ({ id, spec }) => [boxOf(id), names.includes(spec(METHOD_NUMBERS).name)] as const,
    );
    const numbers = { samples, trials, maxNewTokens, seed, ...numbersIn(methods) };
    return {
      form,
      ...Object.fromEntries(boxes),
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
    };
  },
  line: (values) => {
    const text = (name: string): string => valueText(values, name);
    const what = isTexts(values) ? `texts of ${text('maxNewTokens')} tokens` : 'tokens';
    return `${count(chosen(values).length, 'method')}, ${text('trials')} × ${text('samples')} ${what}; T ${text('temperature')}, p ${text('p')}, k ${text('k')}; seed ${text('seed')}`;
  },
  live: () => growing(methodsEventSchema, growMethods),
  read: parsedBy(methodsResultSchema),
  report: methodsReport,
  pictures: methodsPictures,
  view: ({ result, pictures, figure }) =>
    html`<div class="figures">${pictures.map(figure)}</div>
      ${textsView(result)}`,
  card: (kind, [method, text, token], { methods }) => {
    const found = kind === 'text' ? methods[Number(method)]?.texts[Number(text)] : undefined;
    return found ? sampledTokenCard(found, Number(token)) : null;
  },
};

function readable(value: unknown): ReturnType<typeof parseMethods> | null {
  try {
    return parseMethods({ prompt: '', ...(value as object) });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The numbers that the methods share, as far as they occur in these. */
function numbersIn(methods: readonly MethodSpec[]): Partial<MethodNumbers> {
  const steps = methods.flatMap((method) => (method.kind === 'sampling' ? method.chain : []));
  const beams = methods.find((method) => method.kind === 'beam')?.beams;
  const temperature = steps.find((step) => step.sampler === 'temperature' && step.temperature > 0);
  const topP = steps.find((step) => step.sampler === 'top-p');
  const topK = steps.find((step) => step.sampler === 'top-k');
  return {
    ...(temperature?.sampler === 'temperature' && { temperature: temperature.temperature }),
    ...(topP?.sampler === 'top-p' && { p: topP.p }),
    ...(topK?.sampler === 'top-k' && { k: topK.k }),
    ...(beams !== undefined && { beams }),
  };
}

/** The texts of the first trial, method by method. */
function textsView({ methods }: ShownParts<MethodsResult>['result']): TemplateResult | typeof nothing {
  if (methods.every(({ texts }) => texts.length === 0)) return nothing;
  return html`<section class="completions" data-testid="method-texts">
    <div class="section-head">
      <h2>Texts of the first trial</h2>
      ${legendView()}
    </div>
    ${methods.map((method, index) => methodView(method, index))}
  </section>`;
}

function methodView({ name, texts, deterministic }: MethodResult, method: number): unknown {
  if (texts.length === 0) return nothing;
  const sameAs = texts.map(({ ids }) => ids.join());
  return html`<h3 class="method-name">
      ${name} ${deterministic ? html`<span class="quiet">nothing drawn</span>` : nothing}
    </h3>
    <ol>
      ${texts.map((text, index) => {
        // A text that came several times is shown once, with all its numbers.
        const numbers = sameAs.flatMap((key, i) => (key === sameAs[index] ? [i] : []));
        if (numbers[0] !== index) return nothing;
        const { ids, logProbability } = text;
        return html`<li class="completion" data-testid="method-text">
          <div class="completion-head">
            <span class="sample">${numbers.map((i) => i + 1).join(', ')}</span>
            <span>${ids.length > 0 ? `${information(logProbability / ids.length, 'nats')}/tok` : ''}</span>
            <span class="quiet">${count(ids.length, 'token')}</span>
          </div>
          ${sampledTextView(text, `text:${method}:${index}`, `${name}, text ${index + 1}, tokens`)}
        </li>`;
      })}
    </ol>`;
}

export function createMethods(context: TabContext): Tab {
  return new ExperimentTab(page, context);
}
