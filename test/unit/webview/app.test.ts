/** The page as a whole: what the extension hands to it, and what its tabs share. */
import { describe, expect, it, vi } from 'vitest';
import { temperatureReport } from '../../../src/experiments/temperature/report';
import { startParameters } from '../../../src/experiments/explore/start';
import { FIRST_AHEAD, type PromptSource } from '../../../src/protocol/messages';
import { laterTabs } from '../../../webview/experiments/registry';
import { laterTitles } from '../../../webview/experiments/titles';
import { openPage } from '../before/extension';
import { until, type Page } from '../before/page';

const source = (text: string): PromptSource => ({
  ...{ text, document: 'menu.md', place: 'Ln 1, Col 1', kind: 'selection' },
  notes: [],
});

/** The page on the toy vocabulary, with a prompt that was explored and an answer of Temperature to it. */
async function withAnswer(): Promise<Page> {
  const page = openPage(null);
  page.receive({ type: 'prompt', source: source('pizza'), run: true });
  await until(() => page.drawn.texts('completion').length).toBe(5);
  page.receive({ type: 'open', tab: 'temperature', parameters: { target: 'one' }, run: true });
  await until(() => page.drawn.text('answer')).not.toBe('');
  return page;
}

const inFront = ({ drawn }: Page): string =>
  ['explore', 'temperature'].filter((id) => drawn.all(`tab-${id}`, 'aria-selected')[0] === 'true').join();

const runs = ({ sent }: Page): string[] =>
  sent.flatMap((message) => (message.type === 'run' ? [message.experiment] : []));

describe('A prompt that is handed over', () => {
  it('is explored, whichever tab is in front, and marks what other tabs have of earlier ones', async () => {
    const page = await withAnswer();
    expect(inFront(page)).toBe('temperature');
    expect(page.drawn.text('stale')).toBe('');
    page.receive({ type: 'prompt', source: source('one two'), run: true });
    expect(inFront(page)).toBe('explore');
    expect(runs(page)).toEqual(['explore', 'temperature', 'explore']);
    await until(() => page.drawn.text('prompt-chips')).toBe('·one·two');
    page.drawn.fire('tab-temperature', 'click');
    expect(page.drawn.text('stale')).toBe('From an earlier prompt: “pizza”. Run again with the prompt above');
    page.drawn.fire('run-again', 'click');
    await until(() => page.drawn.text('stale')).toBe('');
    expect(runs(page).at(-1)).toBe('temperature');
  });

  it('is explored as the extension has begun to, before the page was there, while no control has been touched', async () => {
    const page = openPage(null);
    page.drawn.fire('model', 'change', { value: 'small' });
    const request = FIRST_AHEAD;
    const parameters = startParameters('a');
    const asked = { type: 'run', request, experiment: 'explore', model: 'small', parameters } as const;
    const sent = page.sent.length;
    page.receive({ type: 'ahead', asked });
    page.receive({ type: 'prompt', source: source('a'), run: true });
    const prompt = { ids: Int32Array.of(97), truncated: false, notes: [] };
    page.receive({ type: 'event', request, event: { type: 'prompt', prompt } });
    await until(() => page.drawn.texts('chip')).toEqual(['a']);
    expect(page.sent.slice(sent).filter(({ type }) => type !== 'load')).toEqual([
      { type: 'tell', request, message: 'resume' },
    ]);
  });

  it('is left to the tab of an experiment whose command hands it over', async () => {
    const page = await withAnswer();
    page.receive({ type: 'prompt', source: source('one two'), run: false });
    expect(inFront(page)).toBe('temperature');
    expect(runs(page)).toEqual(['explore', 'temperature']);
    expect(page.drawn.text('stale')).toContain('From an earlier prompt');
  });
});

describe('The state of the page', () => {
  it('is kept when the focus leaves it, so that a reload right after a change opens on that', async () => {
    const page = openPage(null);
    page.receive({ type: 'prompt', source: source('pizza'), run: true });
    await until(() => page.drawn.texts('completion').length).toBe(5);
    const completions = page.drawn.texts('completion');
    page.leave();
    const kept = page.state;
    // Nothing has changed since.
    page.leave();
    expect(page.state).toBe(kept);
    const again = openPage(kept);
    await until(() => again.drawn.texts('completion')).toEqual(completions);
  });
});

describe('A run that is stopped', () => {
  it('frees the controls at once, and the next one waits for its end', async () => {
    let end = (): void => undefined;
    const page = openPage(null, async (message) => {
      if (message.type !== 'run') return undefined;
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      const failure = { code: 'stopped', sentence: 'Stopped.' };
      return { type: 'failure', request: message.request, failure };
    });
    const stop = (): unknown[] => [page.drawn.text('stop'), page.drawn.all('stop', '?disabled')[0]];
    page.drawn.fire('tab-temperature', 'click');
    page.drawn.fire('run', 'click');
    expect(stop()).toEqual(['Stop', 'false']);
    // What is still to come has the empty tab's place, and nothing there to run.
    expect(page.drawn.texts('empty-run')).toEqual([]);
    page.drawn.fire('coming-stop', 'click');
    expect(stop()).toEqual(['Stop', 'true']);
    expect(page.drawn.text('stopped')).toMatch(/^Stopped\./);
    expect(page.sent.at(-1)?.type).toBe('cancel');
    page.drawn.fire('run', 'click');
    expect(page.drawn.text('stopped')).toBe('');
    expect(stop()).toEqual(['Cancel', 'false']);
    expect(runs(page)).toEqual(['temperature']);
    end();
    await until(stop).toEqual(['Stop', 'false']);
    expect(runs(page)).toEqual(['temperature', 'temperature']);
    // The first run's end is no news of the second one.
    expect(page.drawn.text('stopped')).toBe('');
  });
});

