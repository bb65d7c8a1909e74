/** Every experiment's tab: run, read, export, keep, replay; at several widths and in several themes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_LINE } from '../../../scripts/lib/exploreSample';
import { violations } from '../accessibility';
import { drawn, type Panel } from '../../../scripts/lib/panelPage';
import { explored } from '../explored';
import { exported } from '../exported';
import type { Session } from '../session';
import { runTab } from '../tabs';

let session: Session;
let panel: Panel;

const overflow = (): Promise<number> =>
  panel.frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What cannot be read, heard or reached. */
const faults = (): Promise<string[]> => violations(panel.frame);

const run = (tab: string, fields?: Readonly<Record<string, string>>): Promise<void> =>
  runTab(panel, tab, fields);

async function chooseOption(field: string, option: string): Promise<void> {
  await panel.unfold();
  await panel.part(field).click();
  await panel.part(field).locator('vscode-option').getByText(option, { exact: true }).click();
}

export function experimentTabs(current: () => Session): void {
  beforeAll(async () => {
    session = current();
    panel = await explored(session);
  });

  describe('On the model', () => {
    test.each([
      ['temperature', { target: 'had', draws: '200' }],
      ['grid', { rowsValues: '0.5, 1, 2', columnsValues: '1, 5, 50', samples: '2', maxNewTokens: '8' }],
      ['determinism', { repeats: '2', maxNewTokens: '6' }],
      ['nucleus', {}],
      ['methods', { trials: '5' }],
      ['ab', { samples: '2' }],
    ] as const)('%s answers in sentences, pictures and tables', async (tab, fields) => {
      await panel.makeWidth(800);
      await run(tab, fields);
      expect((await panel.part('answer').innerText()).length).toBeGreaterThan(40);
      // Every mark of a picture can be reached and says what it shows.
      const marks = panel.frame.locator('[data-testid="picture"] [data-card]');
      await expect.poll(() => marks.count()).toBeGreaterThan(0);
      await expect.poll(() => marks.first().getAttribute('aria-label')).not.toBe('');
      await expect
        .poll(() => panel.frame.locator('[data-testid="table"] tbody tr').count())
        .toBeGreaterThan(2);
      await expect.poll(faults).toEqual([]);
      await session.window.picture(`tab-${tab}`);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await panel.makeWidth(400);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await session.window.picture(`tab-${tab}-400`);
    });

    test('a field of the grid shows its texts, and its colour another number', async () => {
      await panel.makeWidth(1600);
      await panel.part('tab-grid').click();
      const fields = panel.frame.locator('[data-testid="picture"] [data-card]');
      await expect.poll(() => fields.count()).toBe(9);
      // Top-k 1 at any temperature leaves one token: both texts are those of greedy decoding.
      await fields.first().click();
      await expect.poll(() => panel.part('grid-texts').innerText()).toMatch(/Temperature 0\.5, Top-k 1\b/);
      const texts = await panel
        .part('grid-text')
        .evaluateAll((all) =>
          all.map((text) =>
            [...text.querySelectorAll<HTMLElement>('[data-token-id]')].map((t) => t.dataset['tokenId']),
          ),
        );
      expect(texts).toHaveLength(2);
      expect(texts[0]).toEqual(texts[1]);
      await chooseOption('metric', 'Tokens kept');
      await expect
        .poll(() =>
          fields.evaluateAll((all) =>
            all.map((field) => Number(/kept ([\d,]+)$/.exec(field.ariaLabel!)![1])),
          ),
        )
        .toEqual([1, 5, 50, 1, 5, 50, 1, 5, 50]);
      await session.window.picture('grid-1600');
    });

    test('a huge grid is asked about first', async () => {
      await panel.type('rowsValues', Array.from({ length: 100 }, (_, i) => String(0.1 + i / 10)).join(', '));
      await panel.type('columnsValues', Array.from({ length: 100 }, (_, i) => String(i + 1)).join(', '));
      await panel.type('samples', '0');
      await panel.part('run').click();
      await panel.part('question').waitFor();
      await expect.poll(() => panel.part('question').innerText()).toMatch(/10,000\scells/u);
      await panel.part('question-no').click();
      await panel.part('question').waitFor({ state: 'detached' });
    });

    test('a grid fills while it runs, keeps the focus where it is, and can be exported when it is over', async () => {
      await panel.makeWidth(1600);
      await panel.part('tab-grid').click();
      await panel.type('rowsValues', '0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6');
      await panel.type('columnsValues', '1, 2, 5, 10, 20, 50, 100, 200');
      // More than a minute's work: it is stopped when some of it has been seen.
      await panel.type('samples', '64');
      await panel.type('maxNewTokens', '40');
      await panel.part('run').click();
      await panel.begin(() => panel.part('question-yes').click());
      await panel.part('growing').waitFor();
      await chooseOption('metric', 'Repetition');
      const fields = panel.frame.locator('[data-picture="repetition"] [data-card]');
      const labels = (): Promise<string[]> =>
        fields.evaluateAll((all) => all.map((field) => field.ariaLabel!));
      const filled = async (): Promise<number> =>
        (await labels()).filter((label) => label.endsWith('%')).length;
      await expect.poll(() => fields.count()).toBe(64);
      await fields.nth(9).focus();
      await expect.poll(filled, { timeout: 60_000 }).toBeGreaterThan(0);
      await session.window.picture('grid-filling');
      const before = await labels();
      expect(before.filter((label) => label.endsWith('still to come')).length).toBeGreaterThanOrEqual(32);
      // The first half fills together; its numbers change with every text that comes.
      await expect.poll(labels, { timeout: 60_000 }).not.toEqual(before);
      await expect
        .poll(() => panel.frame.evaluate(() => document.activeElement?.getAttribute('data-card')))
        .toBe('mark:repetition:cell:9');
      await panel.part('export').locator('> summary').click();
      await expect.poll(() => panel.part('export-json').isDisabled()).toBe(true);
      await expect.poll(() => panel.part('export-svg').isDisabled()).toBe(true);
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      await panel.part('growing').waitFor({ state: 'detached' });
      await panel.part('answer').waitFor();
      await expect.poll(filled).toBeGreaterThan(0);
      await expect.poll(() => panel.part('export-json').isEnabled()).toBe(true);
      await panel.part('dismiss').click();
      await chooseOption('metric', 'Tokens kept');
    });

    test('methods compare whole texts, with what each wrote', async () => {
      await panel.part('tab-methods').click();
      await chooseOption('form', 'whole texts');
      await run('methods', { samples: '3', trials: '2', maxNewTokens: '8' });
      const texts = panel.part('method-text');
      await expect.poll(() => texts.count()).toBeGreaterThan(3);
      // Greedy decoding writes the same text every time: it stands there once, for all three.
      await expect.poll(() => texts.first().innerText()).toMatch(/^1, 2, 3\b/);
      await session.window.picture('methods-texts');
    });

    test('a method has its row when it is done, while others are still to come', async () => {
      // Greedy decoding is read once for all its texts; the others take minutes, and are stopped.
      await panel.type('samples', '64');
      await panel.type('trials', '10');
      await panel.type('maxNewTokens', '40');
      await panel.begin(() => panel.part('run').click());
      const picture = panel.frame.locator('[data-picture="distinct-2"]');
      const labels = (): Promise<string[]> =>
        picture.locator('[data-card]').evaluateAll((all) => all.map((row) => row.ariaLabel!));
      await panel.part('growing').waitFor();
      await expect.poll(labels, { timeout: 60_000 }).toEqual([expect.stringMatching(/^Greedy: /)]);
      await expect
        .poll(() => picture.locator('text', { hasText: 'still to come' }).count())
        .toBeGreaterThanOrEqual(3);
      const rows = panel.frame.locator('[data-table="measures"] tbody tr', { hasText: 'still to come' });
      await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3);
      await session.window.picture('methods-filling');
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      await panel.part('answer').waitFor();
      await expect.poll(() => panel.frame.getByText('still to come').count()).toBe(0);
      await panel.part('dismiss').click();
    });
  });

  describe('Loss', () => {
    test('of the document: both parts, and a passage token by token', async () => {
      await panel.makeWidth(800);
      await run('loss', { context: '12', stride: '12', batchSize: '1' });
      await expect
        .poll(() => panel.part('answer').innerText())
        .toMatch(/training loss of \d+\.\d+\snats per token/);
      const windows = panel.frame.locator('[data-picture="windows"] [data-card]');
      const labels = await windows.evaluateAll((all) => all.map((bar) => bar.ariaLabel!));
      expect(labels.length).toBeGreaterThan(4);
      expect(labels.at(-1)).toMatch(/^validation/);
      await windows.first().click();
      const passage = panel.part('passage');
      await expect.poll(() => passage.locator('[data-testid="token"]').count()).toBe(12);
      // The loss of the window is the mean surprisal of its tokens.
      const probabilities = await passage
        .locator('[data-testid="token"]')
        .evaluateAll((all) => all.map((token) => Number((token as HTMLElement).dataset['probability'])));
      const mean = probabilities.reduce((sum, p) => sum - Math.log(p), 0) / probabilities.length;
      expect(Number(/window 1: ([\d.]+)\snats/.exec(labels[0]!)![1])).toBeCloseTo(mean, 1);
      await expect.poll(faults).toEqual([]);
      await session.window.picture('tab-loss');
      await panel.makeWidth(400);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await session.window.picture('tab-loss-400');
    });

    test('of a text that is too short says how many tokens are needed', async () => {
      await panel.type('context', '256');
      await panel.part('run').click();
      await panel.part('failure').waitFor();
      await expect.poll(() => panel.part('failure').innerText()).toMatch(/has \d+ tokens, but .* needs \d+/);
      await panel.part('dismiss').click();
    });
  });

  describe('Training', () => {
    const small = {
      ...{ context: '12', stride: '12', batchSize: '1', epochs: '1', learningRate: '1e-3' },
      ...{ evaluateEvery: '2', sampleTokens: '6', startText: 'Once upon' },
    };

    test('falls in loss, leaves a model in the list, and is continued for one more epoch', async () => {
      await panel.makeWidth(800);
      await run('training', small);
      const answer = async (): Promise<string> => (await panel.part('answer').textContent()) ?? '';
      const [, before, after] = /training loss \w+ from ([\d.]+) to ([\d.]+)/.exec(await answer())!;
      expect(Number(after)).toBeLessThan(Number(before));
      await expect.poll(answer).toContain('1 whole epoch');
      await expect
        .poll(() => panel.part('model').locator('vscode-option').allInnerTexts())
        .toContainEqual(expect.stringMatching(/^Step \d+, .* · from fireside/u));
      await expect.poll(faults).toEqual([]);
      await session.window.picture('tab-training');
      await chooseOption('action', 'the last checkpoint');
      // What the checkpoint says is not asked for again, and no heading stands over nothing.
      await expect
        .poll(() => panel.part('experiment-training').locator('legend').allInnerTexts())
        .toEqual(['Train', 'Checkpoints']);
      await panel.type('furtherEpochs', '1');
      await run('training');
      await expect.poll(answer).toContain('2 whole epochs');
      await panel.makeWidth(400);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await session.window.picture('tab-training-400');
    });

    test('waits, goes on and keeps a checkpoint when it is told to', async () => {
      await panel.makeWidth(800);
      await chooseOption('action', 'the model as it is');
      await panel.type('epochs', '2000');
      // The checkpoints of the training before are not taken away without a question.
      await panel.part('run').click();
      await expect
        .poll(() => panel.part('question').innerText())
        .toMatch(/fireside has reached step \d+ and can be continued/);
      await panel.begin(() => panel.part('question-yes').click());
      const live = panel.part('training-live');
      const step = async (): Promise<number> =>
        Number(/step ([\d,]+)/.exec(await live.innerText())?.[1]?.replaceAll(',', '') ?? 0);
      await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(4);
      const pause = panel.part('training-pause');
      await pause.click();
      await expect.poll(() => live.innerText(), { timeout: 30_000 }).toContain('Paused, checkpoint saved');
      const paused = await step();
      await session.window.picture('tab-training-paused');
      await expect.poll(() => pause.innerText()).toBe('Resume');
      await expect.poll(() => panel.part('training-kept').innerText()).toContain(`step ${paused}`);
      await pause.click();
      await expect.poll(step, { timeout: 30_000 }).toBeGreaterThan(paused);
      await panel.part('training-checkpoint').click();
      await expect
        .poll(() => panel.part('training-kept').innerText(), { timeout: 30_000 })
        .not.toContain(`step ${paused}`);
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      await expect.poll(() => panel.part('answer').textContent()).toMatch(/From step 0 to step \d+/);
      await panel.part('dismiss').click();
    });

    test('shows that it can be continued to the last bit', async () => {
      await chooseOption('action', 'nothing: only verify that it continues exactly');
      await run('training', small);
      await expect.poll(() => panel.part('answer').textContent()).toContain('Continuity holds');
    });
  });

  describe('The menu of models', () => {
    test('leads to others, and keeps the one that is chosen', async () => {
      const menu = panel.part('model');
      const before = await menu.evaluate((element) => (element as HTMLSelectElement).value);
      await menu.click();
      await panel.part('get-model').click();
      const input = session.window.page.locator('.quick-input-widget');
      await expect.poll(() => input.innerText()).toContain('Download from the hub');
      await session.window.page.keyboard.press('Escape');
      await input.waitFor({ state: 'hidden' });
      await expect.poll(() => menu.evaluate((element) => (element as HTMLSelectElement).value)).toBe(before);
    });
  });

  describe('Models', () => {
    test('stand side by side, are judged before they are known, and tinted by either', async () => {
      await panel.makeWidth(800);
      await run('models', { samples: '2', maxNewTokens: '8' });
      const columns = panel.part('model-column');
      await expect.poll(() => columns.count()).toBe(2);
      const heads = (): Promise<string[]> => columns.locator('h3').allInnerTexts();
      await expect.poll(heads).toEqual(['Model A', 'Model B']);
      await columns.first().locator('[data-testid="mark-coherence-4"]').click();
      await panel.part('reveal').click();
      await expect.poll(async () => (await heads()).join()).toContain('fireside');
      await expect
        .poll(() => panel.part('conclusion').locator('textarea').inputValue())
        .toContain('coherence 4 of 5');
      // Greedy and two samples of each; a tint says how likely the chosen model finds a token.
      await expect.poll(() => panel.part('model-text').count()).toBe(2 * 3);
      const tints = (): Promise<string[]> =>
        panel
          .part('model-text')
          .locator('[data-testid="token"]')
          .evaluateAll((all) => all.map((token) => (token as HTMLElement).dataset['probability']!));
      const first = await tints();
      await panel.part('tint-by').nth(1).click();
      await expect.poll(tints).not.toEqual(first);
      await expect.poll(faults).toEqual([]);
      await session.window.picture('tab-models');
      await panel.makeWidth(400);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await session.window.picture('tab-models-400');
    });

    test('write several times: each trial can be looked at, and the table has the spread', async () => {
      await panel.makeWidth(800);
      await run('models', { trials: '3', samples: '2', maxNewTokens: '6' });
      await expect.poll(() => panel.part('answer').textContent()).toContain('over 3 trials');
      await expect.poll(() => panel.part('models-held').innerText()).toContain('one after the other');
      const texts = (): Promise<string[]> => panel.part('model-text').allInnerTexts();
      await expect.poll(() => panel.part('trial').count()).toBe(3);
      const first = await texts();
      await panel.part('trial').nth(1).click();
      await expect.poll(texts).not.toEqual(first);
      // Greedy and two samples of each model, as before.
      await expect.poll(() => panel.part('model-text').count()).toBe(2 * 3);
      await expect.poll(() => panel.part('trial').nth(1).getAttribute('aria-pressed')).toBe('true');
      const csv = await exported(session, panel, 'csv-trials', 'models-trials.csv');
      // Two models, three trials, and the names of the columns.
      expect(csv.trim().split('\n')).toHaveLength(1 + 2 * 3);
      await panel.part('reveal').click();
      for (const width of [400, 800, 1600]) {
        await panel.makeWidth(width);
        await expect.poll(overflow).toBeLessThanOrEqual(0);
        await session.window.picture(`tab-models-trials-${width}`);
        await panel.part('models-texts').scrollIntoViewIfNeeded();
      }
      await panel.makeWidth(800);
    });
  });

  describe('A result', () => {
    test('is written into files of every kind', async () => {
      await run('nucleus');
      const json = JSON.parse(await exported(session, panel, 'json', 'nucleus.json')) as {
        result: { cells: { kept: number }[] };
      };
      expect(json.result.cells.length).toBe(6);
      const csv = await exported(session, panel, 'csv-cells', 'nucleus-cells.csv');
      expect(csv.trim().split('\n')).toHaveLength(7);
      const report = await exported(session, panel, 'md', 'nucleus.md');
      expect(report).toContain(SAMPLE_LINE);
      expect(report).toContain('<svg');
      const svg = await exported(session, panel, 'svg-cumulative', 'nucleus-cumulative.svg');
      expect(svg).toMatch(/^<svg[^>]+xmlns/);
    });

    test('has its headline and its picture on the first screen, and tables whose first column stays', async () => {
      await panel.makeWidth(400);
      await run('nucleus');
      const onFirstScreen = (): Promise<boolean> =>
        panel.frame.evaluate(() => {
          const box = (name: string): DOMRect =>
            document.querySelector(`[data-testid="${name}"]`)!.getBoundingClientRect();
          const [headline, picture] = [box('headline'), box('picture')];
          const half = window.innerHeight / 2;
          return (
            headline.top >= 0 && headline.bottom < half && picture.top > headline.bottom && picture.top < half
          );
        });
      await expect.poll(onFirstScreen).toBe(true);
      await expect.poll(() => panel.part('drawer').getAttribute('aria-expanded')).toBe('false');
      const table = panel.part('table').first();
      if ((await table.getAttribute('open')) === null) await table.locator('summary').click();
      const box = panel.part('table-box').first();
      await box.press('End');
      const key = box.locator('tbody tr').last().locator('th').first();
      const left = (): Promise<number> => key.evaluate((cell) => cell.getBoundingClientRect().left);
      const before = await left();
      await box.evaluate((element) => {
        element.scrollBy({ left: 120 });
      });
      await expect.poll(() => box.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
      await expect.poll(left).toBe(before);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      // It is still open after another tab was looked at.
      await panel.part('tab-grid').click();
      await panel.part('experiment-grid').waitFor();
      await panel.part('tab-nucleus').click();
      await panel.part('experiment-nucleus').waitFor();
      await expect.poll(() => table.getAttribute('open')).not.toBeNull();
      await panel.makeWidth(800);
    });

    test('is shown large, one picture at a time, by keys', async () => {
      const { keyboard } = session.window.page;
      const number = (): Promise<string> => panel.part('slide-number').innerText();
      // Nothing else of the page can be used while a slide is shown.
      if (await panel.part('presentation').isVisible()) await panel.part('slide-leave').click();
      await panel.part('present').focus();
      await keyboard.press('p');
      await expect.poll(number).toBe('1 of 2');
      await expect
        .poll(
          async () =>
            (await panel.part('slide-heading').innerText()) === (await panel.part('headline').textContent()),
        )
        .toBe(true);
      await panel.part('slide-picture').locator('svg').waitFor();
      await session.window.picture('presented');
      await keyboard.press('ArrowRight');
      await expect.poll(number).toBe('2 of 2');
      await keyboard.press('Home');
      await expect.poll(number).toBe('1 of 2');
      await panel.part('slide-next').click();
      await expect.poll(number).toBe('2 of 2');
      await keyboard.press('Escape');
      await panel.part('presentation').waitFor({ state: 'detached' });
      await expect
        .poll(() => panel.frame.evaluate(() => document.activeElement?.getAttribute('data-testid')))
        .toBe('present');
    });

    test('is kept, found again, and replayed to the same numbers', async () => {
      await panel.part('save').click();
      await expect.poll(() => panel.part('save').innerText()).toBe('Saved');
      await panel.begin(() => panel.part('replay').click());
      await panel.part('verdict').waitFor();
      await expect.poll(() => panel.part('verdict').innerText()).toMatch(/same/);
      await panel.part('history').click();
      await expect.poll(() => panel.part('reopen').count()).toBe(1);
      // The list follows its button, so that Tab leads into it.
      await panel.part('history').press('Tab');
      await expect
        .poll(() => panel.frame.evaluate(() => document.activeElement?.getAttribute('data-testid')))
        .toBe('reopen');
    });

    test('is compared with the next one, of another model', async () => {
      await panel.part('keep').click();
      await expect.poll(() => panel.part('comparison').count()).toBe(0);
      await panel.choose('toy vocabulary');
      await run('nucleus');
      await expect.poll(() => panel.part('earlier').innerText()).toContain('Earlier, fireside:');
      await session.window.picture('compared');
      await panel.part('comparison-close').click();
      await chooseOption('model', 'fireside');
      await run('nucleus');
    });

    test('is compared with another and replayed from the palette, without the panel’s own buttons', async () => {
      const { window } = session;
      await panel.part('history').click();
      await run('nucleus', { ps: '0.5, 0.9' });
      await panel.part('save').click();
      await expect.poll(() => panel.part('save').innerText()).toBe('Saved');
      const saved = { firstOf: 'Saved results' };
      await panel.part('tab-temperature').click();
      await window.choose('Decoding Lab: Compare Two Results', saved, { firstOf: 'Compare "' });
      await panel.part('comparison').waitFor();
      await panel.part('experiment-nucleus').waitFor();
      await window.choose('Decoding Lab: Replay Result', saved);
      await panel.part('verdict').waitFor();
      await expect.poll(() => panel.part('verdict').innerText()).toMatch(/same/);
      await panel.part('dismiss').click();
    });

    test('answers the chapter’s first question on the toy vocabulary', async () => {
      await panel.choose('toy vocabulary');
      await run('temperature', { target: 'pizza', temperatures: '0.5, 1, 1.5, 2, 5', draws: '100' });
      // Seed exercises: softmax(logits / T) of the first word.
      const answer = await panel.part('answer').innerText();
      const rows = await panel.frame
        .locator('[data-table="exact"] tbody tr, [data-table="target"] tbody tr')
        .evaluateAll((all) =>
          all.map((row) => [...row.querySelectorAll<HTMLElement>('[title]')].map((c) => c.title)),
        );
      expect(answer).toContain('pizza');
      expect(rows.length).toBeGreaterThan(0);
      await session.window.picture('toy-temperature');
    });
  });

  describe('The course', () => {
    test('opens each experiment with the chapter’s settings, and keeps and exports answers', async () => {
      await session.window.run('Decoding Lab: Course: Six Questions about Decoding');
      await panel.part('course').waitFor();
      await panel.makeWidth(800);
      await session.window.picture('course');
      const steps = panel.part('course-step');
      await expect.poll(() => steps.count()).toBe(6);
      await expect.poll(faults).toEqual([]);
      const answers = panel.frame.getByRole('textbox', { name: 'Your answer: ' });
      await expect.poll(() => answers.count()).toBe(6);
      await steps.first().locator('textarea').fill('A high temperature makes all dishes alike.');
      await steps.first().locator('[data-testid="course-open"]').first().click();
      // It runs at once, on the five dishes.
      await expect.poll(() => panel.part('answer').innerText()).toContain('pizza');
      await expect
        .poll(() => panel.part('temperatures').locator('input').inputValue())
        .toBe('0.1, 0.5, 1, 1.5, 2, 5');
      await panel.part('tab-course').click();
      await panel.part('course-opened').waitFor();
      await panel.part('course-export').click();
      const { page } = session.window;
      const input = page.locator('.quick-input-widget input.input');
      const path = join(session.workspace.folder, 'course.md');
      await expect.poll(() => input.inputValue()).toBe(path);
      await page.keyboard.press('Enter');
      await expect
        .poll(() => readFile(path, 'utf8').catch(() => ''), { timeout: 30_000 })
        .toContain('A high temperature makes all dishes alike.');
      await panel.makeWidth(400);
      await expect.poll(overflow).toBeLessThanOrEqual(0);
      await session.window.picture('course-400');
    });
  });

  const TABS = [
    'ab',
    'temperature',
    'grid',
    'determinism',
    'nucleus',
    'methods',
    'models',
    'loss',
    'training',
  ];

  describe('Controls', () => {
    test('of every tab take what is typed, and say what is wrong with it', async () => {
      await panel.makeWidth(800);
      let boxes = 0;
      for (const tab of TABS) {
        await panel.part(`tab-${tab}`).click();
        await panel.part(`experiment-${tab}`).waitFor();
        const fields = panel.frame.locator('.settings .field vscode-text-field input');
        const count = await fields.count();
        let refused = 0;
        for (let i = 0; i < count; i++) {
          const field = fields.nth(i);
          const before = await field.inputValue();
          await field.fill('-1e999');
          // What is wrong stands there from the next frame on.
          await drawn(panel.frame);
          refused += await panel.frame.locator('.settings [data-testid="field-error"]').count();
          await field.fill(before);
          await expect
            .poll(() => panel.frame.locator('.settings [data-testid="field-error"]').count())
            .toBe(0);
        }
        // Each is announced by its own name; the toolkit would call them all the same.
        const names = await fields.evaluateAll((all) => all.map((field) => field.ariaLabel ?? ''));
        expect(names, tab).not.toContain('');
        expect(names, tab).not.toContain('Text field');
        for (const name of new Set(names)) {
          const heard = panel.frame.getByRole('textbox', { name, exact: true });
          const expected = names.filter((other) => other === name).length;
          await expect.poll(() => heard.count(), { message: `${tab}: ${name}` }).toBe(expected);
        }
        // Texts may say anything; every number has limits.
        expect(refused, tab).toBeGreaterThanOrEqual(1);
        for (const box of await panel.frame.locator('.settings vscode-checkbox:visible').all()) {
          const checked = (): Promise<string | null> => box.getAttribute('aria-checked');
          const before = await checked();
          await box.click();
          await expect.poll(checked).not.toBe(before);
          await box.click();
          await expect.poll(checked).toBe(before);
          boxes++;
        }
      }
      expect(boxes).toBeGreaterThan(0);
    });

    test('of two tabs at once: the second waits, and can be taken back', async () => {
      await chooseOption('model', 'fireside');
      await panel.part('tab-grid').click();
      await panel.part('experiment-grid').waitFor();
      await panel.type('rowsValues', '0.5, 1, 1.5, 2');
      await panel.type('columnsValues', '5, 20, 50, 200');
      await panel.type('samples', '8');
      await panel.type('maxNewTokens', '40');
      await panel.begin(() => panel.part('run').click());
      await panel.part('tab-nucleus').click();
      await panel.part('experiment-nucleus').waitFor();
      await panel.part('run').click();
      await panel.part('waiting').waitFor();
      await expect.poll(() => panel.part('waiting').innerText()).toContain('Grid');
      await panel.part('stop').click();
      await panel.part('waiting').waitFor({ state: 'detached' });
      await panel.part('tab-grid').click();
      await panel.part('experiment-grid').waitFor();
      await panel.part('stop').click();
      await panel.part('stopped').waitFor();
      await panel.part('dismiss').click();
    });
  });

  describe('Looks', () => {
    // The narrowest in every theme, as borders differ. The tabs’ own tests show the others, but for the widest.
    test.each([
      ['Default Light Modern', 'vscode-light', 'light', [400]],
      ['Default High Contrast', 'vscode-high-contrast', 'high-contrast', [400]],
      ['Default High Contrast Light', 'vscode-high-contrast-light', 'high-contrast-light', [400]],
      ['Default Dark Modern', 'vscode-dark', 'dark', [1600]],
    ] as const)(
      '%s: nothing overflows, and everything can be read, heard and reached',
      async (theme, kind, name, widths) => {
        await session.server.set({ 'workbench.colorTheme': theme });
        await panel.frame.locator(`body.${kind}`).waitFor();
        for (const width of widths) {
          await panel.makeWidth(width);
          // What is chosen in an open list can be read, too.
          const list = panel.part('model');
          await list.click();
          await expect.poll(() => list.getAttribute('aria-expanded')).toBe('true');
          await expect.poll(() => violations(panel.frame, ['color-contrast'])).toEqual([]);
          await session.window.picture(`models-${name}-${width}`);
          await session.window.page.keyboard.press('Escape');
          await expect.poll(() => list.getAttribute('aria-expanded')).toBe('false');
          for (const tab of ['explore', ...TABS, 'branches', 'course']) {
            await panel.part(`tab-${tab}`).click();
            await panel.frame.locator(`[data-testid="tab-${tab}"][aria-selected="true"]`).waitFor();
            await drawn(panel.frame);
            await expect.poll(overflow, { message: `${tab} at ${width}` }).toBeLessThanOrEqual(0);
            await expect.poll(faults, { message: tab }).toEqual([]);
            await session.window.picture(`tab-${tab}-${name}-${width}`);
          }
        }
      },
    );
  });
}
