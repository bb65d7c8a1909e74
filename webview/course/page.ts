/** Course: six questions, each opened with the chapter's settings, and room for the reader's own answer. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import * as v from 'valibot';
import { COURSE, courseReport, type CourseAction, type CourseStep } from './steps';
import { RequestError } from '../host';
import { TOY } from '../frame/session';
import { failureView } from '../frame/statusView';
import type { OpenRequest, Tab, TabContext } from '../frame/tab';

/** Longest conclusion, in UTF-16 units. */
const LONGEST = 20_000;

const memorySchema = v.object({
  conclusions: v.record(v.string(), v.pipe(v.string(), v.maxLength(LONGEST))),
  opened: v.array(v.string()),
});

class Course implements Tab {
  readonly id = 'course';
  readonly title = 'Course';
  readonly #context: TabContext;
  readonly #conclusions = signal<Readonly<Record<string, string>>>({});
  readonly #opened = signal<ReadonlySet<string>>(new Set());
  readonly #failure = signal<RequestError['failure'] | null>(null);

  constructor(context: TabContext) {
    this.#context = context;
  }

  body(): TemplateResult {
    const answered = COURSE.filter(({ id }) => (this.#conclusions.value[id] ?? '').trim() !== '').length;
    return html`<div class="course" data-testid="course">
      <div class="section-head">
        <h2>Six questions about decoding</h2>
        <span class="quiet">${answered} of ${COURSE.length} answered</span>
        <button type="button" class="link" data-testid="course-export" @click=${() => void this.#export()}>
          Export the answers
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
        ${this.#opened.value.has(id) ? html`<span class="badge" data-testid="course-opened">opened</span>` : nothing}
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
        aria-label="Your answer: ${title}"
        rows="2"
        resize="vertical"
        maxlength=${LONGEST}
        placeholder="Your answer"
        .value=${live(this.#conclusions.value[id] ?? '')}
        @input=${(event: Event) => {
          const { value } = event.target as HTMLTextAreaElement;
          this.#conclusions.value = { ...this.#conclusions.value, [id]: value };
        }}
      ></vscode-text-area>
    </li>`;
  }

  #openAction(step: string, { tab, toy, parameters, run }: CourseAction): void {
    this.#opened.value = new Set([...this.#opened.value, step]);
    const { session, chooseModel, openTab } = this.#context;
    if (toy) chooseModel(TOY);
    else if (session.isToy) {
      const other = session.models.find(({ kind }) => kind !== 'toy');
      if (other) chooseModel(other.id);
    }
    openTab(tab, parameters, run);
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

  footer(): typeof nothing {
    return nothing;
  }

  card(): null {
    return null;
  }

  run(): void {
    // There is nothing to run: each step is run in its own tab.
  }

  stop(): boolean {
    return false;
  }

  failed(error: unknown): void {
    if (error instanceof RequestError) this.#failure.value = error.failure;
  }

  /** Opened with a step's id, it goes to that step's first experiment. */
  open({ parameters }: OpenRequest): void {
    const step = COURSE.find(({ id }) => id === parameters);
    const action = step?.actions.find(({ tab }) => this.#context.hasTab(tab));
    if (step && action) this.#openAction(step.id, action);
  }

  save(): () => unknown {
    const [conclusions, opened] = [this.#conclusions.value, this.#opened.value];
    return () => ({ conclusions, opened: [...opened] });
  }

  restore(saved: unknown): void {
    const memory = v.safeParse(memorySchema, saved);
    if (!memory.success) return;
    this.#conclusions.value = memory.output.conclusions;
    this.#opened.value = new Set(memory.output.opened);
  }
}

export function createCourse(context: TabContext): Tab {
  return new Course(context);
}
