import { html, nothing, type TemplateResult } from 'lit';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { DistributionSummary } from '../../../src/experiments/explore/distribution';
import { percent } from '../../format/numbers';
import { tokenView } from '../../ui/pieces';
import { isCounted } from './listedView';

/** Samplers that leave what fits and nothing else, as sentences name them. */
const MASKS: Readonly<Record<string, string>> = {
  'allowed-tokens': 'The list of allowed tokens',
  regex: 'The regular expression',
  'json-schema': 'The JSON schema',
};

/** What each mask took, and what the model would have said. */
export function masksView(
  summary: DistributionSummary,
  vocabulary: Vocabulary,
): TemplateResult | typeof nothing {
  const [first] = summary.rows;
  const masks = summary.steps.filter(({ sampler }) => sampler in MASKS);
  if (masks.length === 0 || !first) return nothing;
  const wanted = html`<span class="token-text">${tokenView(vocabulary, first.id)}</span>
    (${percent(first.raw)})`;
  return html`<ul class="masks" data-testid="masks">
    ${masks.map(({ sampler, removed, mass }) => {
      // The most probable token is kept although it does not fit.
      if (summary.stranded && sampler !== 'allowed-tokens') {
        return html`<li><b>${MASKS[sampler]} leaves no token</b>; the model wanted ${wanted}.</li>`;
      }
      const took = !isCounted(summary)
        ? 'removed what does not fit; how much of the tokens that are not listed is not known'
        : removed === 0
          ? 'removed nothing'
          : `removed ${percent(mass)} of the probability`;
      const choice =
        first.removedBy === null
          ? html`; the model’s first choice, ${wanted}, stays`
          : first.removedBy === sampler
            ? html`; the model wanted ${wanted}`
            : html`; the model’s first choice, ${wanted}, was removed by ${first.removedBy}`;
      return html`<li><b>${MASKS[sampler]} ${took}</b>${choice}.</li>`;
    })}
  </ul>`;
}
