/**
 * The page's first script, small so that it runs long before the others have been read: it tells the extension that
 * the page can receive, and keeps what comes until the page takes it.
 */
import { PROTOCOL_VERSION } from '../src/protocol/version';
import type { VsCodeApi } from './host';

declare function acquireVsCodeApi(): VsCodeApi;

const messages: unknown[] = [];
const keep = ({ data }: MessageEvent<unknown>): void => {
  messages.push(data);
};
window.addEventListener('message', keep);

/** VS Code gives it only once. */
export const api = acquireVsCodeApi();

/** The messages that have come, in order; who takes them listens from then on. */
export function takeEarly(): readonly unknown[] {
  window.removeEventListener('message', keep);
  return messages;
}

api.postMessage({ type: 'ready', version: PROTOCOL_VERSION });
