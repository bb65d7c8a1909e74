/** The strip over an experiment that a step of the course has opened: which question it is about, and the way on. */
import { html, nothing, type TemplateResult } from 'lit';
import type { CourseAction, CourseStep } from './steps';

export interface StripProps {
  readonly step: CourseStep;
  /** Of the step among all, from 1. */
  readonly place: number;
  readonly of: number;
  readonly onAction: (action: CourseAction) => void;
  readonly onBack: () => void;
  /** Left out after the last question. */
  readonly onNext: (() => void) | undefined;
  readonly onClose: () => void;
}

export function stripView({ step, place, of, ...on }: StripProps): TemplateResult {
  const title = `Course, question ${place} of ${of}`;
  return html`<aside class="course-strip" aria-label=${title} data-testid="course-strip">
    <p class="course-strip-question" title=${step.question}><b>${title}:</b> ${step.question}</p>
    <button
      type="button"
      class="course-strip-close"
      data-testid="course-strip-close"
      aria-label="Close this strip"
      title="Close"
      @click=${on.onClose}
    >
      ×
    </button>
    <div class="course-strip-ways">
      <button type="button" class="link" data-testid="course-back" @click=${on.onBack}>
        Back to the course
      </button>
      ${(step.actions.length > 1 ? step.actions : []).map(
        (action) =>
          html`<button
            type="button"
            class="link"
            data-testid="course-again"
            @click=${() => {
              on.onAction(action);
            }}
          >
            ${action.label}
          </button>`,
      )}
      ${
        on.onNext
          ? html`<button type="button" class="link" data-testid="course-next" @click=${on.onNext}>
              Next question
            </button>`
          : nothing
      }
    </div>
  </aside>`;
}
