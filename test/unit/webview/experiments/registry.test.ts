import { afterEach, expect, it, vi } from 'vitest';
import { TAB_NAMES } from '../../../../src/experiments/registry';
import { tabFactories } from '../../../../webview/experiments/registry';
import { RunQueue } from '../../../../webview/frame/queue';
import { Session } from '../../../../webview/frame/session';
import { Host } from '../../../../webview/host';

afterEach(() => vi.unstubAllGlobals());

it('The page has a tab of its name for every experiment, in the same order, and then the course', () => {
  const nothing = (): void => undefined;
  vi.stubGlobal('window', { addEventListener: nothing });
  vi.stubGlobal('document', { querySelector: () => null });
  vi.stubGlobal('requestAnimationFrame', nothing);
  const host = new Host({ postMessage: nothing }, nothing, nothing);
  const context = {
    ...{
      host,
      session: new Session(host),
      queue: new RunQueue(),
      hasTab: () => true,
      announce: nothing,
      present: nothing,
    },
    ...{ editPrompt: nothing, chooseModel: nothing, changePrompt: nothing, openTab: nothing },
  };
  expect(tabFactories.map((create) => create(context).id)).toEqual([...TAB_NAMES, 'course']);
});
