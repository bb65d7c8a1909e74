import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type * as vscode from 'vscode';
import { describe, expect, it, vi } from 'vitest';
import { surprisal } from '../../../../src/experiments/surprisal';
import { surprisalParameters } from '../../../../src/experiments/surprisal/parameters';
import { DocumentScoring, type ScoringLimits } from '../../../../src/extension/surprisal/documentScoring';
import {
  offsetOf,
  positionOf,
  positionsIn,
  rangeOf,
  TextEdits,
  textOf,
} from '../../../../src/extension/document/documentText';
import type { ScoredToken } from '../../../../src/extension/surprisal/scoredDocument';
import type { Span } from '../../../../src/extension/document/spans';
import '../../fixedSeed';
import { ChainModel } from '../chainModel';
import { StandInDocument, type Change } from '../vscodeStandIn';

vi.mock('vscode', () => import('../vscodeStandIn'));

const asDocument = (document: StandInDocument): vscode.TextDocument =>
  document as unknown as vscode.TextDocument;

/** A scoring of a document by a model, a piece at a turn of the event loop. */
const scoringOf = (
  document: StandInDocument,
  model: ChainModel,
  part?: Span,
  fails = { next: false },
  limits?: ScoringLimits,
) =>
  new DocumentScoring(
    part,
    {
      text: () => textOf(asDocument(document)),
      run: async (parameters, signal, onEvent) => {
        if (fails.next) throw new Error('The model process ended.');
        return surprisal.run(model, surprisalParameters.parse(parameters), {
          emit: onEvent,
          signal,
          pause: () => turn(),
        });
      },
      onChange: () => undefined,
    },
    limits,
  );

/** What the tokens of a part have when the text is scored once, from its start. */
async function fromScratch(text: string, context: number, part: Span = { start: 0, end: text.length }) {
  const tokens: object[] = [];
  await surprisal.run(
    new ChainModel(context),
    { text, from: part.start, to: part.end, alternatives: 10, known: [] },
    {
      emit: (event) => {
        if (event.type === 'known') return;
        const { ids, starts, ends, logProbabilities, ranks, entropies } = event.tokens;
        ids.forEach((id, i) =>
          tokens.push({
            id,
            start: starts[i],
            end: ends[i],
            logProbability: logProbabilities[i],
            rank: ranks[i],
            entropy: entropies[i],
          }),
        );
      },
      signal: new AbortController().signal,
      pause: () => Promise.resolve(),
    },
  );
  return tokens;
}

const withoutAlternatives = (tokens: readonly ScoredToken[]): object[] =>
  tokens.map(({ id, start, end, logProbability, rank, entropy }) => ({
    id,
    start,
    end,
    logProbability,
    rank,
    entropy,
  }));

const words = fc.constantFrom(
  'The',
  ' king',
  ' went',
  ' remember',
  'ed',
  '\n',
  '\n\n',
  ' ',
  '  ',
  'q',
  ' café',
  '🐟',
  '.',
);
const texts = (most: number) => fc.array(words, { maxLength: most }).map((parts) => parts.join(''));
const step = fc.record({
  /** Where in the text, as shares of its length; how many units go there, and what comes. */
  places: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
  removed: fc.nat({ max: 12 }),
  added: texts(5),
  lineEnds: fc.option(fc.constantFrom(1 as const, 2 as const), { freq: 4 }),
  /** Turns of the event loop before the next step, and whether a pause lets the text be scored. */
  turns: fc.nat({ max: 12 }),
  paused: fc.boolean(),
  undo: fc.boolean(),
});

/** Changes at several places that do not overlap, none within a character of two units. */
function changesAt(text: string, places: readonly number[], removed: number, added: string): Change[] {
  let free = 0;
  return places
    .map((share) => Math.floor(share * text.length))
    .sort((a, b) => a - b)
    .flatMap((at) => {
      const start = whole(text, Math.max(at, free));
      const end = whole(text, Math.min(text.length, start + removed));
      if (start < free || start > text.length) return [];
      free = end + 1;
      return [{ start, end, text: added }];
    });
}

