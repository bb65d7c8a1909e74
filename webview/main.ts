import './styles/page.css';
import './styles/header.css';
import './styles/settings.css';
import './styles/distribution.css';
import './styles/completions.css';
import './styles/experiment.css';
import './styles/branches.css';
import './styles/course.css';
import './styles/card.css';
import { App } from './app';
import { registerControls } from './controls';
import type { VsCodeApi } from './host';
import { followTheme } from './theme';

declare function acquireVsCodeApi(): VsCodeApi;

const root = document.getElementById('app');
if (!root) throw new Error('The page has no #app.');
registerControls();
followTheme();
const api = acquireVsCodeApi();
// What goes wrong in the page is found in the extension's log.
window.addEventListener('error', ({ message }) => {
  api.postMessage({ type: 'log', message });
});
window.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
  api.postMessage({ type: 'log', message: String(reason) });
});
new App(root, api);
