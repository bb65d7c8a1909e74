import { html, nothing, type TemplateResult } from 'lit';
import { t, whole } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { removerWords } from '../../../src/experiments/explore/words';
import { count, full, information, percent, thousands } from '../../format/numbers';
import { tokenBytes, tokenLabel } from '../../format/tokenText';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import {
  MOST_ROWS,
  type DistributionRow,
  type DistributionSummary,
  type RankedRow,
} from '../../../src/experiments/explore/distribution';
import {
  bucketView,
  isCounted,
  listedEntropyView,
  listedView,
  processedText,
  type Bucket,
} from './listedView';
import { masksView } from './masksView';
import { ROWS } from './nextToken';
import { restView } from './restView';
import { biasLabel, biasWords } from './tokenActions';
import { axisEnd } from '../../ui/axisEnd';
import { filled } from '../../ui/filled';
import { explained } from '../../ui/info';
import { tokenView } from '../../ui/pieces';
import { properties } from '../../ui/properties';
import { keepStop, rove } from '../../ui/roving';

export interface DistributionProps {
  readonly summary: DistributionSummary;
  readonly bucket: Bucket;
  /** The chain that it is seen through. */
  readonly chain: ChainSpec;
  readonly vocabulary: Vocabulary;
  /** What the token comes after, in words. */
  readonly after: string;
  readonly greedy: boolean;
  /** Marks it where it is another prompt's or model's than those of now. */
  readonly mark: TemplateResult | typeof nothing;
  /** The field to find any token by. */
  readonly search: TemplateResult | typeof nothing;
  readonly found: readonly RankedRow[];
  /** What must be said about what was found, or was not. */
  readonly remark: string | null;
  /** A sentence about where it comes from. */
  readonly note: string | null;
  /** What each step of the chain did, in words. */
  readonly report: readonly string[];
  /** What biases add to a token's logit; 0 for nothing. */
  readonly biasOf: (id: number) => number;
  readonly onRows: (rows: number) => void;
}

const BEFORE = t({ message: 'before', comment: 'the samplers' });
const AFTER = t({ message: 'after', comment: 'the samplers' });

/** The next token: what the model thinks (outline) and what the chain leaves of it (solid), token by token. */
export function distributionView(props: DistributionProps): TemplateResult {
  const { summary } = props;
  const { rows, survivors = [] } = summary;
  const end = axisEnd([...rows, ...survivors]);
  return html`<section
    class="distribution"
    data-testid="distribution"
    ?data-other=${props.mark !== nothing}
    aria-labelledby="next-token"
  >
    <div class="section-head">
      <h2 id="next-token">${t('Next token')}</h2>
      <span class="context quiet" title=${props.after}><bdi>${props.after}</bdi></span>
      <span class="keys">
        <span class="key"><i class="swatch solid"></i>${t('after samplers')}</span>
        <span class="key"><i class="swatch outline"></i>${BEFORE}</span>
      </span>
    </div>
    ${props.mark}
    ${props.note === null ? nothing : html`<p class="stale" data-testid="as-saved">${props.note}</p>`}
    ${listedView(summary, props.chain)} ${statisticsView(props)} ${masksView(summary, props.vocabulary)}
    ${warningsView(summary)}
    <table class="bars" role="grid" aria-labelledby="next-token" @keydown=${roveRows} @focusin=${keepStop}>
      <thead>
        <tr>
          <th scope="col">${t('token')}</th>
          <th scope="col" class="axis" aria-hidden="true">
            <span><i>0</i><i>${axisLabel(end)}</i></span>
          </th>
          <th scope="col" class="number">${AFTER}</th>
          <th scope="col" class="number">${BEFORE}</th>
        </tr>
      </thead>
      ${foundView(props, end)}
      <tbody>
        ${rows.map((row, index) => rowView(props, row, { card: `bar:${index}`, end, hook: 'bar-row' }))}
        ${
          survivors.length === 0
            ? nothing
            : html`<tr class="survivors">
                <td colspan="4" class="quiet" data-testid="survivors">
                  ${t('The best of what is left, further down:')}
                </td>
              </tr>`
        }
        ${survivors.map((row) => rowView(props, row, { card: `left:${row.id}`, end, rank: row.rank, hook: 'left-row' }))}
        ${restView(summary, props.bucket)} ${bucketView(summary, props.bucket)}
      </tbody>
    </table>
    ${moreView(props)} ${reportView(props)}
  </section>`;
}

function roveRows(event: KeyboardEvent): void {
  rove(event, 'vertical');
}

function statisticsView({ summary, search }: DistributionProps): TemplateResult {
  const { entropy, rawEntropy, kept, keptMass, listed } = summary;
  return html`<div class="about-distribution">
    <dl class="statistics">
      <div>
        <dt>${explained(t('entropy'), 'entropy')}</dt>
        ${
          listed
            ? listedEntropyView(summary, listed)
            : html`<dd
                data-testid="entropy"
                data-nats=${entropy}
                data-raw-nats=${rawEntropy}
                title=${t('{0} nats', full(entropy))}
              >
                <b>${information(entropy, 'nats')}</b>, ${information(entropy, 'bits')}
                <span class="quiet"
                  >${t('(before {0}, {1})', information(rawEntropy, 'nats'), information(rawEntropy, 'bits'))}</span
                >
              </dd>`
        }
      </div>
      <div>
        <dt>${explained(t({ message: 'kept', comment: 'tokens' }), 'kept')}</dt>
        ${
          isCounted(summary)
            ? html`<dd>
                ${filled(
                  t('{0} with {1} of the probability'),
                  html`<span data-testid="kept" data-kept=${kept}>${keptOf(summary)}</span>`,
                  html`<b data-testid="kept-mass" data-mass=${keptMass} title=${full(keptMass)}
                    >${percent(keptMass)}</b
                  >`,
                )}
              </dd>`
            : html`<dd data-testid="kept">
                ${summary.listed?.counted ? keptOf(summary) : html`<b>${t('not known')}</b>`}
              </dd>`
        }
      </div>
    </dl>
    ${search}
  </div>`;
}

