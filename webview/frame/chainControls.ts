/** The chain's controls, connected to its editor. */
import { html, type TemplateResult } from 'lit';
import type { ChainEditor } from '../form/chainEditor';
import { chainOfSteps, inOrder, moveStep, offOf, shortStep } from '../form/samplerSteps';
import { samplersView, type SamplersProps } from '../form/samplersView';
import { banPhrase, banWholeWord, textsOf } from '../form/tokenSteps';
import { RequestError } from '../host';
import { visibleText } from '../../src/core/visibleText';
import { afterDraw } from '../ui/afterDraw';
import { chainExchange, type RunPorts } from './chainExchange';
import type { TabContext } from './tab';
import { t } from '../../src/l10n/language';
import { thousands } from '../format/numbers';

/**
 * @param shown what is known of the distribution that the chain acts on
 * @param failed is told why a preset was not saved
 * @param name tells it from the page's other chains
 */
export function chainControls(
  chain: ChainEditor,
  context: Pick<TabContext, 'announce' | 'host' | 'session'>,
  failed: (error: unknown) => void,
  shown: Pick<SamplersProps, 'deeds' | 'keptInOrder' | 'problem'> &
    Partial<Pick<SamplersProps, 'probabilities' | 'beside'>> & { readonly run?: RunPorts },
  name = 'chain',
): TemplateResult {
  const { announce, host, session } = context;
  const { run, ...known } = shown;
  const focusStep = (key: string | undefined, ...parts: readonly string[]): void => {
    focusPart(`[data-chain="${name}"] [data-step="${key}"]`, parts);
  };
  const controls = samplersView({
    probabilities: () => new Map(),
    ...known,
    exchange: run && chainExchange(chain, context, failed, run, name),
    form: chain.form,
    vocabulary: session.loadedOf(session.model, undefined)?.vocabulary,
    words: chain.words,
    presets: session.presets,
    preset: chain.preset,
    unsaved: chain.error && t('Correct the marked field, then save the chain.'),
    onPreset: (preset) => {
      chain.take(preset);
    },
    onSavePreset: () => void save(chain, host).then(announce, failed),
    menuOpen: chain.menuOpen,
    opened: chain.opened,
    onType: (name, text) => {
      chain.type(name, text);
    },
    onTyped: () => {
      chain.settle();
    },
    onWord: (name, word) => {
      chain.typeWord(name, word);
    },
    onList: (name, list) => {
      chain.list(name, list);
    },
    onTokens: () => void session.load(session.model).catch(failed),
    onBanPhrase: (from, phrase) => {
      chain.typeWord(from, '');
      chain.steps = banPhrase(chain.steps, phrase);
      const step = chain.steps.find((one) => textsOf(one, 'phrases').includes(phrase));
      const place = step ? textsOf(step, 'phrases').indexOf(phrase) : 0;
      focusStep(step?.key, `.phrases > :nth-child(${place + 1}) input`);
      announce(t('“{0}” is a banned phrase.', visibleText(phrase)));
    },
    onWholeWord: ({ key }, phrase) => {
      chain.steps = banWholeWord(chain.steps, key, phrase);
      focusStep(key, '[data-text] input');
      announce(t('“{0}” is banned only where no letter follows.', visibleText(phrase)));
    },
    onSlide: (name, value) => {
      chain.slide(name, value);
    },
    onSteps: (steps) => {
      chain.steps = steps;
    },
    onOrder: (order) => {
      chain.steps = inOrder(chain.steps, order);
      announce(t('{0}: {1}.', order.name, chain.steps.map(shortStep).join(', ')));
    },
    onAdd: (sampler) => {
      focusStep(chain.add(sampler), 'input, textarea');
    },
    onMove: (key, by) => {
      chain.steps = moveStep(chain.steps, key, by);
      const place = chain.steps.findIndex((step) => step.key === key);
      announce(t('{0} is step {1} of {2}.', key, thousands(place + 1), thousands(chain.steps.length)));
      const [same, other] = by < 0 ? ['up', 'down'] : ['down', 'up'];
      focusStep(key, `[data-testid="move-${same}"]:enabled`, `[data-testid="move-${other}"]:enabled`);
    },
    onMenu: (open) => {
      chain.menuOpen = open;
      if (open)
        afterDraw(() =>
          document
            .querySelector(`[data-chain="${name}"] .sampler-menu`)
            ?.scrollIntoView({ block: 'nearest' }),
        );
    },
    onOptions: (key) => {
      chain.toggleOptions(key);
    },
  });
  return html`<div class="chain" data-chain=${name}>${controls}</div>`;
}

/** Saves the chain as a preset; what to say about it. */
async function save(chain: ChainEditor, host: TabContext['host']): Promise<string> {
  const { steps } = chain;
  try {
    chain.preset = await host.savePreset(chainOfSteps(steps), offOf(steps));
    return t('Preset saved.');
  } catch (error) {
    if (error instanceof RequestError && error.failure.code === 'stopped') return t('Nothing was saved.');
    throw error;
  }
}

/** Focuses the first of the parts that an element has, once it has been drawn. */
function focusPart(selector: string, parts: readonly string[]): void {
  afterDraw(() => {
    const element = document.querySelector(selector);
    const found = parts.map((part) => element?.querySelector<HTMLElement>(part)).find(Boolean);
    found?.focus();
  });
}
