/** The answer of a result: one sentence, its picture, then what else is to be said. */
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../src/l10n/language';
import { count } from '../format/numbers';
import { filled } from '../ui/filled';
import type { Fold } from '../ui/folds';
import { termOf } from '../ui/glossary';
import { infoButton } from '../ui/info';

/** Sentences of an answer that stand open under its first picture. */
const OPEN_SENTENCES = 2;

export interface AnswerProps {
  /** The first is the headline. */
  readonly sentences: readonly string[];
  /** What it is compared with, which the picture shows too. */
  readonly earlier: EarlierAnswer | null;
  /** What shows it at a glance. */
  readonly picture: TemplateResult | typeof nothing;
  readonly fold: Fold;
  /** Keys of the glossary's entries that explain its measures. */
  readonly measures: readonly string[];
}

export interface EarlierAnswer {
  readonly model: string;
  readonly headline: string;
}

export function answerView({ sentences, earlier, picture, fold, measures }: AnswerProps): TemplateResult {
  const [headline = '', ...others] = sentences;
  const open = others.slice(0, OPEN_SENTENCES);
  const folded = others.slice(OPEN_SENTENCES);
  const paragraph = (sentence: string): TemplateResult => html`<p>${unbroken(sentence)}</p>`;
  return html`<section class="answer" data-testid="answer" aria-label=${t('Answer')}>
    <p class="answer-first" data-testid="headline">${unbroken(headline)}</p>
    ${earlier === null ? nothing : earlierView(earlier)} ${picture} ${open.map(paragraph)}
    ${
      folded.length === 0
        ? nothing
        : html`<details
            class="more-answer"
            data-testid="more-answer"
            .open=${fold.open}
            @toggle=${fold.onToggle}
          >
            <summary>${count(folded.length, '{0} more sentence', '{0} more sentences')}</summary>
            ${folded.map(paragraph)}
          </details>`
    }
    ${measures.length === 0 ? nothing : measuresView(measures)}
  </section>`;
}

/** The names of what the answer measures by, each with the button that explains it. */
function measuresView(measures: readonly string[]): TemplateResult {
  return html`<p class="quiet" data-testid="measures">
    ${measures.map((term) => html`<span class="measure">${termOf(term)!.title}${infoButton(term)}</span>`)}
  </p>`;
}

export function earlierView({ model, headline }: EarlierAnswer): TemplateResult {
  return html`<p class="earlier-answer" data-testid="earlier">
    ${filled(t('Earlier, {0}: {1}'), model, unbroken(headline))}
  </p>`;
}

/** In the answer's place while what it is the answer of is still to come. @param picture what has come so far */
export function growingView(stopped: boolean, picture: TemplateResult | typeof nothing): TemplateResult {
  return html`<section class="answer" data-testid="growing">
    <p class="quiet">
      ${
        stopped
          ? t('Stopped. The answer covers only what was finished.')
          : t('Still running. Below are the results so far; the answer comes at the end.')
      }
    </p>
    ${picture}
  </section>`;
}

/** A number stays on one line with its unit and with what it is the value of. */
export function unbroken(sentence: string): string {
  return sentence
    .replace(/\b([Tp]) = (?=\d)/g, '$1\u00A0=\u00A0')
    .replace(/(?<=\d) (?=(?:%|nats|bits|s)(?![\p{L}\d]))|(?<=<) (?=\d)/gu, '\u00A0');
}
