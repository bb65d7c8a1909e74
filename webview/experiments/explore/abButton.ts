/** The way from Explore to A/B. */
import { html, type TemplateResult } from 'lit';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { exploreParameters } from '../../../src/experiments/explore/parameters';
import { t } from '../../../src/l10n/language';
import type { ChainEditor } from '../../form/chainEditor';
import { typedOf } from '../../form/declared';
import type { FormValues } from '../../form/form';
import { chainOfSteps } from '../../form/samplerSteps';
import type { TabContext } from '../../frame/tab';

/** What greedy decoding is as a chain. */
const GREEDY: ChainSpec = [{ sampler: 'top-k', k: 1 }];

/** Both sides of A/B get what Explore has: one of them is to be changed there. */
export function abButton(
  { session, openTab }: Pick<TabContext, 'session' | 'openTab'>,
  chain: ChainEditor,
  values: FormValues,
): TemplateResult {
  const open = (): void => {
    const own = values['greedy'] === true ? GREEDY : chainOfSteps(chain.steps);
    const { seed, stop } = exploreParameters.parameters;
    const shared = { seed: typedOf('seed', seed, values), stop: typedOf('stop', stop, values) };
    openTab('ab', { prompt: session.source?.text ?? '', chain: own, otherChain: own, ...shared }, false);
  };
  return html`<button
    type="button"
    class="link"
    data-testid="open-ab"
    title=${t('Compare this chain, or this prompt, with another')}
    @click=${open}
  >
    ${t('Compare in A/B')}
  </button>`;
}
