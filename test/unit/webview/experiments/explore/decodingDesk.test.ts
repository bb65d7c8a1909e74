import { afterAll, describe, expect, it, vi } from 'vitest';
import { openPage } from '../../../before/extension';
import { until, type Page } from '../../../before/page';

/** The toy: " one" has the logit 1, " two" has 2. */
const ONE = 1 / (1 + Math.exp(1));

function openWith(sampler: string): Page {
  const page = openPage(null);
  page.drawn.fire('add-sampler', 'click');
  page.drawn.fire(`menu-${sampler}`, 'click');
  return page;
}

/** Of " two" and " one", after the chain. */
const bars = ({ drawn }: Page): number[] => drawn.all('bar-row', 'data-probability').map(Number);
const type = ({ drawn }: Page, name: string, value: string): void => {
  drawn.fire(name, 'input', { value });
};

afterAll(() => {
  vi.unstubAllGlobals();
});

describe('tokens by word', () => {
  it('are picked from the writings of a word, and dropped again', () => {
    const page = openWith('banned-tokens');
    expect(bars(page)[1]).toBeCloseTo(ONE, 6);
    type(page, 'banned-tokens.ids', 'two');
    expect(page.drawn.texts('variant')).toEqual(['·two id 1 · 73.1 %']);
    page.drawn.fire('variant', 'click');
    expect(bars(page)).toEqual([0, 1]);
    expect(page.drawn.all('variant', 'aria-pressed')).toEqual(['true']);
    expect(page.drawn.texts('picked')).toEqual(['·two ✕']);
    expect(page.drawn.all('unpick', 'aria-label')).toEqual(['Remove ·two']);
    page.drawn.fire('unpick', 'click');
    expect(bars(page)[1]).toBeCloseTo(ONE, 6);
  });

  it('of a phrase are its pieces, and the whole can be banned instead', () => {
    const page = openWith('banned-tokens');
    type(page, 'banned-tokens.ids', 'one two');
    expect(page.drawn.text('pieces')).toContain('“one·two” is 2 tokens');
    expect(page.drawn.all('variant', 'data-token-id')).toEqual(['0', '1']);
    page.drawn.fire('ban-phrase', 'click');
    expect(page.drawn.field('banned-tokens.ids')).toBe('');
    expect(page.drawn.texts('ban-phrase')).toEqual([]);
    expect(page.drawn.all('phrase', '.value')).toEqual(['one two']);
    type(page, 'banned-tokens.ids', 'three');
    expect(page.drawn.text('step')).toContain('No tokens of this model make “three”.');
  });

  it('take a bias, whose bar moves', () => {
    const page = openWith('logit-bias');
    type(page, 'logit-bias.bias', 'one');
    page.drawn.fire('variant', 'click');
    expect(page.drawn.text('odds')).toBe('odds × 7.39');
    expect(bars(page)[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(page.drawn.texts('bias-mark')).toEqual(['+2']);
    page.drawn.fire('bias', 'change', { valueAsNumber: 1 });
    expect(bars(page)[1]).toBeCloseTo(0.5, 6);
    page.drawn.fire('bias', 'change', { valueAsNumber: Number.NaN });
    expect(page.drawn.field('bias')).toBe('1');
  });

  it('that are to come alone wait until there is one', () => {
    const page = openWith('allowed-tokens');
    expect(page.drawn.texts('deed')[0]).toBe('names nothing yet');
    expect(bars(page)[1]).toBeCloseTo(ONE, 6);
    type(page, 'allowed-tokens.ids', 'one');
    page.drawn.fire('variant', 'click');
    expect(bars(page)).toEqual([0, 1]);
    expect(page.drawn.text('masks')).toBe(
      'The list of allowed tokens removed 73.1 % of the probability; the model wanted ·two (73.1 %).',
    );
  });
});

describe('phrases', () => {
  it('are added, edited where they stand, and removed; spaces at their ends are shown', () => {
    const page = openWith('banned-phrases');
    type(page, 'banned-phrases.phrases', ' two');
    expect(bars(page)[0]).toBeGreaterThan(0);
    page.drawn.fire('add-phrase', 'click');
    expect(bars(page)).toEqual([0, 1]);
    expect(page.drawn.texts('as-is')).toEqual(['·two']);
    expect(page.drawn.field('banned-phrases.phrases')).toBe('');
    page.drawn.fire('phrase', 'change', { value: 'three' });
    expect(bars(page)[1]).toBeCloseTo(ONE, 6);
    expect(page.drawn.texts('as-is')).toEqual([]);
    page.drawn.fire('remove-phrase', 'click');
    expect(page.drawn.all('phrase', '.value')).toEqual([]);
  });
});

describe('a phrase within longer words', () => {
  it('says so, and can be banned as a whole word only', () => {
    const page = openWith('banned-phrases');
    type(page, 'banned-phrases.phrases', ' tw');
    page.drawn.fire('add-phrase', 'click');
    expect(page.drawn.texts('longer-word')).toEqual([
      'also inside longer words, such as ·two whole word only',
    ]);
    expect(bars(page)).toEqual([0, 1]);
    page.drawn.fire('whole-word', 'click');
    expect(page.drawn.all('phrase', '.value')).toEqual([]);
    expect(page.drawn.field('banned-phrases.pattern')).toBe(String.raw` tw[^\p{L}]`);
    expect(bars(page)[1]).toBeCloseTo(ONE, 6);
  });
});

describe('an expression', () => {
  it('is read when the typing pauses, and says what it took', async () => {
    const page = openWith('regex');
    const before = bars(page);
    type(page, 'regex.expression', ' on');
    type(page, 'regex.expression', ' one');
    expect(bars(page)).toEqual(before);
    await until(() => bars(page)).toEqual([0, 1]);
    expect(page.drawn.text('masks')).toBe(
      'The regular expression removed 73.1 % of the probability; the model wanted ·two (73.1 %).',
    );
  });

  it('that no token fits says so', () => {
    const page = openWith('regex');
    type(page, 'regex.expression', '[a-z]+');
    page.drawn.fire('regex.expression', 'change');
    expect(page.drawn.text('masks')).toBe(
      'The regular expression leaves no token; the model wanted ·two (73.1 %).',
    );
    expect(page.drawn.texts('warnings')).toEqual(['No token fits regex, so a text cannot go on from here.']);
  });

  it('says who took the model’s first choice where that was another sampler', () => {
    const page = openWith('banned-tokens');
    type(page, 'banned-tokens.ids', 'two');
    page.drawn.fire('variant', 'click');
    page.drawn.fire('add-sampler', 'click');
    page.drawn.fire('menu-regex', 'click');
    type(page, 'regex.expression', ' [a-z]+');
    page.drawn.fire('regex.expression', 'change');
    expect(page.drawn.text('masks')).toBe(
      'The regular expression removed nothing; the model’s first choice, ·two (73.1 %), was removed by banned-tokens.',
    );
  });

  it('that is none is marked with a sentence, and the last good one stays', () => {
    const page = openWith('regex');
    type(page, 'regex.expression', ' one');
    page.drawn.fire('regex.expression', 'change');
    expect(page.drawn.text('deed')).toMatch(/^removed 1 token/);
    type(page, 'regex.expression', ' (one');
    page.drawn.fire('regex.expression', 'change');
    expect(page.drawn.text('field-error')).toMatch(/^regex: expression must be a regular/);
    // What the last good one did says nothing of this one.
    expect(page.drawn.text('deed')).toBe('');
    expect(bars(page)).toEqual([0, 1]);
    page.drawn.fire('generate', 'click');
    expect(page.sent.filter((message) => message.type === 'run')).toEqual([]);
  });

  it('and a schema have examples that can be taken', () => {
    for (const sampler of ['regex', 'json-schema']) {
      const page = openWith(sampler);
      page.drawn.all('example', 'title').forEach((text, index) => {
        page.drawn.fire('example', 'click', {}, index);
        expect(page.drawn.all('field-error', 'role')).toEqual([]);
        expect(page.drawn.field(`${sampler}.${sampler === 'regex' ? 'expression' : 'schema'}`)).toBe(text);
      });
    }
  });
});
