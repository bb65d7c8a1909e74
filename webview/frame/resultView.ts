/** What stands around a result's answer: what can be done with it, what it is compared with, and the reader's part. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { visibleText } from '../../src/core/visibleText';
import type { ReportTable } from '../../src/experiments/report/types';
import type { HistoryLine } from '../../src/protocol/messages';
import { dataTableView } from '../ui/dataTable';
import type { Folds } from '../ui/folds';
import { closeOnEscape, closeWhenLeft } from '../ui/menu';
import { earlierView, type EarlierAnswer } from './answerView';
import type { Stale } from './order';
import type { Verdict } from './replayVerdict';
import { t, languageTag } from '../../src/l10n/language';

/** Rows of a comparison's table that is open from the start: longer ones would push what they are about out of view. */
const MOST_OPEN = 12;

/** A kind of file that a result can be written into. */
export interface ExportChoice {
  readonly id: string;
  readonly label: string;
  /** Folded away together with the others of this name. */
  readonly group?: string;
}

export interface ResultBarProps {
  /** More of it is still to come: what is kept or exported is the whole. */
  readonly growing: boolean;
  readonly exports: readonly ExportChoice[];
  readonly saved: boolean;
  readonly historyOpen: boolean;
  /** A run goes on: what starts another has to wait. */
  readonly busy: boolean;
  readonly feedback: string;
  readonly onExport: (id: string) => void;
  readonly onSave: () => void;
  readonly onHistory: () => void;
  readonly onReplay: () => void;
  readonly onPresent: () => void;
  /** Whether the next result will be compared with this one. */
  readonly kept: boolean;
  readonly onKeep: () => void;
}

export function resultBarView(props: ResultBarProps): TemplateResult {
  const { growing, exports, saved, historyOpen, busy, kept, feedback } = props;
  const { onExport, onSave, onReplay, onPresent, onKeep } = props;
  const groups = [...new Set(exports.flatMap(({ group }) => group ?? []))];
  const choice = ({ id, label }: ExportChoice): TemplateResult =>
    html`<button
      type="button"
      ?disabled=${growing}
      data-testid="export-${id}"
      @click=${(event: Event) => {
        const menu = (event.target as HTMLElement).closest<HTMLDetailsElement>('details.menu');
        if (menu) menu.open = false;
        onExport(id);
      }}
    >
      ${label}
    </button>`;
  return html`<div class="result-bar" role="group" aria-label=${t('This result')}>
    <details class="menu" data-testid="export" @focusout=${closeWhenLeft} @keydown=${closeOnEscape}>
      <summary>${t('Export')}</summary>
      <div class="menu-items">
        ${growing ? html`<p class="quiet">${t('Available when the run ends.')}</p>` : nothing}
        ${exports.filter(({ group }) => group === undefined).map(choice)}
        ${groups.map(
          (name) =>
            html`<details class="menu-group" data-testid="export-group">
              <summary>${name}</summary>
              ${exports.filter(({ group }) => group === name).map(choice)}
            </details>`,
        )}
      </div>
    </details>
    <button
      type="button"
      class="link"
      data-testid="present"
      title=${t('Show the result large, one picture at a time (P)')}
      aria-keyshortcuts="P"
      @click=${onPresent}
    >
      ${t('Present')}
    </button>
    <button type="button" class="link" data-testid="save" ?disabled=${saved || growing} @click=${onSave}>
      ${saved ? t('Saved') : t('Save')}
    </button>
    <button
      type="button"
      class="link"
      data-testid="replay"
      title=${t('Run it again with the same settings and check that the result is the same')}
      ?disabled=${busy}
      @click=${onReplay}
    >
      ${t('Replay')}
    </button>
    <button
      type="button"
      class="link"
      data-testid="keep"
      title=${t('Keep this result and compare the next one with it: change the model or a setting, then run')}
      aria-pressed=${kept ? 'true' : 'false'}
      ?disabled=${growing}
      @click=${onKeep}
    >
      ${kept ? t('Comparing with next run') : t('Compare with next run')}
    </button>
    ${historyButton(historyOpen, props.onHistory)}
    <span class="feedback quiet" data-testid="feedback">${feedback}</span>
  </div>`;
}

export function historyButton(open: boolean, onHistory: () => void): TemplateResult {
  return html`<button
    type="button"
    class="link"
    data-testid="history"
    aria-expanded=${open}
    @click=${onHistory}
  >
    ${open ? t('Close history') : t('History')}
  </button>`;
}

