/** Saved results of an earlier version: listed, opened on the page, exported, replayed and compared. */
import { describe, expect, it } from 'vitest';
import { history, openPage, openSaved } from './extension';
import { markdownOf, readParameters, runOnToy, type HistoryEntry } from './openers';
import { until } from './page';
import { SAVED, type SavedResult } from './savedResults';
import { TOY } from './toy';

const onToy = SAVED.filter(({ model }) => model === 'toy');
const named = (results: readonly SavedResult[]): [string, SavedResult][] =>
  results.map((result) => [`${result.experiment} ${result.id}`, result]);

/** What a line of a table has in a column; the parts before it have no commas. */
function cellOf(csv: string, { line, column }: SavedResult['figure']): string | undefined {
  return csv
    .split(/\r?\n/)
    .find((row) => row.startsWith(line))
    ?.split(',')[column];
}

/** A result without how long it took and what wrote it. */
function lasting(result: unknown): unknown {
  const { milliseconds, provenance, ...rest } = JSON.parse(JSON.stringify(result)) as {
    milliseconds: number;
    provenance: Record<string, unknown>;
  };
  return { ...rest, provenance: { ...provenance, software: typeof milliseconds } };
}

/** Values without what another order of additions changes in them: the last of sixteen digits. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toFixed(12));
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}

describe('the history of an earlier version', () => {
  it('lists every result, newest first', async () => {
    const lines = await history.lines();
    expect(lines.map(({ id, experiment, model }) => ({ id, experiment, model }))).toEqual(
      [...SAVED].reverse().map(({ id, experiment, model }) => ({ id, experiment, model })),
    );
    expect(lines.at(-1)).toEqual({
      id: '1795856400000-498b6c40',
      savedAt: Date.UTC(2026, 10, 28, 9, 0),
      experiment: 'temperature',
      title: 'Temperature: pizza pasta',
      model: 'toy',
    });
  });

  it('has its results on the page, to be opened and compared', async () => {
    const page = openPage(null);
    page.drawn.fire('tab-branches', 'click');
    page.drawn.fire('history', 'click');
    await until(() => page.drawn.texts('reopen')).toHaveLength(3);
    expect(page.drawn.text('history-list')).toContain('Branches: pizza pasta');
    page.drawn.fire('reopen', 'click', {}, 1);
    await until(() => page.drawn.text('answer')).toContain('Proof: 6 beginnings were evaluated');
    page.drawn.fire('compare', 'click', {}, 0);
    await until(() => page.drawn.text('earlier')).toContain('Beam search finds');
  });
});

describe.each(named(SAVED))('%s', (_, saved) => {
  const open = (): Promise<HistoryEntry> => history.open(saved.id);

  it('has what was asked for, and what the reader concluded', async () => {
    const { experiment, model, toy, parameters, conclusion } = await open();
    expect({ experiment, model, conclusion }).toEqual({
      experiment: saved.experiment,
      model: saved.model,
      conclusion: saved.conclusion,
    });
    expect(toy).toEqual(model === 'toy' ? TOY : undefined);
    expect(parameters).toMatchObject(saved.parameters);
    expect(() => {
      readParameters(experiment, parameters as object);
    }).not.toThrow();
  });

  it('opens on the page: answer, controls, prompt, toy and conclusion', async () => {
    const { drawn } = openSaved(saved.id, await open());
    expect(drawn.all(`tab-${saved.experiment}`, 'aria-selected')).toEqual(['true']);
    expect(drawn.text('answer')).toContain(saved.answer);
    expect(drawn.text('save')).toBe('Saved');
    expect(drawn.field('conclusion')).toBe(saved.conclusion);
    expect(drawn.field('model')).toBe(saved.model);
    for (const [name, value] of Object.entries(saved.fields))
      expect([name, drawn.field(name)]).toEqual([name, value]);
    if (saved.model !== 'toy') return;
    expect(drawn.text('stale')).toBe('');
    expect(drawn.all('toy-word', '.value')).toEqual(TOY.words);
    expect(drawn.text('prompt-chips')).toBe('·pizza·pasta');
  });

  it('is exported: its tables with their figures, and all of it', async () => {
    const entry = await open();
    const page = openSaved(saved.id, entry);
    const choices = [...page.drawn.html.matchAll(/data-testid="(export-(?:csv-[\w-]+|json))"/g)];
    for (const [, choice] of choices) page.drawn.fire(choice!, 'click');
    await until(() => Object.keys(page.exports)).toHaveLength(choices.length);
    const { file, is } = saved.figure;
    const cell = cellOf(page.exports[file]!, saved.figure);
    if (typeof is === 'number') expect(Number(cell)).toBeCloseTo(is, 8);
    else expect(cell).toBe(is);
    expect(JSON.parse(page.exports[`${saved.experiment}.json`]!)).toEqual(entry);
  });

  it('is a report', async () => {
    const report = markdownOf(await open());
    expect(report).toContain(`\n\n${saved.conclusion || '*None was written.*'}\n\n`);
    expect(report.split('\n')).toContain(saved.report);
  });
});

describe.each(named(onToy))('%s, replayed', (_, saved) => {
  it('gives the same values', async () => {
    const { experiment, toy, parameters, result } = await history.open(saved.id);
    const replayed = lasting(await runOnToy(experiment, toy!, parameters));
    expect(rounded(replayed)).toEqual(rounded(lasting(result)));
  });

  it('gives the same on the page', async () => {
    const page = openSaved(saved.id, await history.open(saved.id));
    page.drawn.fire('replay', 'click');
    await until(() => page.drawn.text('verdict')).toMatch(
      /^Replayed: all [\d,]+ values of the result are the same/,
    );
  });
});

describe.each(named(SAVED.filter(({ experiment }) => experiment === 'loss' || experiment === 'models')))(
  '%s, replayed',
  (_, saved) => {
    it('is run again as it was', async () => {
      const entry = await history.open(saved.id);
      const page = openSaved(saved.id, entry);
      page.drawn.fire('replay', 'click');
      await until(() => page.drawn.text('failure')).toContain('Only the toy runs here.');
      expect(page.sent.find(({ type }) => type === 'run')).toMatchObject({
        experiment: saved.experiment,
        model: 'small',
        parameters: entry.parameters,
        ...(saved.experiment === 'models' && { others: ['other'] }),
      });
    });
  },
);
