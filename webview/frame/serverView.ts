/** Where a model on a server runs, and so where its texts go: a badge, its card, and a remark at the first use. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ModelServer } from '../../src/core/languageModel';
import { visibleText } from '../../src/core/visibleText';
import { nameWithServer, type Provenance } from '../../src/experiments/kit/results';
import { count, thousands } from '../format/numbers';
import type { Session } from './session';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';
import { capitalized } from '../../src/l10n/numbers';

/** A server as far as it is known: before its model is loaded, by its name and address only. */
export type KnownServer = Pick<ModelServer, 'name' | 'address'> & Partial<ModelServer>;

/** A model's name, marked with its server. */
export function servedName(name: string, server: Pick<ModelServer, 'name'> | undefined): string {
  return visibleText(nameWithServer({ name, server }));
}

/** Where a text goes. */
export function sentWords({ name, address }: Pick<ModelServer, 'name' | 'address'>): string {
  return t('The text is sent to {0} ({1}) too.', visibleText(name), visibleText(address));
}

const ICON = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <path
    fill-rule="evenodd"
    d="M2 2h12v5H2V2Zm1.2 1.2v2.6h9.6V3.2H3.2ZM2 9h12v5H2V9Zm1.2 1.2v2.6h9.6v-2.6H3.2ZM4.2 4h1.2v1H4.2V4Zm0 7h1.2v1H4.2v-1Z"
  />
</svg>`;

/** @param of the model that is chosen now, or that of the result on screen */
export function serverBadge({ name }: Pick<ModelServer, 'name'>, of: 'now' | 'result'): TemplateResult {
  const shown = visibleText(name);
  return html`<button
    type="button"
    class="server-badge"
    data-testid=${of === 'now' ? 'server-badge' : 'result-server'}
    data-card="server:${of}"
    aria-label=${of === 'now' ? t('Runs on the server {0}', shown) : t('Ran on the server {0}', shown)}
  >
    ${ICON}<span>${shown}</span>
  </button>`;
}

const KINDS: Readonly<Record<ModelServer['kind'], string>> = {
  vllm: 'vLLM',
  'llama-server': 'llama-server',
};

/** How much it tells of each place, in words. @param vocabularySize undefined where it is not known */
export function listedWords(listed: number, vocabularySize: number | undefined): string {
  if (vocabularySize === undefined)
    return t('lists up to {0} at each place', count(listed, '{0} token', '{0} tokens'));
  return listed >= vocabularySize
    ? t('exact: lists all {0}', count(vocabularySize, '{0} token', '{0} tokens'))
    : t('lists {0} of {1}', thousands(listed), count(vocabularySize, '{0} token', '{0} tokens'));
}

const READS: Readonly<Record<ModelServer['readsTexts'], string>> = {
  'at once': t('A given text is scored in one request.'),
  'token by token': t('A given text is scored token by token, with one request for each.'),
};

/** @param vocabularySize of its model; undefined where it is not known */
export function serverCard(
  { name, address, kind, version = '', listed, readsTexts }: KnownServer,
  vocabularySize: number | undefined,
  of: 'now' | 'result',
): TemplateResult {
  const program = kind && `${KINDS[kind]} ${visibleText(version)}`.trim();
  return html`
    <h3>${visibleText(name)}</h3>
    <p class="server-address">${visibleText(address)}</p>
    ${program === undefined ? nothing : html`<p>${program}</p>`}
    ${listed === undefined ? nothing : html`<p>${sentence(listedWords(listed, vocabularySize))}</p>`}
    ${readsTexts === undefined ? nothing : html`<p>${READS[readsTexts]}</p>`}
    <p>
      ${
        of === 'now'
          ? t('Your text goes to this address and nowhere else.')
          : t('The text went to this address and nowhere else.')
      }
    </p>
    ${of === 'now' ? html`<p class="quiet">${t('Its weights are chosen where the server is started.')}</p>` : nothing}
  `;
}

/** The card of the badge at a result. */
export function resultServerCard(
  session: Pick<Session, 'loadedOf'>,
  model: string,
  { server }: Pick<Provenance, 'server'>,
): TemplateResult | null {
  const { info } = session.loadedOf(model, undefined) ?? {};
  return server ? serverCard(server, info?.vocabularySize, 'result') : null;
}

const sentence = (words: string): string => `${capitalized(words)}.`;

/** Says at the first use where the text goes. */
export function serverRemarkView(
  server: KnownServer | null,
  model: string,
  onClose: () => void,
): TemplateResult | typeof nothing {
  if (!server) return nothing;
  return html`<p class="notes" role="status" data-testid="server-remark">
    ${filled(
      t('{0} runs on the server {1}: what you explore with it is sent to {2} and nowhere else.'),
      visibleText(model),
      visibleText(server.name),
      html`<span class="server-address">${visibleText(server.address)}</span>`,
    )}
    <button type="button" class="link" data-testid="close-server-remark" @click=${onClose}>
      ${t('Got it')}
    </button>
  </p>`;
}
