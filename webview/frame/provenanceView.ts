import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { precisionWords } from '../../src/experiments/report/words';
import { count, duration } from '../format/numbers';
import { serverBadge } from './serverView';
import { t } from '../../src/l10n/language';
import { written } from '../../src/l10n/numbers';

/** What produced a result, in a line. @param isGrowing its run goes on */
export function provenanceView(
  { milliseconds, provenance }: ExperimentResult,
  isGrowing: boolean,
): TemplateResult {
  const { modelName, precision, fingerprint, seed, promptIds, server } = provenance;
  return html`${visibleText(modelName)}
    <span class="quiet" title=${t('Fingerprint of everything that determines the logits: {0}', fingerprint)}
      >${precisionWords(precision)}</span
    >${server ? serverBadge(server, 'result') : nothing}${promptIds.length > 0 ? t(', prompt of {0}', count(promptIds.length, '{0} token', '{0} tokens')) : ''},
    ${seed === null ? t('no sampling') : t('seed {0}', written(seed))},
    ${isGrowing ? t('still running') : duration(milliseconds)}`;
}
