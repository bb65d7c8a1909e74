/** The texts of compared models in columns, tinted by any of them, and judged before they are named. */
import type { Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedText, ModelsResult } from '../../../src/experiments/models/result';
import { heldSentence } from '../../../src/experiments/models/report';
import { visibleText } from '../../../src/core/visibleText';
import { t, whole } from '../../../src/l10n/language';
import { count, information } from '../../format/numbers';
import { figuresView, type ShownParts } from '../../frame/experimentPage';
import { legendView } from '../../ui/legend';
import { rubricView, type Rubric } from './rubric';
import { sampledTextView, sampledTokenCard, type SampledText } from '../../ui/sampledText';

/** What is looked at, apart from the settings of the run. */
export interface Looking {
  /** The model by whose probabilities texts are tinted. */
  readonly by: Signal<number>;
  /** The trial whose texts stand in the columns. */
  readonly trial: Signal<number>;
}

/** The greedy text of a model, and after it those of a trial. */
function textsOf(model: ModelsResult['models'][number] | undefined, trial: number): ComparedText[] {
  return model ? [model.greedy, ...(model.trials[trial]?.texts ?? [])] : [];
}

/** A text with the probabilities that one model gives its tokens. */
function seenBy({ ids, tokens, probabilities }: ComparedText, model: number): SampledText {
  return { ids, tokens, raw: probabilities[model] ?? [] };
}

/** What stands between the answer and the tables: how the models were held, the pictures, and the texts. */
export function modelsView(
  looking: Looking,
  rubric: Rubric,
  shown: ShownParts<ModelsResult>,
): TemplateResult {
  const { result, conclude } = shown;
  const { models } = result;
  if (models.length === 0) return html`${nothing}`;
  rubric.begin(result, models.length);
  if (looking.by.value >= models.length) looking.by.value = 0;
  const { trials } = models[0]!;
  if (looking.trial.value >= trials.length) looking.trial.value = 0;
  // Where they had to take turns, the answer says so.
  const held = result.memoryUse?.turns ? null : heldSentence(result);
  return html`
    ${held === null ? nothing : html`<p class="quiet" data-testid="models-held">${held}</p>`}
    ${figuresView(shown, shown.pictures.slice(1))}
    <section class="completions" data-testid="models-texts" aria-label=${t('Texts of the models')}>
      <div class="section-head">
        <h2>${t('Texts')}</h2>
        ${
          rubric.blind
            ? html`<span class="quiet"
                >${t('The columns are shuffled. Judge the texts, then reveal the models.')}</span
              >`
            : choiceView(
                t('tinted by'),
                t('Tinted by the probabilities of'),
                'tint-by',
                models.map(({ name }) => name),
                looking.by.value,
                (index) => {
                  looking.by.value = index;
                },
              )
        }
        ${
          trials.length === 1
            ? nothing
            : choiceView(
                t('trial'),
                t('Trial shown'),
                'trial',
                trials.map((_, trial) => whole(trial + 1)),
                looking.trial.value,
                (trial) => {
                  looking.trial.value = trial;
                },
              )
        }
        <button
          type="button"
          class="link"
          data-testid="reveal"
          @click=${() => {
            if (rubric.blind) {
              const said = rubric.report(models.map(({ name }) => name));
              if (said !== '') conclude(said);
            }
            rubric.blind = !rubric.blind;
          }}
        >
          ${rubric.blind ? t('Reveal') : t('Shuffle again')}
        </button>
        ${rubric.blind ? nothing : legendView()}
      </div>
      <div class="side-by-side">
        ${rubric.order.map((model, column) => columnView(result, looking, rubric, model, column))}
      </div>
    </section>
  `;
}

/** @param place model, trial, text (0 for the greedy one) and token, as the cards refer to them */
export function modelTokenCard(
  [model, trial, text, token]: readonly string[],
  { by }: Looking,
  { models }: ModelsResult,
): TemplateResult | null {
  const found = textsOf(models[Number(model)], Number(trial))[Number(text)];
  return found ? sampledTokenCard(seenBy(found, by.value), Number(token)) : null;
}

/** Buttons of which one is pressed, after the words that say what they choose. */
function choiceView(
  words: string,
  label: string,
  id: string,
  names: readonly string[],
  chosen: number,
  choose: (index: number) => void,
): TemplateResult {
  return html`<span class="units" role="group" aria-label=${label}>
    ${words}
    ${names.map(
      (name, index) =>
        html`<button
          type="button"
          class="link"
          data-testid=${id}
          aria-pressed=${chosen === index}
          @click=${() => {
            choose(index);
          }}
        >
          ${name}
        </button>`,
    )}
  </span>`;
}

function columnView(
  { models }: ModelsResult,
  looking: Looking,
  rubric: Rubric,
  model: number,
  column: number,
): TemplateResult {
  const letter = String.fromCharCode(65 + column);
  const name = rubric.blind ? t('Model {0}', letter) : models[model]!.name;
  return html`<section class="model-column" data-testid="model-column" aria-label=${name}>
    <h3 class="method-name">${name}</h3>
    <ol>
      ${textsOf(models[model], looking.trial.value).map((text, index) => {
        const seen = seenBy(text, looking.by.value);
        const sum = seen.raw.reduce((total, p) => total + Math.log(p), 0);
        return html`<li class="completion" data-testid="model-text">
          <div class="completion-head">
            <span class="sample">${index === 0 ? t({ message: 'greedy', comment: 'text' }) : index}</span>
            ${rubric.blind ? nothing : html`<span>${t('{0}/token', information(sum / seen.raw.length, 'nats'))}</span>`}
            <span class="quiet">${count(text.ids.length, '{0} token', '{0} tokens')}</span>
          </div>
          ${
            rubric.blind
              ? html`<div class="completion-text">${visibleText(text.text)}</div>`
              : sampledTextView(
                  seen,
                  `text:${model}:${looking.trial.value}:${index}`,
                  t('{0}, text {1}, tokens', name, whole(index)),
                )
          }
        </li>`;
      })}
    </ol>
    ${rubricView(rubric, column, name)}
  </section>`;
}
