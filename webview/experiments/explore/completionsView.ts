import { html, nothing, type TemplateResult } from 'lit';
import { t, whole } from '../../../src/l10n/language';
import { count, full, information, type LogUnit } from '../../format/numbers';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { Completion } from '../../../src/experiments/kit/decodingLoop';
import { endWords } from '../../../src/experiments/report/ends';
import { shapeWords, turnsWords } from './costs';
import type { ExploreRun, RunningCompletion } from './run';
import { tokensView } from './completionTokens';
import type { Feedback, TextAction } from './completionActions';
import { infoButton } from '../../ui/info';
import { legendView } from '../../ui/legend';
import { properties } from '../../ui/properties';
import { keepStop, rove } from '../../ui/roving';

export interface CompletionsProps {
  readonly run: ExploreRun;
  readonly vocabulary: Vocabulary;
  readonly unit: LogUnit;
  /** Why an action cannot be used now; undefined where it can. */
  readonly blocked: Readonly<Partial<Record<TextAction, string>>>;
  /** What was done last with one of the completions. */
  readonly feedback: Feedback | null;
  /** Marks them where the settings, the prompt or the model have changed since they were drawn. */
  readonly mark: TemplateResult | typeof nothing;
  /** They are another prompt's or model's than those of now. */
  readonly other: boolean;
  /** Who drew them, where that could have been a server. */
  readonly drawn: TemplateResult | typeof nothing;
  /** Lines kept free for every completion while they grow. */
  readonly reserved: number;
  readonly onUnit: (unit: LogUnit) => void;
  readonly onInserted: (feedback: Feedback, act: 'undo' | 'show') => void;
  readonly onAction: (sample: number, action: TextAction) => void;
  /** Shows a completion's token in the tree of continuations; null where that is not possible. */
  readonly onBranch: ((sample: number, index: number) => void) | null;
  /** Explore from the end of a completion. */
  readonly onContinue: (sample: number) => void;
}

/** The sampled continuations, each token tinted by its probability. */
export function completionsView(props: CompletionsProps): TemplateResult {
  const { run, mark, other, drawn } = props;
  const { samples } = run.order.parameters;
  return html`<section
    class="completions"
    data-testid="completions"
    ?data-other=${other}
    aria-labelledby="completions-title"
  >
    <div class="section-head">
      <h2 id="completions-title">${t('Completions')}</h2>
      ${unitView(props)} ${legendView()}
    </div>
    ${mark} ${samples === 0 ? nothing : drawn}
    ${
      samples === 0
        ? html`<p class="quiet">${t('Samples is 0. Set it to 1 or more to see completions.')}</p>`
        : html`<ol @keydown=${roveAcross}>
            ${run.completions.map((completion, sample) => completionView(props, completion, sample))}
          </ol>`
    }
  </section>`;
}

function unitView({ unit, onUnit }: CompletionsProps): TemplateResult {
  return html`<span class="units" role="group" aria-label=${t('Unit of log-probabilities')}>
    ${(['nats', 'bits'] as const).map(
      (name) =>
        html`<button
          type="button"
          class="link"
          data-testid="unit-${name}"
          aria-pressed=${unit === name}
          @click=${() => {
            onUnit(name);
          }}
        >
          ${name}
        </button>`,
    )}
  </span>`;
}

const ACTIONS: readonly { action: TextAction; label: string; hook: string; title: string }[] = [
  {
    action: 'after',
    label: t('Insert'),
    hook: 'insert-after',
    title: t('Insert after the prompt in the document'),
  },
  {
    action: 'replace',
    label: t('Replace'),
    hook: 'replace',
    title: t('Replace the selection in the document'),
  },
  { action: 'copy', label: t('Copy'), hook: 'copy', title: t('Copy the completion') },
];

/** "Inserted · Undo · Show". */
function feedbackView({ onInserted }: CompletionsProps, feedback: Feedback): TemplateResult {
  const { sentence, sample, insertion } = feedback;
  if (insertion === null) return html`${sentence}`;
  const number = whole(sample + 1);
  return html`${sentence}${(
    [
      [
        'undo',
        t('Undo'),
        t('Remove it from the document'),
        t('Undo: remove it from the document, completion {0}', number),
      ],
      [
        'show',
        t('Show'),
        t('Show it in the document'),
        t('Show: show it in the document, completion {0}', number),
      ],
    ] as const
  ).map(
    ([act, label, title, spoken]) =>
      html` ·
        <button
          type="button"
          class="link"
          data-testid="${act}-inserted"
          aria-label=${spoken}
          title=${title}
          @click=${() => {
            onInserted(feedback, act);
          }}
        >
          ${label}
        </button>`,
  )}`;
}

