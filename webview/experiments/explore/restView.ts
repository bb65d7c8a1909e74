/** The row of all the tokens that have none of their own in the distribution. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DistributionRow, DistributionSummary } from '../../../src/experiments/explore/distribution';
import { counted, whole } from '../../../src/l10n/language';
import { percent } from '../../format/numbers';
import { isCounted, processedText, type Bucket } from './listedView';

type Rest = DistributionSummary['rest'];

/** @param bucket what has a row of its own below it */
export function restView(summary: DistributionSummary, bucket: Bucket): TemplateResult | typeof nothing {
  const rest = restOf(summary, bucket);
  if (rest.tokens <= 0) return nothing;
  return html`<tr class="rest-row" data-testid="rest-row">
    <th scope="row" colspan="2">${bucket ? listedRestWords(rest) : restWords(rest, isCounted(summary))}</th>
    <td class="number">${processedText(summary, rest)}</td>
    <td class="number quiet">${percent(rest.raw)}</td>
  </tr>`;
}

/** @param isKnown whether it is certain how many of them are kept */
function restWords({ tokens, kept }: Rest, isKnown: boolean): string {
  if (!isKnown) return counted(tokens, 'the other token', 'the {0}\u00A0other tokens');
  if (kept === tokens) {
    return counted(tokens, 'the other token, all kept', 'the {0}\u00A0other tokens, all kept');
  }
  return counted(
    tokens,
    'the other token, {1} of them kept',
    'the {0}\u00A0other tokens, {1} of them kept',
    whole(kept),
  );
}

/** The same of those that a server lists, where it lists only some. */
function listedRestWords({ tokens, kept }: Rest): string {
  return kept === tokens
    ? counted(tokens, 'the other listed token, all kept', 'the {0}\u00A0other listed tokens, all kept')
    : counted(
        tokens,
        'the other listed token, {1} of them kept',
        'the {0}\u00A0other listed tokens, {1} of them kept',
        whole(kept),
      );
}

/** All the tokens that are not drawn, but for those of the bucket. */
function restOf({ rest: all, survivors = [] }: DistributionSummary, bucket: Bucket): Rest {
  const { tokens, kept, raw, processed } = bucket ?? { tokens: 0, kept: 0, raw: 0, processed: 0 };
  const rest = {
    tokens: all.tokens - tokens,
    kept: all.kept - kept,
    raw: all.raw - raw,
    processed: all.processed - processed,
  };
  const sum = (pick: (row: DistributionRow) => number): number =>
    survivors.reduce((total, row) => total + pick(row), 0);
  return {
    tokens: rest.tokens - survivors.length,
    kept: rest.kept - survivors.length,
    raw: Math.max(0, rest.raw - sum(({ raw }) => raw)),
    // Differences of rounded sums may lie a hair beside zero.
    processed:
      rest.kept === survivors.length ? 0 : Math.max(0, rest.processed - sum(({ processed }) => processed)),
  };
}