describe('A result that cannot be drawn', () => {
  it('ends neither the page nor its tab, and can be taken off the screen', async () => {
    const page = await withAnswer();
    const drawing = vi.spyOn(temperatureReport, 'summary').mockImplementation(() => {
      throw new TypeError('a row is missing');
    });
    page.drawn.fire('tab-explore', 'click');
    expect(page.drawn.texts('completion')).toHaveLength(5);
    page.drawn.fire('tab-temperature', 'click');
    expect(page.drawn.text('broken')).toMatch(
      /^This result of Temperature cannot be drawn.*a row is missing/,
    );
    page.drawn.fire('broken-clear', 'click');
    expect(page.drawn.text('broken')).toBe('');
    expect(page.drawn.texts('empty-run')).toHaveLength(1);
    drawing.mockRestore();
  });
});

describe('Another model', () => {
  const choose = (page: Page, value: string): void => {
    page.drawn.fire('model', 'change', { value });
  };

  it('is used when it has become the default one, where the page can offer it', async () => {
    const page = await withAnswer();
    page.receive({ type: 'use-model', model: 'gone' });
    expect(page.drawn.field('model')).toBe('toy');
    page.receive({ type: 'use-model', model: 'small' });
    expect(page.drawn.field('model')).toBe('small');
    expect(page.drawn.text('stale')).toMatch(/^From another model, Toy vocabulary\./);
  });

  it('takes the notes, tokens and failures of the one before off the page, and finds the tokens again', async () => {
    const page = await withAnswer();
    expect(page.drawn.text('notes')).toMatch(/does not know 1 word/);
    choose(page, 'small');
    expect(page.drawn.text('notes')).toBe('');
    expect(page.drawn.texts('chip')).toEqual([]);
    expect(page.drawn.text('stale')).toBe(
      'From another model, Toy vocabulary. Run again with the model above',
    );
    page.drawn.fire('run', 'click');
    await until(() => page.drawn.text('failure')).toContain('Only the toy runs here.');
    choose(page, 'toy');
    expect(page.drawn.text('failure')).toBe('');
    expect(page.drawn.text('stale')).toBe('');
    expect(page.drawn.text('notes')).toMatch(/does not know 1 word/);
  });
});

describe('A result that is opened from the tab’s own list', () => {
  it('brings its text along, so that it is of the text to be used again', async () => {
    const page = openPage(null);
    page.drawn.fire('tab-loss', 'click');
    page.drawn.fire('history', 'click');
    await until(() => page.drawn.texts('reopen').length).toBeGreaterThan(0);
    page.drawn.fire('reopen', 'click');
    await until(() => page.drawn.text('headline')).toMatch(/training loss/);
    expect(page.drawn.text('stale')).toBe('');
  });
});

describe('A result that is shown large', () => {
  it('is left when another tab comes to the front, and does not come back by itself', async () => {
    const page = await withAnswer();
    page.drawn.fire('present', 'click');
    expect(page.drawn.text('slide-number')).toMatch(/^1 of/);
    page.receive({ type: 'open', tab: 'course', run: false });
    expect(page.drawn.texts('presentation')).toEqual([]);
    page.drawn.fire('tab-temperature', 'click');
    expect(page.drawn.text('answer')).not.toBe('');
    expect(page.drawn.texts('presentation')).toEqual([]);
  });
});

describe('A tab whose code cannot be had', () => {
  it('says so, is asked for again by a click alone, and then comes', async () => {
    // The browser is never idle: nothing comes by itself.
    vi.stubGlobal('requestIdleCallback', () => 0);
    let isThere = false;
    let asked = 0;
    const load = async () => {
      asked += 1;
      await Promise.resolve();
      if (!isThere) throw new Error('whole.js is gone');
      return laterTabs;
    };
    const page = openPage(null, undefined, { names: laterTitles, load });
    page.receive({ type: 'open', tab: 'temperature', run: false });
    await until(() => page.drawn.text('failure')).toContain(
      'Temperature could not be read: whole.js is gone',
    );
    expect(inFront(page)).toBe('temperature');
    const before = asked;
    await new Promise(setImmediate);
    expect(asked).toBe(before);
    isThere = true;
    page.drawn.fire('tab-temperature', 'click');
    await until(() => page.drawn.texts('run').length).toBe(1);
    expect(asked).toBe(before + 1);
  });
});
