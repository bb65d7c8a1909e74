/** What a distribution says of itself where its server lists only some tokens. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { unboundedSampler } from '../../../src/core/samplers/listedChain';
import {
  firstRows,
  type DistributionRow,
  type DistributionSummary,
} from '../../../src/experiments/explore/distribution';
import { counted, t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { count, full, information, percent, significant, thousands } from '../../format/numbers';
import { filled } from '../../ui/filled';
import { infoButton } from '../../ui/info';

export type Listed = NonNullable<DistributionSummary['listed']>;

/** Differences of probabilities that are smaller are not told apart. */
const LEAST_POINTS = 0.001;

/** A difference of probabilities, in points of a percentage. */
export function points(difference: number): string {
  const shown = difference * 100;
  return shown < LEAST_POINTS
    ? t('less than {0} points', written(LEAST_POINTS))
    : t('{0} points', significant(shown, 2)).replace(' ', '\u00A0');
}

/** How sure the probabilities of completions' tokens are, after the samplers; empty where they are exact. */
export function offWords(completions: readonly { readonly off?: number | null | undefined }[]): string {
  const offs = completions.flatMap(({ off }) => (off === undefined ? [] : [off]));
  if (offs.length === 0) return '';
  if (offs.includes(null)) return t('How far their probabilities after the samplers are off is not known.');
  const most = Math.max(...offs.map((off) => off ?? 0));
  return t(
    'Their probabilities after the samplers may be off by at most {0}, because the server lists only some tokens along a text.',
    points(most),
  );
}

/** Whether it is certain how many tokens a chain keeps, and what they hold. */
export function isCounted({ listed, kept, vocabularySize }: DistributionSummary): boolean {
  return !listed || listed.within || (listed.exact && kept === vocabularySize);
}

/** All the tokens that are not listed, as one; null where all are, or where some that are listed have no row. */
export type Bucket = DistributionSummary['rest'] | null;

/** The first rows of a distribution, and the bucket behind all that are listed. */
export function shownRows(
  summary: DistributionSummary,
  rows: number,
): { readonly summary: DistributionSummary; readonly bucket: Bucket } {
  const { listed } = summary;
  if (!listed) return { summary: firstRows(summary, rows), bucket: null };
  const bucket = summary.rows.length >= listed.tokens ? summary.rest : null;
  return { summary: firstRows(summary, rows), bucket };
}

/** "lists 20 of 151,936 tokens with 97.3 % of the probability", and how sure the values after the samplers are. */
export function listedView(summary: DistributionSummary, chain: ChainSpec): TemplateResult | typeof nothing {
  const { listed, vocabularySize } = summary;
  if (!listed) return nothing;
  return html`<p class="listed" data-testid="listed">
    <span title=${t('{0} of the probability', full(listed.mass))}
      >${filled(
        t('lists {0} of {1} with {2} of the probability'),
        html`<b>${thousands(listed.tokens)}</b>`,
        count(vocabularySize, '{0} token', '{0} tokens'),
        html`<b>${percent(listed.mass)}</b>`,
      )}</span
    >${infoButton('listed')}
    <span class="listed-after" data-testid="listed-after" data-exact=${listed.exact}
      >${afterWords(listed, chain)}</span
    >
  </p>`;
}

function afterWords({ exact, off, tokens }: Listed, chain: ChainSpec): string {
  if (exact) return t('After the samplers the listed tokens are exact.');
  if (off !== null) return t('After the samplers these values may be off by at most {0}.', points(off));
  const sampler = unboundedSampler(chain, tokens);
  return sampler === undefined
    ? t(
        'After the samplers these values are estimates, and how far they are off is not known: what the samplers leave depends on tokens that are not listed. A top-k below {0} before it makes them exact.',
        thousands(tokens),
      )
    : t(
        'After the samplers these values are estimates, and how far they are off is not known: {0} needs the probability of every token. A top-k below {1} before it makes them exact.',
        sampler,
        thousands(tokens),
      );
}

/** The entropy before and after the chain: what is known of it. */
export function listedEntropyView(summary: DistributionSummary, listed: Listed): TemplateResult {
  const { entropy, steps } = summary;
  const { least, most } = listed.rawEntropy;
  const limits = t('at least {0}, at most {1}', information(least, 'nats'), information(most, 'nats'));
  if (steps.length === 0) {
    return html`<dd
      data-testid="entropy"
      title=${t('at least {0} nats, at most {1}', full(least), full(most))}
    >
      ${limits}
    </dd>`;
  }
  return html`<dd data-testid="entropy" title=${listed.within ? t('{0} nats', full(entropy)) : nothing}>
    ${
      listed.within
        ? html`<b>${information(entropy, 'nats')}</b>, ${information(entropy, 'bits')}`
        : html`<b>${t('not known')}</b>`
    }
    <span class="quiet">${t('(before {0})', limits)}</span>
  </dd>`;
}

/**
 * A probability after the samplers. Where it depends on tokens that are not listed, what it lies between; an estimate
 * where that is not known.
 */
export function processedText(
  { listed }: DistributionSummary,
  { processed, limits }: Pick<DistributionRow, 'processed' | 'limits'>,
): string {
  if (!listed || listed.exact) return percent(processed);
  if (!limits) return `≈\u00A0${percent(processed)}`;
  const [low, high] = [percent(limits.low), percent(limits.high)];
  return low === high ? high : `${low.replace(/\s*%$/u, '')}\u2013${high}`;
}

/** The tokens that are not listed: one row with what is known of them together. */
export function bucketView(summary: DistributionSummary, bucket: Bucket): TemplateResult | typeof nothing {
  const { listed } = summary;
  if (!listed || !bucket || bucket.tokens === 0) return nothing;
  return html`<tr class="rest-row bucket-row" data-testid="bucket-row">
    <th scope="row" colspan="2">
      ${counted(bucket.tokens, 'the other token, not listed', 'the other {0}\u00A0tokens, not listed')}
    </th>
    <td class="number">${afterOf(listed, bucket)}</td>
    <td class="number quiet" title=${full(1 - listed.mass)}>${percent(1 - listed.mass)}</td>
  </tr>`;
}

/** All probabilities sum to 1: what the listed tokens have exactly leaves the others' sum. */
function afterOf({ exact, within }: Listed, { processed }: NonNullable<Bucket>): TemplateResult | string {
  if (within)
    return html`<span class="cut-by">${t({ message: 'cut', comment: 'tokens that are not listed' })}</span>`;
  return exact ? percent(processed) : html`<span class="quiet">${t('not known')}</span>`;
}

/** What is known of the probability that a card shows, where that is not all. */
export function listedCardWords({ listed }: DistributionSummary): string | null {
  if (!listed || listed.within) return null;
  if (listed.exact) return t('This is exact, whatever the tokens have that are not listed.');
  return listed.off === null
    ? t(
        'This assumes that the tokens that are not listed share the rest evenly; how far it is off is not known.',
      )
    : t(
        'This assumes that the tokens that are not listed share the rest evenly; it may be off by at most {0}.',
        points(listed.off),
      );
}
