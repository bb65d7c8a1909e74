/** Methods: ways to choose tokens, measured beside each other. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../../src/core/visibleText';
import {
  METHOD_CHOICES,
  METHOD_NUMBERS,
  methodNumbers,
  shownName,
  type MethodNumbers,
} from '../../../src/experiments/methods/list';
import { methodsParameters } from '../../../src/experiments/methods/parameters';
import {
  growMethods,
  methodsEventSchema,
  methodsResultSchema,
  type MethodResult,
  type MethodText,
  type MethodSpec,
  type MethodsResult,
} from '../../../src/experiments/methods/result';
import { methodsReport } from '../../../src/experiments/methods/report';
import { costWords, endWords } from '../../../src/experiments/report/ends';
import { t, whole } from '../../../src/l10n/language';
import { clauses } from '../../../src/l10n/numbers';
import { methodsPictures } from './charts';
import { count, information } from '../../format/numbers';
import { typedCount } from '../../format/typedNumber';
import { parsedBy } from '../../frame/record';
import {
  boxOf,
  fieldsOf,
  formOf,
  readOrNull,
  shownParameters,
  typedParameters,
  type OwnControls,
} from '../../form/declared';
import { valueText, type Field, type FormValues } from '../../form/form';
import { legendView } from '../../ui/legend';
import { sampledTextView, sampledTokenCard } from '../../ui/sampledText';
import { ofPresets, presetsField, presetsText, readPresetMethods } from './presetMethods';
import { methodsTerms } from './terms';
import { figuresView, type ExperimentPage, type ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { growing } from '../../frame/live';
import { chatForm, drawnByForm } from '../../frame/served';
import type { Session } from '../../frame/session';
import type { Tab, TabContext } from '../../frame/tab';

/** The one of the methods that looks at hidden states. */
const CONTRASTIVE = 'contrastive';

const isTexts = (values: FormValues): boolean => values['form'] === 'continuations';

const isContrastive = (values: FormValues): boolean => isTexts(values) && values[boxOf(CONTRASTIVE)] === true;

/** The numbers that not every choice has, and when they are asked for. */
const ASKED: ReadonlyMap<string, (values: FormValues) => boolean> = new Map([
  ['beams', isTexts],
  ['candidates', isContrastive],
  ['alpha', isContrastive],
]);

const isAsked = (name: string, values: FormValues): boolean => ASKED.get(name)?.(values) ?? true;

function numbersOf(values: FormValues): MethodNumbers {
  const typed = Object.entries(typedParameters(methodNumbers, values));
  return methodNumbers.parse(Object.fromEntries(typed.filter(([name]) => isAsked(name, values))));
}

/** Why contrastive search cannot be had of the chosen model; null where it can. */
const noStates = ({ server }: Session): string | null =>
  server
    ? t(
        'Contrastive search needs the model’s hidden states, which {0} does not give. Choose a model on this machine.',
        visibleText(server.name),
      )
    : null;

/** The chosen methods; searches only where they have something to compare. */
const chosen = (values: FormValues, session: Session): typeof METHOD_CHOICES =>
  METHOD_CHOICES.filter(
    ({ id, search }) =>
      values[boxOf(id)] === true &&
      (!search || isTexts(values)) &&
      (id !== CONTRASTIVE || noStates(session) === null),
  );

const numberFields = Object.entries(methodNumbers.parameters).flatMap(([name, parameter]) =>
  fieldsOf(name, parameter, { applies: (values) => isAsked(name, values) }),
);

const methodBoxes = (session: Session): readonly Field[] =>
  METHOD_CHOICES.map(({ id, label, explanation, chapter, search }) => ({
    kind: 'check',
    name: boxOf(id),
    label,
    initial: chapter,
    note: (values) => (values[boxOf(id)] === true ? explanation : null),
    ...(search && { applies: isTexts }),
    ...(id === CONTRASTIVE && { instead: () => noStates(session) }),
  }));

/** The methods and the presets that are chosen. */
const compared = (values: FormValues, session: Session): readonly MethodSpec[] => [
  ...chosen(values, session).map(({ spec }) => spec(numbersOf(values))),
  ...readPresetMethods(values['presets']),
];

