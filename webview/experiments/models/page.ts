/** Models: two or three models side by side, on the same prompt with the same random numbers. */
import { signal } from '@preact/signals-core';
import { chainOf, modelSamplers, modelsParameters } from '../../../src/experiments/models/parameters';
import { modelsResultSchema, type ModelsResult } from '../../../src/experiments/models/result';
import { modelsReport } from '../../../src/experiments/models/report';
import { modelsPictures } from './charts';
import { RefusedError } from '../../../src/experiments/kit/offers';
import type { ModelChoice } from '../../../src/protocol/messages';
import { t } from '../../../src/l10n/language';
import { count } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { fieldsOf, formOf, shownParameters, typedParameters, type Given } from '../../form/declared';
import { typedCount } from '../../format/typedNumber';
import { valueText, type ChoiceField, type FormValues } from '../../form/form';
import { modelTokenCard, modelsView, type Looking } from './columns';
import { Rubric } from './rubric';
import { modelsTerms } from './terms';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { chatForm, drawnByForm, scoringNote } from '../../frame/served';
import { sentWords, servedName, type KnownServer } from '../../frame/serverView';
import type { Session } from '../../frame/session';
import type { Tab, TabContext } from '../../frame/tab';

/** A choice among the models there are, which are not known yet when the tab is made. */
function modelField(context: TabContext, name: string, label: string, none: string): ChoiceField {
  return {
    kind: 'choice',
    name,
    label,
    initial: '',
    get options() {
      const models = context.session.models.filter(({ kind }) => kind !== 'toy');
      return [
        { value: '', label: none },
        ...models.map(({ id, name: called, server }) => ({ value: id, label: servedName(called, server) })),
      ];
    },
    note: (values) => {
      const server = context.session.serverOf(valueText(values, name));
      return server ? sentWords(server) : null;
    },
  };
}

const baseOf = ({ id, variant }: ModelChoice): string => variant?.of ?? id;

/**
 * The model that stands beside another unless a user chooses: another one, or else the same with other weights. Never
 * one on a server, where nobody has sent the text.
 */
function besides(id: string, { models }: Session): ModelChoice | undefined {
  const others = models.filter((choice) => choice.kind === 'gpt2' && choice.id !== id);
  const own = models.find((choice) => choice.id === id);
  return others.find((choice) => !own || baseOf(choice) !== baseOf(own)) ?? others[0];
}

/** The toy's words are not GPT-2's tokens: nothing of the two can be compared. @throws RefusedError */
function refuseToy({ session }: TabContext): never {
  const words = session.toyDraft.length;
  const first = session.models.find(({ kind }) => kind === 'gpt2');
  const second = first && besides(first.id, session);
  throw new RefusedError(
    t(
      'The toy vocabulary has {0} and GPT-2 has tens of thousands of tokens, so their probabilities cannot be compared. Compare two GPT-2 models.',
      count(words, '{0} word', '{0} words'),
    ),
    first && second
      ? [
          {
            label: t('Compare {0} with {1}', first.name, second.name),
            model: first.id,
            parameters: { others: [second.id] },
          },
        ]
      : [],
  );
}

/** Ids of the models beside the chosen one. */
function othersOf(values: FormValues, { session }: TabContext): string[] {
  const automatic = besides(session.model, session)?.id ?? '';
  const second = valueText(values, 'second') === '' ? automatic : valueText(values, 'second');
  const third = valueText(values, 'third');
  return [...new Set([second, third])].filter((id) => id !== '' && id !== session.model);
}

/** The servers that the compared models run on. */
function serversOf(values: FormValues, context: TabContext): KnownServer[] {
  const { session } = context;
  return [session.model, ...othersOf(values, context)].flatMap((id) => session.serverOf(id) ?? []);
}

/** What it costs to have the models read each other's texts, where one of them is asked for every token. */
function costOf(values: FormValues, context: TabContext): string | null {
  const notes = serversOf(values, context).flatMap((server) => scoringNote(server) ?? []);
  return notes.length === 0 ? null : notes.join(' ');
}

/** What the form shows for a chain, as far as it has the samplers that can be set. */
function chainValues(chain: unknown): FormValues {
  if (!Array.isArray(chain)) return {};
  const steps = chain as readonly Given[];
  const value = (sampler: string, name: string): unknown =>
    steps.find((step) => step['sampler'] === sampler)?.[name];
  return shownParameters(modelSamplers, {
    temperature: value('temperature', 'temperature'),
    topK: value('top-k', 'k') ?? null,
    topP: value('top-p', 'p'),
  });
}

function pageOf(looking: Looking, rubric: Rubric, context: TabContext): ExperimentPage<ModelsResult> {
  const samplers = Object.entries(modelSamplers.parameters);
  const chat = chatForm(context.session);
  const drawnBy = drawnByForm(context.session, (values) => serversOf(values, context)[0]);
  const form = formOf(
    modelsParameters,
    [
      {
        title: t('Compare with'),
        fields: [
          modelField(context, 'second', t({ message: 'second', comment: 'model' }), t('the next model')),
          modelField(
            context,
            'third',
            t({ message: 'third', comment: 'model' }),
            t({ message: 'none', comment: 'model' }),
          ),
        ],
      },
      {
        title: t('Texts'),
        fields: [
          ...chat.fields,
          ...samplers.flatMap(([name, parameter]) => fieldsOf(name, parameter)),
          'trials',
          'samples',
          'maxNewTokens',
          'stop',
          'seed',
          ...drawnBy.fields,
          { parameter: 'reference', note: (values) => costOf(values, context) },
        ],
      },
    ],
    {
      beside: [chat, drawnBy],
      typed: (values) => ({ chain: chainOf(modelSamplers.parse(typedParameters(modelSamplers, values))) }),
      shown: (given) => {
        const [second, third] = othersIn(given);
        return {
          ...chainValues(given['chain']),
          ...(second !== undefined && { second }),
          ...(third !== undefined && { third }),
        };
      },
      line: (short, values) => {
        const sampler = (name: keyof typeof modelSamplers.parameters): string => valueText(values, name);
        const trials = short('trials') === '1' ? '' : `${short('trials')} × `;
        const tokens = typedCount(short('maxNewTokens'), '{0} token', '{0} tokens');
        const seeded = t('seed {0}', short('seed'));
        return `${trials}${short('samples')} × ${tokens}, T ${sampler('temperature')}, top-k ${sampler('topK')}, top-p ${sampler('topP')}, ${seeded}${short('stop')}`;
      },
    },
  );
  return {
    id: 'models',
    title: t('Models'),
    needsText: true,
    question: t('How do two models differ on the same text?'),
    measures: ['perplexity', 'jensenShannon', 'kl', 'diversity', 'coherence'],
    promise: t(
      'You will see the texts of both models in columns, how likely each finds the other’s, where their next tokens differ, and how fast they are. You can judge the texts before you know which model wrote them.',
    ),
    ...form,
    parameters: (values, prompt) => {
      if (context.session.isToy) refuseToy(context);
      const others = othersOf(values, context);
      if (others.length === 0) {
        throw new RangeError(
          t(
            'There is no second model to compare with. Choose another model, or other weights of the same one.',
          ),
        );
      }
      return { ...form.parameters(values, prompt), others };
    },
    others: othersIn,
    read: parsedBy(modelsResultSchema),
    terms: modelsTerms,
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