const whole = (text: string, at: number): number => (/[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at);

describe('the scores of a document', () => {
  it('are, once nothing waits, those of scoring it from the start, whatever was edited and when', async () => {
    const lineEnds = fc.constantFrom(1 as const, 2 as const);
    const context = fc.constantFrom(8, 24, 1024);
    const part = fc.option(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    );
    await fc.assert(
      fc.asyncProperty(
        texts(80),
        lineEnds,
        context,
        part,
        fc.array(step, { maxLength: 6 }),
        async (text, eol, length, shares, steps) => {
          const document = new StandInDocument(text, eol);
          const edits = new TextEdits(asDocument(document));
          const [a, b] = (shares ?? [0, 0]).map((share) => whole(text, Math.floor(share * text.length))) as [
            number,
            number,
          ];
          const scoring = scoringOf(
            document,
            new ChainModel(length),
            shares ? { start: Math.min(a, b), end: Math.max(a, b) } : undefined,
          );
          let begun = scoring.score();
          const change = (event: unknown): void => {
            const read = edits.read(event as vscode.TextDocumentChangeEvent);
            if (read.length > 0) expect(scoring.edit(read)).toBe(true);
          };
          for (const { places, removed, added, lineEnds: ends, turns, paused, undo } of steps) {
            const before = document.text;
            const changes = changesAt(before, places, removed, added);
            change(document.change(changes));
            if (ends) change(document.endLinesWith(ends));
            if (undo) change(document.change([{ start: 0, end: document.text.length, text: before }]));
            if (paused) begun = scoring.score();
            for (let i = 0; i < turns; i++) await turn();
          }
          if (scoring.state.kind === 'waiting') begun = scoring.score();
          await begun;
          await scoring.settled();
          expect(scoring.state).toEqual({ kind: 'scored', left: 0 });
          const { tokens } = scoring;
          const all = await fromScratch(document.text, length);
          const found = withoutAlternatives(tokens);
          if (!shares) expect(found).toEqual(all);
          // A part has the very tokens that the whole has there.
          else expect(all).toEqual(expect.arrayContaining(found));
          // Every token has positions, between which it stands.
          const positionIn = positionsIn(asDocument(document));
          for (const token of tokens) {
            expect(textOf(asDocument(document), rangeOf(asDocument(document), token))).toBe(
              document.text.slice(token.start, token.end),
            );
            const position = positionOf(asDocument(document), token.start);
            expect(positionIn(token.start)).toEqual(position);
            expect(offsetOf(asDocument(document), position)).toBe(token.start);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  const SENTENCE = 'The king went out into the forest and saw a fox. ';

  it('are those of the text with LF where its lines end with CR LF', async () => {
    const text = `${SENTENCE}\n`.repeat(30);
    const scores = await Promise.all(
      ([1, 2] as const).map(async (eol) => {
        const scoring = scoringOf(new StandInDocument(text, eol), new ChainModel(64));
        await scoring.score();
        return scoring.tokens;
      }),
    );
    expect(scores[1]).toEqual(scores[0]);
  });

  it('reach the end of a text that is edited while they come', async () => {
    const document = new StandInDocument(SENTENCE.repeat(300), 1);
    const edits = new TextEdits(asDocument(document));
    const scoring = scoringOf(document, new ChainModel(1024));
    const first = scoring.score();
    while (scoring.tokens.length < 100) await turn();
    const end = document.text.length;
    const event = document.change([{ start: end, end, text: 'And' }]);
    scoring.edit(edits.read(event as vscode.TextDocumentChangeEvent));
    await first;
    await scoring.score();
    expect(scoring.tokens.map(({ start, end: to }) => document.text.slice(start, to)).join('')).toBe(
      document.text,
    );
  });

  it('are of the tokens of the whole text after edits within words', async () => {
    const sentence = 'Notwithstanding the unbelievable circumstances, everybody remembered Cinderella. ';
    const document = new StandInDocument(sentence.repeat(50), 1);
    const edits = new TextEdits(asDocument(document));
    const model = new ChainModel(1024);
    const scoring = scoringOf(document, model);
    await scoring.score();
    for (const at of [500, 507, 520]) {
      const event = document.change([{ start: at, end: at, text: 'q' }]);
      scoring.edit(edits.read(event as vscode.TextDocumentChangeEvent));
      await scoring.score();
    }
    expect(scoring.tokens.map(({ id }) => id)).toEqual(model.encode(document.text));
  });

  it('of a long text cost little after an edit: windows that have not changed are not scored again', async () => {
    const document = new StandInDocument(
      Array.from({ length: 8_000 }, (_, i) => `${(i * 7919) % 10_007} `).join(''),
      1,
    );
    const edits = new TextEdits(asDocument(document));
    const model = new ChainModel(1024, 64);
    const scoring = scoringOf(document, model);
    await scoring.score();
    const all = model.scored;
    expect(all).toBeGreaterThan(10_000);
    model.scored = 0;
    const event = document.change([{ start: 15_000, end: 15_000, text: 'a king ' }]);
    scoring.edit(edits.read(event as vscode.TextDocumentChangeEvent));
    await scoring.score();
    expect(model.scored).toBeGreaterThan(0);
    expect(model.scored).toBeLessThan(all / 2);
  });

  it('are not computed beyond the limit, of which the user is told, unless told to go on', async () => {
    const text = fc.array(words, { minLength: 300, maxLength: 600 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        const document = new StandInDocument(text, 1);
        // A token of these words has at most nine characters, and what is read at once at most 25 tokens.
        const limits = { scored: 500, lookahead: 300 };
        const scoring = scoringOf(document, new ChainModel(24, 64), undefined, undefined, limits);
        await scoring.score();
        const all = await fromScratch(text, 24);
        for (let to = 500; to < text.length; to += 500) {
          expect(scoring.state).toEqual({ kind: 'scored', left: text.length - to });
          const { tokens } = scoring;
          expect(withoutAlternatives(tokens)).toEqual(all.slice(0, tokens.length));
          expect(tokens.at(-1)!.start).toBeLessThan(to);
          expect(tokens.at(-1)!.end).toBeGreaterThanOrEqual(to);
          await scoring.goOn();
        }
        expect(scoring.state).toEqual({ kind: 'scored', left: 0 });
        expect(withoutAlternatives(scoring.tokens)).toEqual(all);
      }),
      { numRuns: 20 },
    );
  });

  it('stay as they are after a stop, which edits do not undo, and are made whole by going on', async () => {
    const document = new StandInDocument(SENTENCE.repeat(100), 1);
    const edits = new TextEdits(asDocument(document));
    const scoring = scoringOf(document, new ChainModel(64));
    const begun = scoring.score();
    while (scoring.tokens.length < 100) await turn();
    scoring.stop();
    await begun;
    await scoring.settled();
    expect(scoring.state.kind).toBe('stopped');
    const { length } = scoring.tokens;
    expect(length).toBeLessThan(1000);
    const event = document.change([{ start: 0, end: 0, text: 'Then ' }]);
    expect(scoring.edit(edits.read(event as vscode.TextDocumentChangeEvent))).toBe(false);
    expect(scoring.state.kind).toBe('stopped');
    await scoring.goOn();
    expect(withoutAlternatives(scoring.tokens)).toEqual(await fromScratch(document.text, 64));
  });

  it('say why they are not whole where the model fails, and are made whole by the next edit', async () => {
    const document = new StandInDocument(SENTENCE, 1);
    const edits = new TextEdits(asDocument(document));
    const fails = { next: true };
    const scoring = scoringOf(document, new ChainModel(64), undefined, fails);
    await scoring.score();
    expect(scoring.state).toEqual({ kind: 'failed', error: new Error('The model process ended.') });
    fails.next = false;
    const event = document.change([{ start: 0, end: 0, text: 'Then ' }]);
    expect(scoring.edit(edits.read(event as vscode.TextDocumentChangeEvent))).toBe(true);
    await scoring.score();
    expect(withoutAlternatives(scoring.tokens)).toEqual(await fromScratch(document.text, 64));
  });
});
