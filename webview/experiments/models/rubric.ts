/** A rubric for texts of models, to be filled in before one knows whose they are. */
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import { t, whole } from '../../../src/l10n/language';
import { live } from 'lit/directives/live.js';

const CRITERIA = ['coherence', 'precision', 'relevance', 'nuance'] as const;
type Criterion = (typeof CRITERIA)[number];

const BEST = 5;

/** The criteria as a reader sees them. */
const LABELS: Readonly<Record<Criterion, string>> = {
  coherence: t('coherence'),
  precision: t('precision'),
  relevance: t('relevance'),
  nuance: t('nuance'),
};

/** `nuance 4 of 5` */
const markWords = (criterion: Criterion, mark: number): string =>
  t({ message: '{0} {1} of {2}', comment: 'a mark' }, LABELS[criterion], whole(mark), whole(BEST));

/** What a reader thinks of one column. */
interface Judgement {
  readonly marks: Partial<Record<Criterion, number>>;
  readonly notes: string;
}

export class Rubric {
  readonly #blind = signal(true);
  readonly #order = signal<readonly number[]>([]);
  readonly #judgements = signal<readonly Judgement[]>([]);
  #of: unknown;

  get blind(): boolean {
    return this.#blind.value;
  }

  set blind(blind: boolean) {
    this.#blind.value = blind;
  }

  /** The models in the order of the columns. */
  get order(): readonly number[] {
    return this.#order.value;
  }

  /** Begins anew, with the columns shuffled, where the result is another one. */
  begin(result: unknown, models: number): void {
    if (this.#of === result) return;
    this.#of = result;
    this.blind = true;
    this.#order.value = shuffled(models);
    this.#judgements.value = Array.from({ length: models }, () => ({ marks: {}, notes: '' }));
  }

  judgement(column: number): Judgement {
    return this.#judgements.value[column]!;
  }

  mark(column: number, criterion: Criterion, mark: number | undefined): void {
    const { marks, notes } = this.judgement(column);
    const others = Object.entries(marks).filter(([name]) => name !== criterion);
    const given = mark === undefined ? [] : [[criterion, mark] as const];
    this.#judge(column, { marks: Object.fromEntries([...others, ...given]), notes });
  }

  note(column: number, notes: string): void {
    this.#judge(column, { ...this.judgement(column), notes });
  }

  #judge(column: number, judgement: Judgement): void {
    this.#judgements.value = this.#judgements.value.map((other, i) => (i === column ? judgement : other));
  }

  /** The judgements with the names of the models; empty where nothing was judged. */
  report(names: readonly string[]): string {
    const lines = this.order.flatMap((model, column) => {
      const { marks, notes } = this.judgement(column);
      const given = CRITERIA.flatMap((criterion) => {
        const mark = marks[criterion];
        return mark === undefined ? [] : [markWords(criterion, mark)];
      });
      const said = [given.join(', '), notes.trim()].filter((part) => part !== '').join('. ');
      return said === '' ? [] : [`- ${t('{0}: {1}', names[model]!, said)}`];
    });
    return lines.length === 0
      ? ''
      : `${t('Judged blind, before the models were revealed:')}\n\n${lines.join('\n')}`;
  }
}

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

export function rubricView(rubric: Rubric, column: number, name: string): TemplateResult {
  const { marks, notes } = rubric.judgement(column);
  return html`<fieldset class="rubric" data-testid="rubric">
    <legend>${t('Your rating of {0}, 1 to {1}', name, whole(BEST))}</legend>
    ${CRITERIA.map(
      (criterion) =>
        html`<div class="rubric-row" role="radiogroup" aria-label=${t('{0} of {1}', LABELS[criterion], name)}>
          <span>${LABELS[criterion]}</span>
          ${Array.from({ length: BEST }, (_, i) => i + 1).map(
            (mark) =>
              html`<button
                type="button"
                class="rubric-mark"
                role="radio"
                data-testid="mark-${criterion}-${mark}"
                aria-checked=${marks[criterion] === mark}
                aria-label=${markWords(criterion, mark)}
                @click=${() => {
                  rubric.mark(column, criterion, marks[criterion] === mark ? undefined : mark);
                }}
              >
                ${mark}
              </button>`,
          )}
        </div>`,
    )}
    <vscode-text-field
      class="rubric-notes"
      data-testid="rubric-notes"
      aria-label=${t('Notes on {0}', name)}
      placeholder=${t('Notes')}
      .value=${live(notes)}
      @input=${(event: Event) => {
        rubric.note(column, (event.target as HTMLInputElement).value);
      }}
    ></vscode-text-field>
  </fieldset>`;
}
