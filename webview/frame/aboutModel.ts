/** What the chosen model is, in a line of small type, and what it cannot be expected to do. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ProseHint } from './proseCheck';
import type { Session } from './session';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

/** Whether every model here comes with the extension. */
const onlyBundled = ({ models }: Session): boolean =>
  models.every(({ kind, bundled }) => kind === 'toy' || bundled !== undefined);

export function aboutView(session: Session, onGetModel: () => void): TemplateResult | typeof nothing {
  const { choice } = session;
  if (!choice || choice.kind === 'toy') return nothing;
  const sentence = choice.about ?? choice.description;
  return html`<p class="about-model" data-testid="about-model">
    <span class="about-sentence">${sentence}</span>
    <button type="button" class="info" data-card="model:" aria-label=${t('About {0}', choice.name)}>?</button>
    ${onlyBundled(session) ? getGpt2(onGetModel) : nothing}
  </p>`;
}

const getGpt2 = (onGetModel: () => void): TemplateResult =>
  html`<button type="button" class="link" data-testid="get-gpt2" @click=${onGetModel}>
    ${t('Get GPT-2')}
  </button>`;

export function modelCard({ choice }: Session): TemplateResult | null {
  if (!choice) return null;
  return html`
    <h3>${choice.name}</h3>
    ${choice.about === undefined ? nothing : html`<p>${choice.about}</p>`}
    <p class="quiet">${choice.description}</p>
  `;
}

/** Says that the prompt is not what the model was trained on. */
export function proseView(
  hint: ProseHint | null,
  onGetModel: () => void,
  onDismiss: () => void,
): TemplateResult | typeof nothing {
  if (!hint) return nothing;
  const { name, kind } = hint;
  return html`<p class="notes" role="status" data-testid="prose-hint">
    ${filled(t('This prompt does not look like English prose. {0} was trained on {1} and may do poorly here.'), name, kind)}
    ${getGpt2(onGetModel)}
    <button type="button" class="link" data-testid="dismiss-prose-hint" @click=${onDismiss}>
      ${t('Dismiss')}
    </button>
  </p>`;
}
