/** A chain's exchange with other programs, connected to the session and to the rest of the run. */
import { html, nothing, type TemplateResult } from 'lit';
import { readPasted, type Pasted } from '../../src/interchange/paste';
import type { Run, RunParameters } from '../../src/interchange/run';
import { copyAs, targetOf, type Copied } from '../../src/interchange/targets';
import { withTokenIds } from '../../src/interchange/tokenIds';
import type { ChainEditor } from '../form/chainEditor';
import { closeOn, copyAsView } from '../form/copyAsView';
import { pasteView } from '../form/pasteView';
import { chainOfSteps, stepsOf } from '../form/samplerSteps';
import type { ExchangeViews } from '../form/samplersProps';
import { afterDraw } from '../ui/afterDraw';
import type { TabContext } from './tab';
import { t, counted } from '../../src/l10n/language';

/** What a run has beside its chain, as the form of a tab has it. */
export interface RunPorts {
  readonly run: () => Pick<Run, 'greedy' | 'seed' | 'samples' | 'maxNewTokens' | 'stop'> &
    Partial<Pick<Run, 'prompt'>>;
  readonly take: (parameters: RunParameters) => void;
}

const GPT2_END = 50256;

/** @param name tells it from the page's other chains */
export function chainExchange(
  chain: ChainEditor,
  { announce, host, session }: Pick<TabContext, 'announce' | 'host' | 'session'>,
  failed: (error: unknown) => void,
  ports: RunPorts,
  name: string,
): ExchangeViews {
  const { exchange } = chain;
  const loaded = session.loadedOf(session.model, undefined);
  const endOfText = loaded?.info.endOfText[0] ?? GPT2_END;
  const wrong = chain.error && t('Correct the marked field first.');

  const focus = (part: string): void => {
    afterDraw(() => {
      document.querySelector<HTMLElement>(`[data-chain="${name}"] [data-testid="${part}"]`)?.focus();
    });
  };
  const close = (): void => {
    const { open } = exchange;
    exchange.open = null;
    focus(open === 'paste' ? 'paste' : 'copy-as');
  };
  const toggle = (which: 'copy' | 'paste'): void => {
    exchange.open = exchange.open === which ? null : which;
    if (exchange.open === 'paste') focus('paste-text');
  };

  const copied = (): Copied => {
    const own = chainOfSteps(chain.steps);
    return copyAs(exchange.target, {
      prompt: session.source?.text ?? '',
      ...ports.run(),
      chain: loaded ? withTokenIds(own, loaded.vocabulary) : own,
      model: session.models.find(({ id }) => id === session.model)?.name ?? session.model,
      endOfText,
    });
  };
  const say = (said: string): void => {
    exchange.said = said;
  };
  const use = ({ chain: read, parameters }: Pasted): void => {
    chain.steps = stepsOf(read);
    chain.preset = null;
    ports.take(parameters);
    exchange.open = null;
    announce(counted(read.length, 'The chain has {0} sampler now.', 'The chain has {0} samplers now.'));
    focus('paste');
  };

  const panel = (): TemplateResult | typeof nothing => {
    if (exchange.open === 'paste') {
      const { pasted, source } = exchange;
      return pasteView({
        text: pasted,
        source,
        read: pasted.trim() === '' ? null : readPasted(pasted, { source, endOfText }),
        onText: (text) => {
          exchange.pasted = text;
        },
        onSource: (chosen) => {
          exchange.source = chosen;
        },
        onUse: use,
        onClose: close,
      });
    }
    if (exchange.open !== 'copy' || wrong !== null) return nothing;
    const now = copied();
    return copyAsView({
      target: exchange.target,
      copied: now,
      said: exchange.said,
      onTarget: (target) => {
        exchange.target = target;
      },
      onCopy: () =>
        void host.copy(now.text).then(() => {
          say(t('Copied'));
        }, failed),
      onOpen: () =>
        void host.openText(now.document, now.language).then(() => {
          say(t('Opened as {0}', targetOf(exchange.target).label));
        }, failed),
      onClose: close,
    });
  };

  const button = (which: 'copy' | 'paste', hook: string, label: string, title: string): TemplateResult =>
    html`<button
      type="button"
      class="link"
      data-testid=${hook}
      title=${(which === 'copy' ? wrong : null) ?? title}
      aria-expanded=${exchange.open === which}
      ?disabled=${which === 'copy' && wrong !== null}
      @click=${() => {
        toggle(which);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (exchange.open === which) closeOn(event, close);
      }}
    >
      ${label}
    </button>`;
  return {
    buttons: html`${button('copy', 'copy-as', t('Copy as…'), t('This chain for Hugging Face, llama.cpp, vLLM, Ollama and others'))}
    ${button('paste', 'paste', t('Paste…'), t('Take the samplers from a command line, a request or a configuration'))}`,
    panel: panel(),
  };
}
