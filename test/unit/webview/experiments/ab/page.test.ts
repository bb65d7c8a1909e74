/** The tab A/B on the page, which is drawn into text: two words, of which the second has e times the first's weight. */
import { expect, it } from 'vitest';
import { openPage } from '../../../before/extension';
import { until, type Page } from '../../../before/page';

/** Probability of the second word. */
const TWO = Math.E / (1 + Math.E);

/** A/B, opened from Explore, whose chain B keeps the second word alone, after a run. */
async function compared(): Promise<Page> {
  const page = openPage(null);
  page.drawn.fire('open-ab', 'click');
  page.drawn.fire('top-k', 'input', { value: '1' }, 1);
  page.drawn.fire('run', 'click');
  await until(() => page.drawn.text('headline')).toContain('part');
  return page;
}

/** Ids of a side's tokens. */
function ids({ drawn }: Page, side: 0 | 1): string[] {
  const all = drawn.all('ab-token', 'data-token-id');
  return side === 0 ? all.slice(0, all.length / 2) : all.slice(all.length / 2);
}

const chains = ({ drawn }: Page): string[] => drawn.all('top-k', '.value');
const selected = ({ drawn }: Page): number => drawn.all('ab-token', 'aria-selected').indexOf('true');

it('is opened from Explore with its chain on both sides', () => {
  const page = openPage(null);
  page.drawn.fire('top-k', 'input', { value: '7' });
  page.drawn.fire('open-ab', 'click');
  expect(page.drawn.all('tab-ab', 'aria-selected')).toEqual(['true']);
  expect(chains(page)).toEqual(['7', '7']);
  expect(page.drawn.field('seed')).toBe('42');
  expect(page.drawn.field('other')).toBe('');
  expect(page.drawn.all('drawer', 'aria-expanded')).toEqual(['true']);
});

it('shows where the texts part, and both distributions there', async () => {
  const page = await compared();
  const [a, b] = [ids(page, 0), ids(page, 1)];
  expect(new Set(b)).toEqual(new Set(['1']));
  const parting = a.indexOf('0');
  expect(parting).toBeGreaterThanOrEqual(0);
  expect(page.drawn.text('headline')).toBe(
    `The texts part at token ${parting + 1}: A draws “·one”, B draws “·two”.`,
  );
  expect(page.drawn.text('ab-place-title')).toBe(`Token ${parting + 1} of 24`);
  expect(selected(page)).toBe(parting);
  expect(page.drawn.all('ab-kl', 'data-nats')).toEqual(['Infinity']);
  expect(Number(page.drawn.all('ab-kl-back', 'data-nats')[0])).toBeCloseTo(-Math.log(TWO), 12);
  // Each sampler says what it does there, while it is as it was in the run.
  expect(page.drawn.texts('deed').at(-1)).toBe('removed 1 token with 26.9 % of the probability');
  const rows = page.drawn.all('ab-row', 'aria-label');
  expect(rows.map((row) => row.replace(/\u00A0/gu, ' '))).toEqual([
    '·two: A 73.1 %, before 73.1 %; B 100 %, before 73.1 %, drawn',
    '·one: A 26.9 %, before 26.9 %, drawn; B removed by top-k, before 26.9 %',
  ]);
});

it('shows the token that is chosen in either text, or by the buttons beside its number', async () => {
  const page = await compared();
  page.drawn.fire('ab-tokens', 'focusin', { closest: () => ({ dataset: { at: '5' } }) }, 1);
  expect(page.drawn.text('ab-place-title')).toBe('Token 6 of 24');
  page.drawn.fire('ab-next', 'click');
  expect(page.drawn.text('ab-place-title')).toBe('Token 7 of 24');
  page.drawn.fire('ab-previous', 'click');
  page.drawn.fire('ab-previous', 'click');
  expect(selected(page)).toBe(4);
});

