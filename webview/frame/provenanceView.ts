import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { count, duration } from '../format/numbers';
import { serverBadge } from './serverView';

/** What produced a result, in a line. @param isGrowing its run goes on */
export function provenanceView(
  { milliseconds, provenance }: ExperimentResult,
  isGrowing: boolean,
): TemplateResult {
  const { modelName, precision, fingerprint, seed, promptIds, server } = provenance;
  return html`${visibleText(modelName)}
    <span class="quiet" title="Fingerprint of everything that determines the logits: ${fingerprint}"
      >${precision}</span
    >${server ? serverBadge(server, 'result') : nothing}${promptIds.length > 0 ? `, prompt of ${count(promptIds.length, '{0} token', '{0} tokens')}` : ''},
    ${seed === null ? 'no sampling' : html`seed ${seed}`},
    ${isGrowing ? 'still running' : duration(milliseconds)}`;
}