function completionView(
  props: CompletionsProps,
  completion: RunningCompletion,
  sample: number,
): TemplateResult {
  const { run, unit, blocked, feedback, reserved, onAction, onBranch, onContinue } = props;
  const mean = run.meanLogProbability(sample);
  const number = whole(sample + 1);
  const name = t('completion {0}', number);
  return html`<li class="completion" data-testid="completion" aria-label=${name}>
    <div class="completion-head">
      <span class="sample">${sample + 1}</span>
      <span
        title=${mean === null ? '' : t('{0} nats per token, perplexity {1}', full(mean), full(Math.exp(-mean)))}
        >${mean === null ? '' : t('{0}/token', information(mean, unit))}</span
      >${sample === 0 ? infoButton('logProbability') : nothing}
      <span class="quiet">${count(completion.steps.length, '{0} token', '{0} tokens')}</span>
      ${endView(completion, run.finished?.completions[sample])} ${costView(completion, unit)}
      <span class="feedback quiet">${feedback?.sample === sample ? feedbackView(props, feedback) : ''}</span>
      <span class="completion-actions">
        ${ACTIONS.map(
          ({ action, label, hook, title }) =>
            html`<vscode-button
              appearance="icon"
              data-testid=${hook}
              aria-label=${t('{0} completion {1}', label, number)}
              title=${blocked[action] ?? title}
              ?disabled=${blocked[action] !== undefined || completion.end === null}
              @click=${() => {
                onAction(sample, action);
              }}
              >${label}</vscode-button
            >`,
        )}
        <vscode-button
          appearance="icon"
          data-testid="continue"
          aria-label=${t('{0} completion {1}', t('Continue'), number)}
          title=${t('Explore from the end of this completion')}
          ?disabled=${completion.end === null}
          @click=${() => {
            onContinue(sample);
          }}
          >${t('Continue')}</vscode-button
        >
        <vscode-button
          appearance="icon"
          data-testid="branch"
          aria-label=${t('{0} completion {1}', t('Branch'), number)}
          title=${t('Open it in Branches and try other paths (Enter on a token starts there)')}
          ?disabled=${completion.end === null || onBranch === null || completion.steps.length === 0}
          @click=${() => {
            onBranch?.(sample, 0);
          }}
          >${t('Branch')}</vscode-button
        >
      </span>
    </div>
    <div
      class="completion-text"
      role="group"
      aria-label=${t('completion {0}, tokens', number)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) branchHere(event, onBranch);
        else rove(event, 'horizontal');
      }}
      @focusin=${keepStop}
      ${properties({ '--reserved': String(reserved) })}
    >
      ${tokensView(run, props.vocabulary, completion, sample)}
    </div>
  </li>`;
}

/** Why a completion ended, where that is not its length. */
function endView(
  { end, stop }: RunningCompletion,
  whole: Completion | undefined,
): TemplateResult | typeof nothing {
  const { unfinished = false } = whole ?? {};
  if (end === null || (end === 'length' && !unfinished)) return nothing;
  const { label, about } = endWords({ end, stop, unfinished });
  return html`<span class="quiet" data-testid="end" title=${about}>${label}</span>`;
}

/** What being held to a shape, and going back, has cost a completion. */
function costView({ steps, turns }: RunningCompletion, unit: LogUnit): TemplateResult | typeof nothing {
  const shape = shapeWords(steps, unit);
  const back = turnsWords(turns, unit);
  if (!shape && !back) return nothing;
  return html`${[shape, back].map((words) =>
    words
      ? html`<span class="quiet" data-testid=${words.id} title=${words.about}>${words.label}</span>`
      : nothing,
  )}`;
}

function branchHere(event: KeyboardEvent, onBranch: CompletionsProps['onBranch']): void {
  const card = event.target instanceof HTMLElement ? event.target.dataset['card'] : undefined;
  const [kind, sample, index] = card?.split(':') ?? [];
  if (kind === 'step') onBranch?.(Number(sample), Number(index));
}

/** Up and down move to the same token of the neighbouring completion. */
function roveAcross(event: KeyboardEvent): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  const text = (event.target as Element).closest('.completion-text');
  const item = text?.closest('li');
  const next = event.key === 'ArrowUp' ? item?.previousElementSibling : item?.nextElementSibling;
  const tokens = next?.querySelectorAll<HTMLElement>('[data-rove]');
  if (!text || !tokens || tokens.length === 0) return;
  const index = [...text.querySelectorAll('[data-rove]')].indexOf(event.target as Element);
  event.preventDefault();
  tokens[Math.min(Math.max(0, index), tokens.length - 1)]?.focus();
}
