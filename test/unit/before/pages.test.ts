/** States of the page that an earlier version has left in VS Code: what a user finds again. */
import { describe, expect, it } from 'vitest';
import { openPage } from './extension';
import { stored } from './openers';
import { until, type Page } from './page';
import { SAVED } from './savedResults';
import { softmax, TOY } from './toy';

const open = (name: string): Page => openPage(stored(`pages/${name}.json`));

function expectFields({ drawn }: Page, fields: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(fields))
    expect([name, drawn.field(name)]).toEqual([name, value]);
}

const running = ({ drawn }: Page): boolean => drawn.all('stop', '?disabled')[0] !== 'true';

/** What `act` changes is kept, and a page that opens with that is as it was. */
async function reopened(page: Page, act: () => void): Promise<Page> {
  const before = page.state;
  act();
  await until(() => page.state !== before).toBe(true);
  return openPage(page.state);
}

describe('Explore of an earlier version', () => {
  const CONTROLS = {
    temperature: '0.7',
    'top-k': '4',
    'top-p': '1',
    'min-p.p': '0.05',
    'frequency-penalty.penalty': '0.4',
    samples: '3',
    'max-new-tokens': '6',
    seed: '4294967295',
    greedy: 'false',
  };
  const TEXTS = [
    'burger burger pizza pizza pizza pizza',
    'pizza pizza pizza pizza pizza pizza',
    'pizza pizza burger burger pizza pizza',
  ];

  function expectExplored(page: Page): void {
    const { drawn } = page;
    expect(drawn.all('tab-explore', 'aria-selected')).toEqual(['true']);
    expect(drawn.text('place')).toBe('menu.md Ln 3, Col 1, selection');
    expect(drawn.text('prompt-chips')).toBe('·pizza·pasta');
    expect(drawn.text('notes')).toBe('Only the last line was taken.');
    expect(drawn.field('model')).toBe('toy');
    expect(drawn.all('toy-word', '.value')).toEqual(TOY.words);
    expect(drawn.all('toy-logit', '.value')).toEqual(['2.5', '1.5', '0.5', '0.2', '-0.1']);
    expect(drawn.all('drawer', 'aria-expanded')).toEqual(['true']);
    expectFields(page, CONTROLS);
    const completions = drawn.texts('completion');
    expect(completions).toHaveLength(3);
    TEXTS.forEach((text, sample) => {
      expect(completions[sample]).toContain(text);
    });
    expect(drawn.text('stale')).toBe('');
    expect(drawn.text('failure')).toBe('');
  }

  it('has its prompt, toy, chain, numbers and completions', () => {
    const page = open('explore');
    expectExplored(page);
    expect(page.drawn.text('completion')).toContain('−1.23 bits/token');
    expect(page.drawn.text('footer')).toContain('3 samples, 18 tokens in');
  });

  it('draws its distribution through its chain', () => {
    // Top-k leaves four and min-p three; pizza and pasta stood in the prompt once each.
    const [pizza, burger, pasta] = softmax([2.5 / 0.7 - 0.4, 1.5 / 0.7, 0.5 / 0.7 - 0.4]);
    const drawn = open('explore').drawn.all('bar-row', 'data-probability').map(Number);
    [pizza!, burger!, pasta!, 0, 0].forEach((probability, row) => {
      expect(drawn[row]).toBeCloseTo(probability, 6);
    });
  });

  it('draws the same again', async () => {
    const page = open('explore');
    page.drawn.fire('generate', 'click');
    expect(page.sent.find(({ type }) => type === 'run')).toMatchObject({
      model: 'toy',
      toy: { words: TOY.words, logits: [2.5, 1.5, 0.5, 0.2, -0.1] },
      parameters: {
        prompt: 'pizza pasta',
        chain: [
          { sampler: 'temperature', temperature: 0.7 },
          { sampler: 'top-k', k: 4 },
          { sampler: 'min-p', p: 0.05 },
          { sampler: 'frequency-penalty', penalty: 0.4 },
        ],
        greedy: false,
        seed: 4294967295,
        samples: 3,
        maxNewTokens: 6,
      },
    });
    await until(() => running(page)).toBe(false);
    expectExplored(page);
  });

  it('is kept on', async () => {
    const page = await reopened(open('explore'), () => undefined);
    expectExplored(page);
  });

  it('has the completions of a model once its vocabulary is there', async () => {
    const page = open('explore-small');
    expect(page.drawn.field('model')).toBe('small');
    await until(() => page.drawn.texts('completion')).toHaveLength(2);
    const { drawn } = page;
    expect(drawn.text('place')).toBe('menu.md Ln 3, Col 1, text before the cursor');
    expect(drawn.text('prompt-chips')).toBe('The·miller·had·');
    expect(drawn.texts('completion')[1]).toContain('−4.13 bits/token');
    expect(drawn.texts('bar-row')).toHaveLength(30);
    expect(drawn.text('kept')).toMatch(/ of 257 tokens$/);
    expectFields(page, { 'top-k': '40', 'top-p': '0.9', samples: '2', greedy: 'false' });
  });
});

