import { html, nothing, type TemplateResult } from 'lit';
import type { Vocabulary } from '../../../src/core/languageModel';
import type { DistributionSummary } from '../../../src/experiments/explore/distribution';
import { t } from '../../../src/l10n/language';
import { removerWords } from '../../../src/experiments/explore/words';
import { percent } from '../../format/numbers';
import { filled } from '../../ui/filled';
import { tokenView } from '../../ui/pieces';
import { isCounted } from './listedView';

/** Samplers that leave what fits and nothing else, as sentences name them. */
const MASKS: Readonly<Record<string, string>> = {
  'allowed-tokens': t('The list of allowed tokens'),
  regex: t('The regular expression'),
  'json-schema': t('The JSON schema'),
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
    ${masks.map((mask) => html`<li>${maskWords(summary, mask, wanted)}</li>`)}
  </ul>`;
}

/** @param wanted the model's first choice, with its probability */
function maskWords(
  summary: DistributionSummary,
  { sampler, removed, mass }: DistributionSummary['steps'][number],
  wanted: TemplateResult,
): unknown {
  const name = MASKS[sampler]!;
  const removedBy = summary.rows[0]?.removedBy ?? null;
  // The most probable token is kept although it does not fit.
  if (summary.stranded && sampler !== 'allowed-tokens') {
    return filled(t('{0}; the model wanted {1}.'), html`<b>${t('{0} leaves no token', name)}</b>`, wanted);
  }
  const took = !isCounted(summary)
    ? t('{0} removed what does not fit; how much of the tokens that are not listed is not known', name)
    : removed === 0
      ? t('{0} removed nothing', name)
      : t('{0} removed {1} of the probability', name, percent(mass));
  const deed = html`<b>${took}</b>`;
  if (removedBy === null) return filled(t('{0}; the model’s first choice, {1}, stays.'), deed, wanted);
  return removedBy === sampler
    ? filled(t('{0}; the model wanted {1}.'), deed, wanted)
    : filled(
        t('{0}; the model’s first choice, {1}, was removed by {2}.'),
        deed,
        wanted,
        removerWords(removedBy),
      );
}
