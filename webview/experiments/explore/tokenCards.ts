/** The cards of bars and of completions' tokens: every number with its digits and where it comes from. */
import { html, nothing, type TemplateResult } from 'lit';
import type { SamplerSpec } from '../../../src/core/samplers/chain';
import type { CompletionStep } from '../../../src/experiments/explore/result';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { removerWords } from '../../../src/experiments/explore/words';
import { tintOf } from '../../format/colour';
import {
  full,
  information,
  ordinal,
  percent,
  significant,
  thousands,
  type LogUnit,
} from '../../format/numbers';
import type { Vocabulary } from '../../../src/core/languageModel';
import {
  MODEL,
  type DistributionRow,
  type DistributionSummary,
} from '../../../src/experiments/explore/distribution';
import { filled } from '../../ui/filled';
import { tokenView } from '../../ui/pieces';
import { shapeCardView } from './costs';
import { listedCardWords } from './listedView';
import { alternativeActions, tokenActionsView, type TokenActions } from './tokenActions';

/** A bar: both probabilities in full, and the formula with this token's numbers put in. */
export function barCard(
  row: DistributionRow,
  rank: number,
  summary: DistributionSummary,
  vocabulary: Vocabulary,
  chain: readonly SamplerSpec[],
  actions: TokenActions | null,
): TemplateResult {
  return html`
    <h3>
      <span class="token-text">${tokenView(vocabulary, row.id)}</span>
      <span class="quiet"
        >${t('id {0}, {1} of {2}', String(row.id), ordinal(rank), thousands(summary.vocabularySize))}</span
      >
    </h3>
    <dl>
      <dt>${t({ message: 'before', comment: 'the samplers' })}</dt>
      <dd>
        ${full(row.raw)}
        <p class="formula">
          ${t(
            'e^(logit − ln Σ e^logits) = e^({0} − {1})',
            significant(row.logit ?? -Infinity, 6),
            significant(summary.logSumExp, 6),
          )}
        </p>
      </dd>
      <dt>${t({ message: 'after', comment: 'the samplers' })}</dt>
      <dd>${full(row.processed)} ${afterView(row, summary, chain)}</dd>
    </dl>
    ${actions ? tokenActionsView(actions, row.id) : nothing}
  `;
}

function afterView(
  { logit, processedLogit, processed, removedBy }: DistributionSummary['rows'][number],
  summary: DistributionSummary,
  chain: readonly SamplerSpec[],
): TemplateResult {
  const { kept } = summary;
  if (removedBy !== null || logit === null || processedLogit === null)
    return html`<p>${t('{0} removed it, so it cannot be drawn.', removerWords(removedBy ?? MODEL))}</p>`;
  const words = listedCardWords(summary);
  if (words !== null) return html`<p>${words}</p>`;
  if (kept === 1) return html`<p>${t('It is the only token left, so it is certain.')}</p>`;
  const temperature = chain.find((step) => step.sampler === 'temperature')?.temperature ?? 1;
  // From p = e^z / sum follows the sum's logarithm without adding it up again.
  const logSum = processedLogit - Math.log(processed);
  const scaled = logit / temperature;
  if (Math.abs(scaled - processedLogit) > 1e-9 * Math.max(1, Math.abs(scaled))) {
    // Penalties, several temperatures or one that the chain chose: more than one division.
    return html`<p class="formula">
      ${t(
        'e^(logit after samplers − ln Σ over the {0} kept) = e^({1} − {2})',
        thousands(kept),
        significant(processedLogit, 6),
        significant(logSum, 6),
      )}
    </p>`;
  }
  return html`<p class="formula">
    ${t(
      'e^(logit / T − ln Σ over the {0} kept) = e^({1} / {2} − {3})',
      thousands(kept),
      significant(logit, 6),
      written(temperature),
      significant(logSum, 6),
    )}
  </p>`;
}

export interface StepOptions {
  readonly unit: LogUnit;
  readonly greedy: boolean;
  /** Goes another way from here, with a token instead of this one; null where that is not possible. */
  readonly onBranch: ((id: number) => void) | null;
  /** What can be done with tokens in the chain; null where it is for another model. */
  readonly actions: TokenActions | null;
}

