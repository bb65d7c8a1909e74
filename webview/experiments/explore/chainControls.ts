/** The chain's controls, connected to its editor. */
import type { TemplateResult } from 'lit';
import type { ChainEditor } from '../../form/chainEditor';
import { inOrder, moveStep, shortStep } from '../../form/samplerSteps';
import { samplersView, type SamplersProps } from '../../form/samplersView';
import { afterDraw } from '../../ui/afterDraw';

/** @param shown what is known of the distribution that the chain acts on */
export function chainControls(
  chain: ChainEditor,
  announce: (sentence: string) => void,
  shown: Pick<SamplersProps, 'deeds' | 'keptInOrder' | 'problem'>,
): TemplateResult {
  return samplersView({
    ...shown,
    form: chain.form,
    menuOpen: chain.menuOpen,
    opened: chain.opened,
    onType: (name, text) => {
      chain.type(name, text);
    },
    onSlide: (name, value) => {
      chain.slide(name, value);
    },
    onSteps: (steps) => {
      chain.steps = steps;
    },
    onOrder: (order) => {
      chain.steps = inOrder(chain.steps, order);
      announce(`${order.name}: ${chain.steps.map(shortStep).join(', ')}.`);
    },
    onAdd: (sampler) => {
      chain.add(sampler);
      focusStep(chain.steps.at(-1)?.key, 'input');
    },
    onMove: (key, by) => {
      chain.steps = moveStep(chain.steps, key, by);
      const place = chain.steps.findIndex((step) => step.key === key);
      announce(`${key} is step ${place + 1} of ${chain.steps.length}.`);
      const [same, other] = by < 0 ? ['up', 'down'] : ['down', 'up'];
      focusStep(key, `[data-testid="move-${same}"]:enabled`, `[data-testid="move-${other}"]:enabled`);
    },
    onMenu: (open) => {
      chain.menuOpen = open;
    },
    onOptions: (key) => {
      chain.toggleOptions(key);
    },
  });
}

/** Focuses the first part that a step has, once it has been drawn. */
function focusStep(key: string | undefined, ...parts: readonly string[]): void {
  afterDraw(() => {
    const step = document.querySelector(`[data-step="${key}"]`);
    const found = parts.map((part) => step?.querySelector<HTMLElement>(part)).find(Boolean);
    found?.focus();
  });
}
