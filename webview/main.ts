import './styles/page.css';
import './styles/header.css';
import './styles/server.css';
import './styles/settings.css';
import './styles/exchange.css';
import './experiments/explore/style.css';
import './styles/completions.css';
import './styles/experiment.css';
import './experiments/ab/style.css';
import './experiments/branches/style.css';
import './course/style.css';
import './styles/card.css';
import './styles/presentation.css';
import { App } from './app';
import { registerControls } from './controls';
import { createExplore } from './experiments/explore/page';
import { laterTitles } from './experiments/titles';
import { api, takeEarly } from './first';
import { followTheme } from './theme';

const root = document.getElementById('app');
if (!root) throw new Error('The page has no #app.');
registerControls();
followTheme();
// What goes wrong in the page is found in the extension's log.
window.addEventListener('error', ({ message }) => {
  api.postMessage({ type: 'log', message });
});
window.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
  api.postMessage({ type: 'log', message: String(reason) });
});
const load = async () => (await import('./whole')).laterTabs;
// What an earlier page has kept can be of any tab.
const tabs = (api.getState() ?? null) === null ? [] : await load();
const app =
  tabs.length > 0
    ? new App(root, api, [createExplore, ...tabs])
    : new App(root, api, [createExplore], { names: laterTitles, load });
app.begin(takeEarly());
