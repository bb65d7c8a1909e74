/** The extension's side of a page: models, the history of the fixtures, and runs on the toy vocabulary. */
import type { LaterTabs } from '../../../webview/frame/pageTabs';
import { openHistory, runOnToy, type HistoryEntry } from './openers';
import { Page, type Answer } from './page';

const MODELS = [
  { id: 'toy', name: 'Toy vocabulary', kind: 'toy' as const, description: '' },
  { id: 'small', name: 'Small', kind: 'gpt2' as const, description: '' },
  { id: 'other', name: 'Other', kind: 'gpt2' as const, description: '' },
];

/** The bytes, and an end of text. */
const SMALL = {
  info: {
    id: 'small',
    name: 'Small',
    kind: 'gpt2' as const,
    vocabularySize: 257,
    contextLength: 32,
    endOfText: [256],
    startOfText: 256,
    fingerprint: 'small',
    precision: 'fp32',
    parameters: 34_720,
  },
  vocabulary: {
    bytes: Uint8Array.of(...Array.from({ length: 256 }, (_, byte) => byte), 60, 62),
    offsets: Uint32Array.of(...Array.from({ length: 257 }, (_, id) => id), 258),
  },
};

export const history = openHistory();

const answer: Answer = async (message, emit) => {
  if (!('request' in message)) return undefined;
  const { request } = message;
  switch (message.type) {
    case 'load':
      return { type: 'model', request, ...SMALL };
    case 'run': {
      const { experiment, toy, parameters } = message;
      if (toy) return { type: 'result', request, result: await runOnToy(experiment, toy, parameters, emit) };
      return { type: 'failure', request, failure: { code: 'model', sentence: 'Only the toy runs here.' } };
    }
    case 'history':
      return { type: 'history', request, lines: await history.lines() };
    case 'reopen':
      return { type: 'entry', request, id: message.id, entry: await history.open(message.id) };
    case 'export':
      return { type: 'done', request };
    default:
      return undefined;
  }
};

/**
 * A page that opens with a stored state, in an extension whose toy is another one by now.
 * @param instead the extension's answers, where they are to be others
 * @param later see `Page`
 */
export function openPage(state: unknown, instead: Answer = answer, later?: LaterTabs): Page {
  const page = new Page(state, instead, later);
  page.welcome(MODELS, { words: ['one', 'two'], logits: [1, 2] });
  return page;
}

/** A page on which a saved result is opened. */
export function openSaved(id: string, entry: HistoryEntry): Page {
  const page = openPage(null);
  page.receive({ type: 'open', tab: entry.experiment, entry: { id, entry }, run: false });
  return page;
}
