/** What the page's card says about a thing with a `data-card` reference. */
import { html, nothing, type TemplateResult } from 'lit';
import { chipCard } from '../ui/chips';
import { termCard } from '../ui/info';
import { legendCard } from '../ui/legend';
import { modelCard } from './aboutModel';
import { serverCard } from './serverView';
import type { Session } from './session';
import type { Tab } from './tab';

/** What the page itself knows, or the tab in front does. @returns null for references of others */
export function pageCard(reference: string, session: Session, active: Tab): TemplateResult | null {
  const [kind = '', ...rest] = reference.split(':');
  if (kind === 'term') return termCard(rest[0] ?? '');
  if (kind === 'legend') return legendCard();
  if (kind === 'model') return modelCard(session);
  if (kind === 'server' && rest[0] === 'now') return serverNow(session);
  if (kind !== 'chip') return active.card(kind, rest);
  return promptToken(session, active, Number(rest[0]));
}

function serverNow({ server, loaded }: Session): TemplateResult | null {
  return server ? serverCard(server, loaded?.info.vocabularySize, 'now') : null;
}

/** A token of the prompt, and what the chain of the tab can do with it. */
function promptToken(session: Session, active: Tab, index: number): TemplateResult | null {
  const { tokens, model } = session;
  const loaded = tokens && session.loadedOf(tokens.model, tokens.toy);
  const id = tokens?.ids[index];
  if (!tokens || !loaded || id === undefined) return null;
  const actions = tokens.model === model ? active.tokenActions?.(id) : undefined;
  return html`${chipCard(tokens.ids, loaded, index)} ${actions ?? nothing}`;
}