export interface HistoryProps {
  readonly lines: readonly HistoryLine[];
  /** A result is on screen that another can be compared with. */
  readonly canCompare: boolean;
  readonly onOpen: (id: string) => void;
  readonly onCompare: (id: string) => void;
}

export function historyView({ lines, canCompare, onOpen, onCompare }: HistoryProps): TemplateResult {
  if (lines.length === 0) {
    return html`<p class="quiet history" data-testid="history-list">
      ${t('This workspace has no saved results of this experiment yet. Save keeps the one on screen.')}
    </p>`;
  }
  return html`<ul class="history" data-testid="history-list" aria-label=${t('Saved results')}>
    ${lines.map(
      ({ id, savedAt, title, model }) =>
        html`<li>
          <span class="history-title" title=${visibleText(title)}>${visibleText(title)}</span>
          <span class="quiet">${visibleText(model)}, ${new Date(savedAt).toLocaleString(languageTag)}</span>
          <span class="history-actions">
            <button
              type="button"
              class="link"
              data-testid="reopen"
              @click=${() => {
                onOpen(id);
              }}
            >
              ${t('open')}
            </button>
            <button
              type="button"
              class="link"
              data-testid="compare"
              ?disabled=${!canCompare}
              @click=${() => {
                onCompare(id);
              }}
            >
              ${t('compare')}
            </button>
          </span>
        </li>`,
    )}
  </ul>`;
}

/** What the button of a mark says beside its verb. */
const AGAIN: Readonly<Record<Stale['by'], string>> = {
  prompt: t('again with the prompt above'),
  text: t('again with the chosen text'),
  model: t('again with the model above'),
  settings: t('again'),
};

export interface StaleProps {
  readonly stale: Stale;
  /** What runs: Run, or Generate. */
  readonly verb: string;
  /** A run goes on that may replace it. */
  readonly busy: boolean;
  readonly onRun: () => void;
}

/** Marks a result that does not belong to what stands above it. */
export function staleView({ stale: { by, sentence }, verb, busy, onRun }: StaleProps): TemplateResult {
  return html`<p class="stale" data-testid="stale" data-by=${by}>
    ${sentence}
    ${
      busy
        ? nothing
        : html`<button type="button" class="link" data-testid="run-again" @click=${onRun}>
            ${verb} ${AGAIN[by]}
          </button>`
    }
  </p>`;
}

export interface VerdictProps {
  readonly verdict: Verdict;
  readonly onDismiss: () => void;
}

/** What a replay gave. */
export function verdictView({ verdict: { equal, sentence }, onDismiss }: VerdictProps): TemplateResult {
  return html`<div class="message" role="status" data-testid="verdict" data-equal=${equal}>
    <p>${sentence}</p>
    <vscode-button appearance="secondary" data-testid="dismiss" @click=${onDismiss}
      >${t('Dismiss')}</vscode-button
    >
  </div>`;
}

export interface ComparisonProps {
  readonly tables: readonly ReportTable[];
  readonly folds: Folds;
  /** null where it stands beside the answer. */
  readonly earlier: EarlierAnswer | null;
  readonly onClose: () => void;
}

/** The result that the one on screen is compared with, and every value that differs. */
export function comparisonView({ tables, folds, earlier, onClose }: ComparisonProps): TemplateResult {
  return html`<section class="comparison" data-testid="comparison" aria-label=${t('Comparison')}>
    <div class="section-head">
      <h2>${t('Compared with an earlier result')}</h2>
      <button type="button" class="link" data-testid="comparison-close" @click=${onClose}>
        ${t('close')}
      </button>
    </div>
    ${earlier === null ? nothing : earlierView(earlier)}
    ${tables.length === 0 ? html`<p>${t('All values that both results have are the same.')}</p>` : tables.map((table) => dataTableView(table, folds.of(`compared-${table.id}`, table.rows.length <= MOST_OPEN)))}
  </section>`;
}

export function conclusionView(conclusion: string, onChange: (text: string) => void): TemplateResult {
  return html`<section class="conclusion">
    <h2>${t('Your conclusion')}</h2>
    <vscode-text-area
      data-testid="conclusion"
      aria-label=${t('Your conclusion')}
      rows="3"
      resize="vertical"
      placeholder=${t('What does this show? Your answer goes into the report.')}
      .value=${live(conclusion)}
      @input=${(event: Event) => {
        onChange((event.target as HTMLTextAreaElement).value);
      }}
    ></vscode-text-area>
  </section>`;
}
