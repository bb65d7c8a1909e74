import { afterEach, expect, it, vi } from 'vitest';
import { TAB_NAMES } from '../../../../src/experiments/registry';
import { createExplore } from '../../../../webview/experiments/explore/page';
import { laterTabs } from '../../../../webview/experiments/registry';
import { laterTitles } from '../../../../webview/experiments/titles';
import { RunQueue } from '../../../../webview/frame/queue';
import { Session } from '../../../../webview/frame/session';
import { Host } from '../../../../webview/host';

afterEach(() => vi.unstubAllGlobals());

it('The page has a tab of its name for every experiment, in the same order, and then the course', () => {
  const nothing = (): void => undefined;
  vi.stubGlobal('window', { addEventListener: nothing });
  vi.stubGlobal('document', { querySelector: () => null });
  vi.stubGlobal('requestAnimationFrame', nothing);
  const host = new Host({ postMessage: nothing }, nothing, nothing, nothing);
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
  const tabs = [createExplore, ...laterTabs].map((create) => create(context));
  expect(tabs.map(({ id }) => id)).toEqual([...TAB_NAMES, 'course']);
  // As they are named before their code is there.
  expect(laterTitles).toEqual(tabs.slice(1).map(({ id, title }) => ({ id, title })));
});