const pageOf = (
  session: Session,
  { chat, drawnBy }: Readonly<Record<'chat' | 'drawnBy', OwnControls>>,
): ExperimentPage<MethodsResult> => ({
  id: 'methods',
  title: t('Methods'),
  question: t('Which decoding method gives the most varied texts, and which the most coherent?'),
  measures: ['diversity', 'coherence', 'logProbability', 'effectiveVocabulary'],
  promise: t(
    'You will see greedy, stochastic, nucleus and hybrid decoding side by side: their diversity and coherence, how much of the difference may be chance, and the texts themselves.',
  ),
  ...formOf(
    methodsParameters,
    [
      {
        title: t('Compare'),
        fields: [
          'form',
          ...chat.fields,
          'samples',
          'trials',
          { parameter: 'maxNewTokens', applies: isTexts },
          'seed',
          { parameter: 'stop', applies: isTexts },
          ...drawnBy.fields,
        ],
      },
      { title: t('Settings of the methods'), fields: numberFields },
      { title: t('Methods'), fields: [...methodBoxes(session), presetsField(() => session.presets)] },
    ],
    {
      beside: [chat, drawnBy],
      typed: (values) => ({ methods: compared(values, session) }),
      shown: (given) => {
        const methods = readOrNull(() => methodsParameters.parameters.methods.read(given['methods'], {}));
        if (!methods) return {};
        const presets = ofPresets(methods);
        const own = methods.filter((method) => !presets.some(({ name }) => name === method.name));
        return {
          ...boxesOf(own),
          ...shownParameters(methodNumbers, numbersIn(own)),
          presets: presetsText(presets),
        };
      },
      line: (short, values) => {
        const number = (name: keyof MethodNumbers): string => valueText(values, name);
        const what = isTexts(values)
          ? t('texts of {0}', typedCount(short('maxNewTokens'), '{0} token', '{0} tokens'))
          : t({ message: 'tokens', comment: 'as many as said before' });
        // Their numbers may be wrong while they are typed.
        const methods = chosen(values, session).length + readPresetMethods(values['presets']).length;
        const drawn = clauses([
          `${count(methods, '{0} method', '{0} methods')}, ${short('trials')} × ${short('samples')} ${what}`,
          `T ${number('temperature')}, p ${number('p')}, k ${number('k')}`,
          t('seed {0}', short('seed')),
        ]);
        return `${drawn}${isTexts(values) ? short('stop') : ''}`;
      },
    },
  ),
  live: () => growing(methodsEventSchema, growMethods),
  read: parsedBy(methodsResultSchema),
  terms: methodsTerms,
  report: methodsReport,
  pictures: methodsPictures,
  view: (shown) => html`${figuresView(shown, shown.pictures.slice(1))} ${textsView(shown.result)}`,
  card: (kind, [method, text, token], { methods }) => {
    const found = kind === 'text' ? methods[Number(method)]?.texts[Number(text)] : undefined;
    return found ? sampledTokenCard(found, Number(token)) : null;
  },
});

function boxesOf(methods: readonly MethodSpec[]): FormValues {
  const names = methods.map(({ name }) => name);
  return Object.fromEntries(
    METHOD_CHOICES.map(({ id, spec }) => [boxOf(id), names.includes(spec(METHOD_NUMBERS).name)]),
  );
}

/** The numbers that the methods share, as far as they occur in these. */
function numbersIn(methods: readonly MethodSpec[]): Partial<MethodNumbers> {
  const steps = methods.flatMap((method) => (method.kind === 'sampling' ? method.chain : []));
  const beams = methods.find((method) => method.kind === 'beam')?.beams;
  const contrastive = methods.find((method) => method.kind === 'contrastive');
  const temperature = steps.find((step) => step.sampler === 'temperature' && step.temperature > 0);
  const topP = steps.find((step) => step.sampler === 'top-p');
  const topK = steps.find((step) => step.sampler === 'top-k');
  return {
    ...(temperature?.sampler === 'temperature' && { temperature: temperature.temperature }),
    ...(topP?.sampler === 'top-p' && { p: topP.p }),
    ...(topK?.sampler === 'top-k' && { k: topK.k }),
    ...(beams !== undefined && { beams }),
    ...(contrastive && { candidates: contrastive.k, alpha: contrastive.alpha }),
  };
}

/** The texts of the first trial, method by method. */
function textsView({ methods }: ShownParts<MethodsResult>['result']): TemplateResult | typeof nothing {
  if (methods.every(({ texts }) => texts.length === 0)) return nothing;
  return html`<section class="completions" data-testid="method-texts">
    <div class="section-head">
      <h2>${t('Texts of the first trial')}</h2>
      ${legendView()}
    </div>
    ${methods.map((method, index) => methodView(method, index))}
  </section>`;
}

function methodView({ name, texts, deterministic }: MethodResult, method: number): unknown {
  if (texts.length === 0) return nothing;
  const sameAs = texts.map(({ ids }) => ids.join());
  return html`<h3 class="method-name">
      ${visibleText(shownName(name))}
      ${deterministic ? html`<span class="quiet">${t('no sampling')}</span>` : nothing}
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
            <span
              >${ids.length > 0 ? t('{0}/token', information(logProbability / ids.length, 'nats')) : ''}</span
            >
            <span class="quiet">${count(ids.length, '{0} token', '{0} tokens')}</span>
            ${endView(text)}
          </div>
          ${sampledTextView(text, `text:${method}:${index}`, t('{0}, text {1}, tokens', shownName(name), whole(index + 1)))}
        </li>`;
      })}
    </ol>`;
}

/** Why a text ended, where that is not its length, and what its samplers have cost it. */
function endView(text: MethodText): TemplateResult | typeof nothing {
  const { label, about } = endWords(text);
  const isUsual = text.end === 'length' && !text.unfinished;
  const words = [...(isUsual ? [] : [label]), ...costWords(text)];
  if (words.length === 0) return nothing;
  return html`<span class="quiet" data-testid="end" title=${about}>${clauses(words)}</span>`;
}

export function createMethods(context: TabContext): Tab {
  const { session } = context;
  const served = {
    chat: chatForm(session),
    drawnBy: drawnByForm(session, (values) => (isTexts(values) ? session.server : undefined)),
  };
  return new ExperimentTab(pageOf(session, served), context);
}
