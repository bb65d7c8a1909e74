/** Training: continue pretraining a model on a text, from its weights or from a checkpoint. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import {
  trainingEventSchema,
  trainingResultSchema,
  type TrainingResult,
} from '../../../src/experiments/training/result';
import { trainingReport } from '../../../src/experiments/training/report';
import { lossPictures } from './charts';
import { visibleText } from '../../../src/core/visibleText';
import { thousands } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { WholeText } from '../../form/wholeText';
import { trainingTerms } from './terms';
import { trainingForm } from './form';
import { TrainingLive, trainingLiveView } from './liveView';
import { figuresView, type ExperimentPage, type ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { checked } from '../../frame/live';
import type { Tab, TabContext } from '../../frame/tab';

function actionOf(parameters: unknown): unknown {
  return (parameters as { readonly action?: unknown }).action;
}

/** What to ask before a training takes the place of another; null where there is none. */
function replaced({ session }: TabContext): string | null {
  const choice = session.models.find(({ id }) => id === session.model);
  return choice?.checkpoint === undefined
    ? null
    : t(
        'Training of {0} has reached step {1} and can be continued. Starting over deletes its checkpoints once a new one is saved; models already trained are kept.',
        choice.name,
        thousands(choice.checkpoint),
      );
}

function pageOf(text: WholeText, context: TabContext): ExperimentPage<TrainingResult> {
  return {
    id: 'training',
    title: t('Training'),
    needsText: true,
    question: t('How is pretraining continued?'),
    terms: trainingTerms,
    measures: ['loss', 'gradientNorm'],
    promise: t(
      'You will see the losses while the model learns your text, and what it writes after each epoch. Weights and optimizer state are saved, so training can continue later exactly where it stopped. The model itself does not change: the trained one is added to the list.',
    ),
    ...trainingForm(text),
    unavailable: () => {
      const { server } = context.session;
      return server
        ? t(
            'Training needs the model’s files; this model runs on {0}. Choose a model on this machine.',
            visibleText(server.name),
          )
        : null;
    },
    prepare: (values) => text.read(values, context.host),
    confirm: (parameters) => (actionOf(parameters) === 'start' ? replaced(context) : null),
    noReplay: (parameters) =>
      actionOf(parameters) === 'verify'
        ? null
        : t(
            'Training is not replayed, because that would overwrite its checkpoints. Press Run to train with these settings.',
          ),
    opened: (parameters) => {
      text.giveFrom(parameters);
    },
    // A checkpoint is written first.
    keepsOnStop: true,
    live: () => {
      const live = new TrainingLive();
      return {
        take: checked(trainingEventSchema, (event) => {
          live.take(event);
        }),
        view: (tell) => trainingLiveView(live, tell),
      };
    },
    read: parsedBy(trainingResultSchema),
    report: trainingReport,
    pictures: ({ history, continuity }) => (continuity ? [] : lossPictures(history)),
    view: (shown) => view(shown),
  };
}

function view(shown: ShownParts<TrainingResult>): TemplateResult {
  const { samples } = shown.result.history;
  return html`
    ${figuresView(shown, shown.pictures.slice(1))}
    ${
      samples.length === 0
        ? nothing
        : html`<section data-testid="training-samples">
            <h2>${t('What it writes')}</h2>
            ${samples.map(
              ({ epoch, text }) =>
                html`<p>
                  <span class="quiet">${t('after epoch {0}', thousands(epoch))}</span>
                  <span class="passage-plain">${visibleText(text)}</span>
                </p>`,
            )}
          </section>`
    }
  `;
}

export function createTraining(context: TabContext): Tab {
  const text = new WholeText();
  return new ExperimentTab(pageOf(text, context), context);
}
