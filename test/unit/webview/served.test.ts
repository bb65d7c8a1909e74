/** The page on a model that runs on a server. */
import { describe, expect, it } from 'vitest';
import { until, type Page } from '../before/page';
import { explore, openDown, openServed } from '../before/served';

const runs = ({ sent }: Page) => sent.flatMap((message) => (message.type === 'run' ? [message] : []));

describe('Where the text goes', () => {
  it('stands in the header and in the list of models, and leads to the command that connects', async () => {
    const { page } = openServed();
    await until(() => page.drawn.text('server-badge')).toBe('gpu1');
    expect(page.drawn.html).toContain('>Small · gpu1</vscode-option');
    expect(page.drawn.html).toContain('>Small</vscode-option');
    page.drawn.fire('model', 'change', { value: 'connect server' });
    expect(page.sent.at(-1)).toEqual({ type: 'connect-server' });
    expect(page.drawn.field('model')).toBe('gpu1/small');
    page.drawn.fire('model', 'change', { value: 'local' });
    expect(page.drawn.texts('server-badge')).toEqual([]);
    expect(page.drawn.texts('server-remark')).toEqual([]);
  });

  it('is said at the first use, until that was read, and not again after a reload', async () => {
    const { page } = openServed();
    expect(page.drawn.text('server-remark')).toBe(
      'Small runs on the server gpu1: what you explore with it is sent to http://gpu1:8000 and nowhere else. Got it',
    );
    page.drawn.fire('close-server-remark', 'click');
    expect(page.drawn.text('server-remark')).toBe('');
    await until(() => JSON.stringify(page.state)).toContain('"servers":["http://gpu1:8000"]');
    expect(openServed({}, page.state).page.drawn.text('server-remark')).toBe('');
    const other = openServed({ address: 'http://gpu1:9000' }, page.state);
    expect(other.page.drawn.text('server-remark')).toContain('http://gpu1:9000');
  });

  it('stands at results, which say who drew', async () => {
    const { page } = openServed({ listed: 257 });
    page.drawn.fire('model', 'change', { value: 'gpu1/small' });
    explore(page, 'abc');
    await until(() => page.drawn.text('result-server')).toBe('gpu1');
    expect(page.drawn.text('prompt-chips')).toBe('abc');
    page.receive({ type: 'open', tab: 'temperature', parameters: { target: '' }, run: true });
    await until(() => page.drawn.text('answer')).not.toBe('');
    expect(page.drawn.text('result-server')).toBe('gpu1');
  });
});