describe('Experiments of an earlier version', () => {
  it('have the tab that was in front, with a result and what was typed since', () => {
    const page = open('experiments');
    const { drawn } = page;
    expect(drawn.all('tab-grid', 'aria-selected')).toEqual(['true']);
    expect(drawn.text('prompt-chips')).toBe('·pizza·pasta');
    expectFields(page, {
      rows: 'temperature temperature',
      rowsValues: '0.25, 0.75, 1.5',
      columns: 'top-k k',
      columnsValues: '1, 3',
      samples: '2',
      maxNewTokens: '12',
      seed: '11',
      conclusion: 'Not saved yet.',
    });
    expect(drawn.all('drawer', 'aria-expanded')).toEqual(['true']);
    expect(drawn.text('stale')).toBe('From other settings. Run again');
    expect(drawn.text('answer')).toContain(
      'Use low temperature (0.5) and low top-k (1) for predictable text',
    );
    expect(drawn.text('grid-texts')).toContain('pizza pizza pizza pizza pizza pizza');
    expect(drawn.text('save')).toBe('Save');
  });

  const TYPED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    models: { second: '' },
    training: { learningRate: '1e-3', action: 'verify', source: 'file', cosine: 'true' },
    loss: { source: 'file' },
  };
  // The page had the last result of each.
  const last = new Map(SAVED.map((saved) => [saved.experiment, saved]));
  it.each([...last.values()].filter(({ experiment }) => experiment !== 'grid'))(
    'have $experiment as it was left',
    ({ experiment, answer, fields, conclusion }) => {
      const page = open('experiments');
      page.drawn.fire(`tab-${experiment}`, 'click');
      const { drawn } = page;
      expect(drawn.text('answer')).toContain(answer);
      expect(drawn.field('conclusion')).toBe(conclusion);
      expect(drawn.text('save')).toBe('Saved');
      // What was chosen by itself, or typed in another way than it is saved, stands as it was typed.
      expectFields(page, { ...fields, ...TYPED[experiment] });
    },
  );

  it('have the answers of the course', () => {
    const page = open('experiments');
    page.drawn.fire('tab-course', 'click');
    const answers = page.drawn.all('course-conclusion', '.value');
    expect(answers).toHaveLength(6);
    expect([answers[0], answers[2]]).toEqual(['Temperature divides the logits.', 'Nuclei adapt.']);
  });

  it('are kept on', async () => {
    const page = open('experiments');
    const again = await reopened(page, () => {
      page.drawn.fire('tab-methods', 'click');
    });
    expect(again.drawn.all('tab-methods', 'aria-selected')).toEqual(['true']);
    expectFields(again, { beams: '2', conclusion: 'Beams agree with greedy here.' });
    again.drawn.fire('tab-grid', 'click');
    expectFields(again, { rowsValues: '0.25, 0.75, 1.5', conclusion: 'Not saved yet.' });
  });
});

describe('Branches of an earlier version', () => {
  const [pizza = 0, burger = 0, , salad = 0, sushi = 0] = softmax([2, 1, 0.5, 0.2, -0.1]);
  const percent = (p: number): string => `${(100 * p).toPrecision(3)} %`;

  it('have the tree with its changes', () => {
    const page = open('branches');
    const { drawn } = page;
    expect(drawn.all('tab-branches', 'aria-selected')).toEqual(['true']);
    expect(drawn.text('place')).toBe('typed here');
    expect(drawn.text('prompt-chips')).toBe('·sushi');
    expectFields(page, {
      start: 'samples',
      length: '3',
      texts: '2',
      temperature: '0.8',
      topK: '3',
      seed: '5',
      alternatives: '4',
      ahead: '8',
      conclusion: 'Salad first.',
    });
    expect(drawn.text('undo')).toBe('Undo (3)');
    const tree = drawn.text('branches');
    // The pinned way comes first, and stands at the place that was looked at last.
    expect(tree).toContain(`salad sushi pizza pinned × ${percent(salad * sushi * pizza)}`);
    expect(tree).toContain(`pizza burger × ${percent(pizza * burger)} = ${percent(pizza * pizza * burger)}`);
    expect(tree).toContain(`·sushi ${percent(sushi)} 5th, taken`);
    expect(drawn.text('answer')).toContain('The most probable of 3 paths is “pizza pizza burger”');
  });

  it('take the last change back', async () => {
    const page = open('branches');
    page.drawn.fire('undo', 'click');
    await until(() => page.drawn.text('undo')).toBe('Undo (2)');
    expect(page.sent.find(({ type }) => type === 'run')).toMatchObject({
      experiment: 'branches',
      model: 'toy',
      parameters: {
        prompt: 'sushi',
        start: { kind: 'samples', length: 3, count: 2, temperature: 0.8, topK: 3, seed: 5 },
        alternatives: 4,
        edits: [
          { edit: 'take', path: [3, 4], ahead: 1 },
          { edit: 'pin', path: [3] },
        ],
      },
    });
  });

  it('are run again with their changes', async () => {
    const page = open('branches');
    page.drawn.fire('run', 'click');
    await until(() => running(page)).toBe(false);
    expect(page.drawn.text('undo')).toBe('Undo (3)');
    expect(page.drawn.text('branches')).toContain('salad sushi pizza pinned');
    expect(page.drawn.field('conclusion')).toBe('Salad first.');
  });
});
