/** The strip over an experiment that a step of the course has opened: which question it is about, and the way on. */
import { html, nothing, type TemplateResult } from 'lit';
import type { CourseAction, CourseStep } from './steps';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

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
  const title = t('Course, question {0} of {1}', String(place), String(of));
  return html`<aside class="course-strip" aria-label=${title} data-testid="course-strip">
    <p class="course-strip-question" title=${step.question}>
      ${filled(t('{0}: {1}'), html`<b>${title}</b>`, step.question)}
    </p>
    <button
      type="button"
      class="course-strip-close"
      data-testid="course-strip-close"
      aria-label=${t('Close this strip')}
      title=${t('Close')}
      @click=${on.onClose}
    >
      ×
    </button>
    <div class="course-strip-ways">
      <button type="button" class="link" data-testid="course-back" @click=${on.onBack}>
        ${t('Back to the course')}
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
              ${t('Next question')}
            </button>`
          : nothing
      }
    </div>
  </aside>`;
}