describe('A server that lists some tokens', () => {
  /** What is behind the twenty listed letters. */
  const REST = 0.8 ** 20;

  it('says how much they hold, and has one row for all others', async () => {
    const { page } = openServed();
    explore(page, 'abc');
    await until(() => page.drawn.text('listed')).toContain(
      'lists 20 of 257 tokens with 98.8 % of the probability',
    );
    expect(page.drawn.all('bar-row', 'data-token-id')).toHaveLength(15);
    expect(page.drawn.text('rest-row')).toMatch(/^the 5 other listed tokens, all kept/);
    // Of forty that are kept, twenty are not listed: they have a part of the rest at most, and none of it at least.
    const [first = ''] = page.drawn.texts('bar-row');
    const limits = /([\d.]+)\u2013([\d.]+) %\s+20\.0 %$/u.exec(first);
    expect(Number(limits?.[1])).toBeCloseTo(20, 1);
    expect(Number(limits?.[2])).toBeGreaterThanOrEqual(20);
    expect(page.drawn.text('bucket-row')).toMatch(/^the other 237 tokens, not listed/);
    expect(page.drawn.text('bucket-row')).toMatch(/ 1\.15 %$/);
    expect(page.drawn.html).toContain(`title="${REST.toPrecision(9)}`);
    expect(page.drawn.texts('show-more')).toHaveLength(1);
    page.drawn.fire('show-more', 'click');
    expect(page.drawn.all('bar-row', 'data-token-id')).toHaveLength(20);
    expect(page.drawn.texts('rest-row')).toEqual([]);
    expect(page.drawn.text('bucket-row')).toMatch(/^the other 237 tokens, not listed/);
    expect(page.drawn.texts('show-more')).toEqual([]);
  });

  it('says whether the samplers leave the list, and by how much that can be off', async () => {
    const { page } = openServed();
    page.receive({
      type: 'open',
      tab: 'explore',
      parameters: { chain: [{ sampler: 'top-k', k: 4 }] },
      run: false,
    });
    explore(page, 'abc');
    await until(() => page.drawn.text('listed-after')).toBe(
      'After the samplers the listed tokens are exact.',
    );
    // 1, 0.8, 0.64 and 0.512 of their sum: 1.3558 nats.
    expect(page.drawn.text('entropy')).toMatch(/^1\.36 nats, 1\.96 bits \(before at least /);
    expect(page.drawn.text('bucket-row')).toMatch(/cut/);
    expect(page.drawn.text('kept')).toBe('4 of 257 tokens');
    page.receive({
      type: 'open',
      tab: 'explore',
      parameters: { chain: [{ sampler: 'temperature', temperature: 2 }] },
      run: false,
    });
    expect(page.drawn.text('listed-after')).toMatch(
      /^After the samplers these values may be off by at most /,
    );
    expect(page.drawn.text('entropy')).toMatch(/^not known \(before at least .+ nats, at most .+ nats\)$/);
    expect(page.drawn.text('bucket-row')).toMatch(/not known/);
    page.receive({
      type: 'open',
      tab: 'explore',
      parameters: { chain: [{ sampler: 'typical', p: 0.9 }] },
      run: false,
    });
    expect(page.drawn.text('listed-after')).toBe(
      'After the samplers these values are estimates, and how far they are off is not known: typical needs the probability of every token. A top-k below 20 before it makes them exact.',
    );
    expect(page.drawn.text('kept')).toBe('not known');
    expect(page.drawn.texts('report')).toEqual(['']);
  });

  it('finds a token that it does not list, with what it can have at most', async () => {
    const { page } = openServed();
    explore(page, 'abc');
    await until(() => page.drawn.texts('bar-row')).toHaveLength(15);
    page.drawn.fire('find-token', 'input', { value: '~' });
    expect(page.drawn.text('found')).toBe(
      'It is not listed, so its probability is not known: at most 0.288 %.',
    );
    page.drawn.fire('find-token', 'input', { value: 'c' });
    expect(page.drawn.texts('found-row')).toHaveLength(1);
  });

  it('is kept over a reload as it was', async () => {
    const { page } = openServed();
    explore(page, 'abc');
    await until(() => page.drawn.text('result-server')).toBe('gpu1');
    await until(() => JSON.stringify(page.state)).toContain('"milliseconds"');
    const again = openServed({}, page.state).page;
    await until(() => again.drawn.text('bucket-row')).toBe(page.drawn.text('bucket-row'));
    expect(again.drawn.text('listed')).toBe(page.drawn.text('listed'));
    expect(again.drawn.all('bar-row', 'data-probability')).toEqual(
      page.drawn.all('bar-row', 'data-probability'),
    );
    expect(again.drawn.texts('as-saved')).toEqual([]);
  });

  it('looks as ever where it lists all', async () => {
    const { page } = openServed({ listed: 257 });
    explore(page, 'abc');
    await until(() => page.drawn.texts('bar-row')).toHaveLength(15);
    expect(page.drawn.texts('listed')).toEqual([]);
    expect(page.drawn.texts('bucket-row')).toEqual([]);
    expect(page.drawn.text('entropy')).toMatch(/^2\.\d\d nats, .* bits \(before 2\.\d\d nats/);
  });
});

describe('What a server cannot do', () => {
  it('has a sentence in the place of Training, with a model that can', async () => {
    const { page } = openServed();
    page.drawn.fire('tab-training', 'click');
    expect(page.drawn.text('unavailable')).toContain(
      'Training needs the model’s files; this model runs on gpu1. Choose a model on this machine.',
    );
    expect(page.drawn.texts('run')).toEqual([]);
    page.drawn.fire('use-model-here', 'click');
    expect(page.drawn.field('model')).toBe('local');
    expect(page.drawn.texts('run')).toHaveLength(1);
  });

  it('has one in the place of contrastive search, which is not asked for', async () => {
    const { page } = openServed({ listed: 257 });
    explore(page, 'abc');
    page.receive({
      type: 'open',
      tab: 'methods',
      parameters: { form: 'continuations' },
      run: false,
    });
    expect(page.drawn.text('instead-use-contrastive')).toBe(
      'Contrastive search needs the model’s hidden states, which gpu1 does not give. Choose a model on this machine.',
    );
    page.drawn.fire('run', 'click');
    await until(() => runs(page).some(({ experiment }) => experiment === 'methods')).toBe(true);
    expect(JSON.stringify(runs(page).at(-1)?.parameters)).not.toContain('contrastive');
  });

  it('is told with its cost before it starts', async () => {
    const { page } = openServed({ kind: 'llama-server', readsTexts: 'token by token' });
    await until(() => page.drawn.text('server-badge')).toBe('gpu1');
    page.drawn.fire('tab-loss', 'click');
    await until(() => page.drawn.html).toContain(
      'gpu1 scores a given text token by token, with one request for each.',
    );
  });
});

describe('Who draws', () => {
  it('is asked where the model runs on a server, and is no part of other orders', async () => {
    const { page } = openServed({ listed: 257 });
    explore(page, 'abc');
    await until(() => runs(page)).toHaveLength(1);
    expect(page.drawn.field('drawnBy')).toBe('server');
    expect(runs(page)[0]?.parameters).toMatchObject({ drawnBy: 'server' });
    page.drawn.fire('drawnBy', 'change', { value: 'here' });
    page.drawn.fire('generate', 'click');
    await until(() => runs(page)).toHaveLength(2);
    expect(runs(page)[1]?.parameters).toMatchObject({ drawnBy: 'here' });
    page.drawn.fire('model', 'change', { value: 'local' });
    await until(() => runs(page)).toHaveLength(3);
    expect(page.drawn.texts('drawnBy')).toEqual([]);
    expect(Object.keys(runs(page)[2]?.parameters as object)).not.toContain('drawnBy');
  });
});

describe('Models beside each other', () => {
  it('names the server that the text goes to as well, and never chooses one by itself', async () => {
    const { page } = openServed();
    page.drawn.fire('model', 'change', { value: 'local' });
    page.drawn.fire('tab-models', 'click');
    explore(page, 'abc');
    page.drawn.fire('tab-models', 'click');
    page.drawn.fire('run', 'click');
    await until(() => page.drawn.text('failure')).toContain('There is no second model');
    page.drawn.fire('second', 'change', { value: 'gpu1/small' });
    expect(page.drawn.html).toContain('The text is sent to gpu1 (http://gpu1:8000) too.');
    page.drawn.fire('run', 'click');
    await until(() => runs(page).at(-1)).toMatchObject({
      experiment: 'models',
      model: 'local',
      others: ['gpu1/small'],
      parameters: { drawnBy: 'server' },
    });
  });
});

describe('A chat message', () => {
  it('can be asked for where the server has a template', async () => {
    const without = openServed();
    await until(() => without.page.drawn.text('server-badge')).toBe('gpu1');
    expect(without.page.drawn.texts('chat')).toEqual([]);
    const { page } = openServed({ chat: true, listed: 257 });
    explore(page, 'abc');
    await until(() => page.drawn.text('prompt-chips')).toBe('abc');
    expect(page.drawn.field('chat')).toBe('false');
    page.drawn.fire('chat', 'change', { checked: true });
    page.drawn.fire('generate', 'click');
    await until(() => page.drawn.text('prompt-chips')).toBe('<user>abc</user>');
    expect(runs(page).at(-1)?.parameters).toMatchObject({ chat: true });
  });
});

describe('A server that is down', () => {
  const GONE = 'gpu1 (http://gpu1:8000) cannot be reached. Start it, or choose another model.';

  it('is said, and tried again when it is back', async () => {
    const { page, served } = openDown(GONE, null);
    await until(() => page.drawn.text('failure')).toContain(GONE);
    served.down = null;
    page.drawn.fire('retry', 'click');
    await until(() => page.drawn.text('failure')).toBe('');
    explore(page, 'abc');
    await until(() => page.drawn.texts('completion')).toHaveLength(5);
  });

  it('leaves the last good result, marked, and the same run can be tried again', async () => {
    const { page, served } = openServed({ listed: 257 });
    explore(page, 'abc');
    await until(() => page.drawn.texts('completion')).toHaveLength(5);
    served.down = GONE;
    explore(page, 'abcd');
    await until(() => page.drawn.text('failure')).toContain(`${GONE} The last good result stays on screen.`);
    expect(page.drawn.texts('completion')).toHaveLength(5);
    expect(page.drawn.text('stale')).toContain('From an earlier prompt: “abc”.');
    served.down = null;
    page.drawn.fire('retry', 'click');
    await until(() => page.drawn.text('failure')).toBe('');
    await until(() => page.drawn.texts('stale')).toEqual([]);
  });

  it('that breaks off leaves what has come, and says why', async () => {
    const { page, served } = openServed({ listed: 257 });
    explore(page, 'abc');
    await until(() => page.drawn.texts('completion')).toHaveLength(5);
    // One answer for the prompt, and three for the tokens after it.
    served.answers = 4;
    explore(page, 'abcd');
    await until(() => page.drawn.text('failure')).toContain(
      'gpu1 broke off. Run it again. What had arrived stays on screen.',
    );
    expect(page.drawn.texts('completion')).toHaveLength(5);
    expect(page.drawn.all('token', 'data-token-id')).toHaveLength(5 * 4);
    served.answers = Infinity;
    page.drawn.fire('retry', 'click');
    await until(() => page.drawn.text('failure')).toBe('');
    await until(() => page.drawn.all('token', 'data-token-id').length).toBeGreaterThan(5 * 4);
  });

  it('loses nothing of a page that opens again, and nothing is invented for it', async () => {
    const { page } = openServed({ listed: 257 });
    explore(page, 'abc');
    await until(() => page.drawn.text('result-server')).toBe('gpu1');
    const [before] = page.drawn.texts('completion');
    await until(() => JSON.stringify(page.state)).toContain('"milliseconds"');
    const again = openDown(GONE, page.state);
    await until(() => again.page.drawn.text('failure')).toContain(GONE);
    expect(again.page.drawn.texts('completion')).toHaveLength(5);
    expect(again.page.drawn.texts('completion')[0]).toBe(before);
    expect(again.page.drawn.texts('bar-row').length).toBeGreaterThan(9);
    expect(again.page.drawn.text('as-saved')).not.toBe('');
    expect(again.page.drawn.text('result-server')).toBe('gpu1');
    again.served.down = null;
    again.page.drawn.fire('retry', 'click');
    await until(() => again.page.drawn.text('as-saved')).toBe('');
    expect(again.page.drawn.texts('completion')[0]).toBe(before);
  });
});
