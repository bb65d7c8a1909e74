/** Course: six questions, each opened with the chapter's settings, and room for the reader's own answer. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import * as v from 'valibot';
import { COURSE, courseReport, type CourseAction, type CourseStep } from './steps';
import { RequestError } from '../host';
import { TOY } from '../frame/session';
import { failureView } from '../frame/statusView';
import { afterDraw } from '../ui/afterDraw';
import { stripView } from './strip';
import type { OpenRequest, Tab, TabContext } from '../frame/tab';
import { TabWithoutRun } from '../frame/tabWithoutRun';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

/** Longest conclusion, in UTF-16 units. */
const LONGEST = 20_000;

const memorySchema = v.object({
  conclusions: v.record(v.string(), v.pipe(v.string(), v.maxLength(LONGEST))),
  opened: v.array(v.string()),
  /** Id of the step whose strip stands over its experiments. */
  following: v.optional(v.nullable(v.string()), null),
});

/** What a course begins with where there is no prompt. */
const PROMPT = 'Once upon a time there was a king who';

class Course extends TabWithoutRun {
  readonly id = 'course';
  readonly title = t('Course');
  readonly #context: TabContext;
  readonly #conclusions = signal<Readonly<Record<string, string>>>({});
  readonly #opened = signal<ReadonlySet<string>>(new Set());
  readonly #following = signal<string | null>(null);
  /** The model that the toy took the place of. */
  #beforeToy: string | null = null;
  readonly #failure = signal<RequestError['failure'] | null>(null);

  constructor(context: TabContext) {
    super();
    this.#context = context;
  }

  body(): TemplateResult {
    const answered = COURSE.filter(({ id }) => (this.#conclusions.value[id] ?? '').trim() !== '').length;
    return html`<div class="course" data-testid="course">
      <div class="section-head">
        <h2>${t('Six questions about decoding')}</h2>
        <span class="quiet">${filled(t('{0} of {1} answered'), answered, COURSE.length)}</span>
        <button type="button" class="link" data-testid="course-export" @click=${() => void this.#export()}>
          ${t('Export answers')}
        </button>
      </div>
      <ol class="course-steps">
        ${COURSE.map((step) => this.#stepView(step))}
      </ol>
    </div>`;
  }

  #stepView(step: CourseStep): TemplateResult {
    const { id, title, question, look } = step;
    const actions = step.actions.filter(({ tab }) => this.#context.hasTab(tab));
    return html`<li data-testid="course-step">
      <h3>
        ${title}
        ${this.#opened.value.has(id) ? html`<span class="badge" data-testid="course-opened">${t('opened')}</span>` : nothing}
      </h3>
      <p>${question}</p>
      <ul class="quiet">
        ${look.map((what) => html`<li>${what}</li>`)}
      </ul>
      <div class="course-actions">
        ${actions.map(
          (action, i) =>
            html`<vscode-button
              appearance=${i === 0 ? 'primary' : 'secondary'}
              data-testid="course-open"
              @click=${() => {
                this.#openAction(id, action);
              }}
              >${action.label}</vscode-button
            >`,
        )}
      </div>
      <vscode-text-area
        data-testid="course-conclusion"
        data-answer=${id}
        aria-label=${t('Your answer: {0}', title)}
        rows="2"
        resize="vertical"
        maxlength=${LONGEST}
        placeholder=${t('Your answer')}
        .value=${live(this.#conclusions.value[id] ?? '')}
        @input=${(event: Event) => {
          const { value } = event.target as HTMLTextAreaElement;
          this.#conclusions.value = { ...this.#conclusions.value, [id]: value };
        }}
      ></vscode-text-area>
    </li>`;
  }

  #openAction(step: string, { tab, toy, parameters }: CourseAction): void {
    this.#opened.value = new Set([...this.#opened.value, step]);
    this.#following.value = step;
    const { session, openTab } = this.#context;
    this.#chooseModel(toy);
    if ((session.source?.text ?? '').trim() === '') session.typePrompt(PROMPT);
    openTab(tab, parameters, true);
  }

  /** The chapter's toy; or else a GPT-2, and after the toy the one that was chosen before it. */
  #chooseModel(toy: boolean): void {
    const { session, chooseModel } = this.#context;
    if (toy) {
      if (!session.isToy) this.#beforeToy = session.model;
      chooseModel(TOY, true);
    } else if (session.isToy) {
      const models = session.models.filter(({ kind }) => kind !== 'toy');
      const model = models.find(({ id }) => id === this.#beforeToy) ?? models[0];
      if (model) chooseModel(model.id, true);
    }
  }

  strip(active: Tab): TemplateResult | typeof nothing {
    const place = COURSE.findIndex(({ id }) => id === this.#following.value);
    const step = COURSE[place];
    if (!step?.actions.some(({ tab }) => tab === active.id)) return nothing;
    const next = COURSE[place + 1];
    return stripView({
      step,
      place: place + 1,
      of: COURSE.length,
      onAction: (action) => {
        this.#openAction(step.id, action);
      },
      onBack: () => {
        this.#back(step.id);
      },
      onNext:
        next &&
        (() => {
          this.#openStep(next);
        }),
      onClose: () => {
        this.#following.value = null;
      },
    });
  }

  /** Goes back to a step's answer. */
  #back(step: string): void {
    this.#context.openTab(this.id, undefined, false);
    afterDraw(() => {
      const answer = document.querySelector<HTMLElement>(`[data-answer="${step}"]`);
      answer?.closest('li')?.scrollIntoView({ block: 'start' });
      answer?.focus({ preventScroll: true });
    });
  }

  #openStep(step: CourseStep): void {
    const action = step.actions.find(({ tab }) => this.#context.hasTab(tab));
    if (action) this.#openAction(step.id, action);
  }

  async #export(): Promise<void> {
    try {
      await this.#context.host.export('course.md', courseReport(this.#conclusions.value));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.failure.code !== 'stopped') this.#failure.value = error.failure;
    }
  }

  message(): TemplateResult | typeof nothing {
    const failure = this.#failure.value;
    if (!failure) return nothing;
    const onDismiss = (): void => {
      this.#failure.value = null;
    };
    return failureView({ failure, below: 'nothing', onDismiss });
  }

  failed(error: unknown): void {
    if (error instanceof RequestError) this.#failure.value = error.failure;
  }

  /** Opened with a step's id, it goes to that step's first experiment. */
  open({ parameters }: OpenRequest): void {
    const step = COURSE.find(({ id }) => id === parameters);
    if (step) this.#openStep(step);
  }

  save(): () => unknown {
    const [conclusions, opened] = [this.#conclusions.value, this.#opened.value];
    const following = this.#following.value;
    return () => ({ conclusions, opened: [...opened], following });
  }

  restore(saved: unknown): void {
    const memory = v.safeParse(memorySchema, saved);
    if (!memory.success) return;
    this.#conclusions.value = memory.output.conclusions;
    this.#opened.value = new Set(memory.output.opened);
    this.#following.value = memory.output.following;
  }
}

export function createCourse(context: TabContext): Tab {
  return new Course(context);
}