/** A completion's token: how probable it was, and what else could have come. */
export function stepCard(step: CompletionStep, vocabulary: Vocabulary, options: StepOptions): TemplateResult {
  const { unit, greedy, onBranch, actions } = options;
  const { id, raw, processed, rank, alternatives } = step;
  const known = alternatives.some((alternative) => alternative.id === id);
  const rows = alternatives.map((alternative, index) => ({ ...alternative, rank: index }));
  return html`
    <h3>
      <span class="token-text">${tokenView(vocabulary, id)}</span>
      <span class="quiet">${t('id {0}', String(id))}</span>
    </h3>
    <p>
      ${filled(
        greedy
          ? t('{0} before samplers, {1} with greedy decoding; {2}; {3}')
          : t('{0} before samplers, {1} after; {2}; {3}'),
        html`<b>${percent(raw)}</b>`,
        processed === null ? t('unknown') : html`<b>${percent(processed)}</b>`,
        rank < 0
          ? t('beyond those listed')
          : t('{0} of {1}', ordinal(rank), thousands(vocabulary.offsets.length - 1)),
        information(Math.log(raw), unit),
      )}
    </p>
    ${shapeCardView(
      step,
      step.wanted === undefined
        ? null
        : html`<span class="token-text">${tokenView(vocabulary, step.wanted)}</span>`,
    )}
    ${
      rows.length === 0
        ? nothing
        : html`<table class="alternatives" data-testid="alternatives">
            <thead>
              <tr>
                <th scope="col"><span class="unseen">${t('rank')}</span></th>
                <th scope="col">${t('alternative')}</th>
                <th scope="col" class="number">${t({ message: 'after', comment: 'the samplers' })}</th>
                <th scope="col" class="number">${t({ message: 'before', comment: 'the samplers' })}</th>
                ${actions ? html`<th scope="col"><span class="unseen">${t('next time')}</span></th>` : nothing}
              </tr>
            </thead>
            <tbody>
              ${rows.map((row) => alternativeView(row, vocabulary, row.id === id, options))}
              ${known ? nothing : alternativeView({ id, raw, processed, rank }, vocabulary, true, options)}
            </tbody>
          </table>`
    }
    ${actions ? tokenActionsView(actions, id) : nothing}
    ${onBranch ? html`<p class="quiet">${t('Click a token to follow it in Branches.')}</p>` : nothing}
  `;
}

function alternativeView(
  { id, raw, processed, rank }: Pick<CompletionStep, 'id' | 'raw' | 'processed' | 'rank'>,
  vocabulary: Vocabulary,
  chosen: boolean,
  { onBranch, actions }: StepOptions,
): TemplateResult {
  const token = html`<span class="tinted token-text" data-tint=${tintOf(raw)}
    >${tokenView(vocabulary, id)}</span
  >`;
  return html`<tr ?data-chosen=${chosen} data-token-id=${id} data-probability=${raw}>
    <td class="number quiet">${rank < 0 ? '' : thousands(rank + 1)}</td>
    <td>
      ${
        onBranch
          ? html`<button
              type="button"
              class="branch-to"
              data-testid="branch-to"
              title=${t('Follow it in Branches')}
              @click=${() => {
                onBranch(id);
              }}
            >
              ${token}
            </button>`
          : token
      }${chosen ? html` <span class="badge">${t({ message: 'taken', comment: 'a token' })}</span>` : nothing}
    </td>
    <td class="number" title=${processed === null ? nothing : full(processed)}>
      ${processed === null ? '' : processed === 0 ? html`<s class="quiet">${t({ message: 'cut', comment: 'a token' })}</s>` : percent(processed)}
    </td>
    <td class="number" title=${full(raw)}>${percent(raw)}</td>
    ${actions ? html`<td class="row-actions">${chosen ? nothing : alternativeActions(actions, id)}</td>` : nothing}
  </tr>`;
}