it('swaps both sides by a key, without a run, and twice is as before', async () => {
  const page = await compared();
  const [a, b] = [ids(page, 0), ids(page, 1)];
  const runs = (): number => page.sent.filter(({ type }) => type === 'run').length;
  expect(runs()).toBe(1);
  page.press('x');
  expect([ids(page, 0), ids(page, 1)]).toEqual([b, a]);
  expect(chains(page)).toEqual(['1', '40']);
  expect(page.drawn.text('headline')).toContain('A draws “·two”, B draws “·one”.');
  expect(page.drawn.all('ab-kl-back', 'data-nats')).toEqual(['Infinity']);
  // It belongs to the controls as they are now.
  expect(page.drawn.text('stale')).toBe('');
  page.press('x', { closest: (selector: string) => (selector.includes('textarea') ? {} : null) });
  expect(ids(page, 0)).toEqual(b);
  page.press('X');
  expect([ids(page, 0), ids(page, 1)]).toEqual([a, b]);
  expect(chains(page)).toEqual(['40', '1']);
  expect(runs()).toBe(1);
});

it('a swapped result is what its replay gives', async () => {
  const page = await compared();
  page.drawn.fire('ab-swap', 'click');
  page.drawn.fire('replay', 'click');
  await until(() => page.drawn.all('verdict', 'data-equal')).toEqual(['true']);
});

it('gives B a prompt of its own, and swaps it with that of A', async () => {
  const page = openPage(null);
  page.receive({
    type: 'prompt',
    source: { text: 'one two', document: 'a.md', place: 'Ln 1', kind: 'selection', notes: [] },
    run: false,
  });
  page.drawn.fire('tab-ab', 'click');
  page.drawn.fire('other-copy', 'click');
  expect(page.drawn.field('other')).toBe('one two');
  page.drawn.fire('other', 'input', { value: 'one' });
  page.drawn.fire('run', 'click');
  await until(() => page.drawn.text('headline')).not.toBe('');
  const { parameters } = page.sent.find((message) => message.type === 'run')!;
  expect(parameters).toMatchObject({ prompt: 'one two', other: 'one' });
  page.press('x');
  expect(page.drawn.field('other')).toBe('one two');
  expect(page.drawn.text('prompt-chips')).toBe('·one');
  expect(page.drawn.text('stale')).toBe('');
  page.drawn.fire('other-same', 'click');
  expect(page.drawn.field('other')).toBe('');
  expect(page.drawn.text('stale')).toContain('From other settings.');
});

it('opens again as it was, and writes its figures into files', async () => {
  const page = await compared();
  const tokens = ids(page, 0);
  await until(() => page.state).not.toBeNull();
  const again = openPage(page.state);
  expect(ids(again, 0)).toEqual(tokens);
  expect(chains(again)).toEqual(['40', '1']);
  again.drawn.fire('export-csv-steps', 'click');
  await until(() => again.exports['ab-steps.csv'] ?? '').toContain(',Infinity,');
});

it('copies either side for another program, and takes a side from one', () => {
  const page = openPage(null);
  page.drawn.fire('open-ab', 'click');
  page.drawn.fire('top-k', 'input', { value: '7' }, 1);
  page.drawn.fire('other', 'input', { value: 'another prompt' });
  page.drawn.fire('copy-as', 'click', {}, 1);
  page.drawn.fire('copy-target', 'change', { value: 'llama-server' });
  expect(JSON.parse(page.drawn.text('copy-code'))).toMatchObject({
    ...{ top_k: 7, n_predict: 24, seed: 42, prompt: 'another prompt' },
  });
  page.drawn.fire('paste', 'click', {}, 0);
  page.drawn.fire('paste-text', 'input', { value: '{"top_k": 3, "seed": 9, "n_predict": 12}' });
  page.drawn.fire('paste-source', 'change', { value: 'llama-server' });
  page.drawn.fire('paste-use', 'click');
  expect(chains(page)).toEqual(['3', '7']);
  expect([page.drawn.field('seed'), page.drawn.field('maxNewTokens')]).toEqual(['9', '12']);
});

it('has the run of either side as code among its exports', async () => {
  const page = await compared();
  const code = async (side: string): Promise<string> => {
    page.drawn.fire(`export-code-${side}-llama-server`, 'click', { closest: () => null });
    const last = (): unknown => page.sent.filter(({ type }) => type === 'open-text').at(-1);
    await until(last).toBeDefined();
    return JSON.stringify(last());
  };
  expect(await code('a')).toContain(String.raw`\"top_k\": 40,`);
  expect(await code('b')).toContain(String.raw`\"top_k\": 1,`);
});