/** How many tokens are kept. */
function keptOf({ kept, vocabularySize }: DistributionSummary): unknown {
  const all = count(vocabularySize, '{0} token', '{0} tokens');
  return filled(t('{0} of {1}'), html`<b>${thousands(kept)}</b>`, all);
}

/** What was looked for stands first, however improbable it is. */
function foundView(props: DistributionProps, end: number): TemplateResult | typeof nothing {
  const { found, remark } = props;
  if (found.length === 0 && remark === null) return nothing;
  return html`<tbody class="found" data-testid="found">
    ${
      remark === null
        ? nothing
        : html`<tr>
            <td colspan="4" class="quiet">${remark}</td>
          </tr>`
    }
    ${found.map((row) => rowView(props, row, { card: `found:${row.id}`, end, rank: row.rank, hook: 'found-row' }))}
  </tbody>`;
}

interface RowPlace {
  /** The `data-card` reference. */
  readonly card: string;
  /** Where the axis ends. */
  readonly end: number;
  /** Tokens that are more probable, where the row stands apart from them. */
  readonly rank?: number;
  /** The row's `data-testid`. */
  readonly hook: string;
}

function rowView(
  { vocabulary, greedy, summary, biasOf }: DistributionProps,
  row: DistributionRow,
  { card, end, rank, hook }: RowPlace,
): TemplateResult {
  const { id, raw, processed, removedBy, logit } = row;
  const after = processedText(summary, row);
  const best = id === summary.rows[0]?.id;
  const kept = removedBy === null;
  const label = tokenLabel(tokenBytes(vocabulary, id));
  const named = rank === undefined ? label : t('{0}, rank {1}', label, thousands(rank + 1));
  const bias = biasOf(id);
  return html`<tr
    class="bar-row"
    data-testid=${hook}
    data-token-id=${id}
    data-kept=${kept}
    data-probability=${processed}
    data-raw-probability=${raw}
    data-card=${card}
    data-rove
    tabindex=${best && rank === undefined ? 0 : -1}
    aria-label=${[
      t('{0}: after {1}, before {2}', named, after, before(raw, logit)),
      ...(kept ? [] : [t('removed by {0}', removerWords(removedBy))]),
      ...(bias === 0 ? [] : [t('bias {0}', biasLabel(bias))]),
    ].join(', ')}
  >
    <th scope="row" class="token-cell">
      <span class="token-text">${tokenView(vocabulary, id)}</span
      >${greedy && best && rank === undefined ? html`<span class="badge">${t({ message: 'greedy', comment: 'token' })}</span>` : nothing}${
        bias === 0
          ? nothing
          : html`<span class="bias-mark" data-testid="bias-mark" title=${biasWords(bias)}
              >${biasLabel(bias)}</span
            >`
      }
    </th>
    <td class="bar-cell" aria-hidden="true">
      <i class="bar before" ${properties({ '--share': String(raw / end) })}></i>
      <i class="bar after" ${properties({ '--share': String(processed / end) })}></i>
      ${rank === undefined ? nothing : html`<span class="rank">${t('rank {0}', thousands(rank + 1))}</span>`}
    </td>
    <td class="number">${kept ? after : html`<span class="cut-by">${removerWords(removedBy)}</span>`}</td>
    <td class="number quiet">${before(raw, logit)}</td>
  </tr>`;
}

/** The axis ends at a round number: 1, 2 or 5 times a power of ten. */
function axisLabel(end: number): string {
  return t('{0} %', written(Number((end * 100).toPrecision(1)))).replace(' ', '\u00A0');
}

/** A possible token's probability may underflow to 0 and is still not 0. */
function before(raw: number, logit: number | null): string {
  return percent(raw === 0 && logit !== null ? Number.MIN_VALUE : raw);
}

function moreView({ summary, onRows }: DistributionProps): TemplateResult | typeof nothing {
  const shown = summary.rows.length;
  const more = Math.min(ROWS, MOST_ROWS - shown, (summary.listed?.tokens ?? summary.vocabularySize) - shown);
  if (more <= 0 && shown <= ROWS) return nothing;
  return html`<div class="more">
    ${
      more > 0
        ? html`<button
            type="button"
            class="link"
            data-testid="show-more"
            @click=${() => {
              onRows(shown + ROWS);
            }}
          >
            ${t('show {0} more', whole(more))}
          </button>`
        : nothing
    }
    ${
      shown > ROWS
        ? html`<button
            type="button"
            class="link"
            data-testid="show-fewer"
            @click=${() => {
              onRows(ROWS);
            }}
          >
            ${t('show fewer')}
          </button>`
        : nothing
    }
  </div>`;
}

/** What each step did, in words; a line per step, so that nothing moves while a slider does. */
function reportView({ report }: DistributionProps): TemplateResult {
  return html`<ul class="report" data-testid="report">
    ${report.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function warningsView({ warnings }: DistributionSummary): TemplateResult | typeof nothing {
  if (warnings.length === 0) return nothing;
  return html`<p class="warnings" role="status" data-testid="warnings">${warnings.join(' ')}</p>`;
}
