/**
 * A stand-in for VS Code around the page: the theme's variables, the page's stored state, and messages carried
 * to and from `serve.mjs`. Query parameters: `theme` (light, dark, hc, hc-light), `prompt` (a text to explore at
 * once), `fresh` (forget the stored state).
 */
import themes from './themes.json';
import { revive, strip } from './wire';

const query = new URLSearchParams(location.search);

type ThemeName = keyof typeof themes;

/** Dresses the document as VS Code does when the theme changes. */
function setTheme(name: ThemeName): void {
  const { bodyClass, kind, variables } = themes[name];
  const { style } = document.documentElement;
  for (const variable of [...style]) style.removeProperty(variable);
  for (const [variable, value] of Object.entries(variables)) style.setProperty(variable, value);
  document.body.className = bodyClass;
  document.body.dataset['vscodeThemeKind'] = kind;
}

const isTheme = (name: string): name is ThemeName => name in themes;
const wanted = query.get('theme') ?? 'dark';
setTheme(isTheme(wanted) ? wanted : 'dark');

const STATE = 'panel-state';
if (query.has('fresh')) sessionStorage.removeItem(STATE);

/** What the page has sent; tests of the page may read it. */
const sent: unknown[] = [];
const receive = (message: unknown): void => {
  window.postMessage(message, '*');
};

const api = {
  postMessage(message: unknown): void {
    sent.push(message);
    const cloned: unknown = structuredClone(message);
    void fetch('/message', { method: 'POST', body: JSON.stringify(strip(cloned)) });
  },
  getState: (): unknown => JSON.parse(sessionStorage.getItem(STATE) ?? 'null'),
  setState(state: unknown): void {
    sessionStorage.setItem(STATE, JSON.stringify(state));
  },
};

const events = new EventSource('/events');
events.onmessage = ({ data }) => {
  const message = revive(JSON.parse(String(data)));
  receive(message);
  // VS Code sends a prompt to a page that has been welcomed.
  if ((message as { type: string }).type === 'welcome') explorePrompt();
};

function explorePrompt(): void {
  const text = query.get('prompt');
  if (text === null) return;
  const source = { text, document: 'story.md', place: 'Ln 1, Col 39', kind: 'selection', notes: [] };
  receive({ type: 'prompt', source, run: true });
}

Object.assign(window, { acquireVsCodeApi: () => api, dev: { setTheme, sent, receive } });
