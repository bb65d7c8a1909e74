import * as v from 'valibot';
import type * as vscode from 'vscode';
import { withLf } from '../../core/lineEnds';
import { runExperiment } from '../../engine/runExperiment';
import { lastPart } from '../panel/promptSource';
import { toFailure } from '../panel/requests';
import { settings } from '../settings';
import { answerOf } from '../shown/documents';
import { inQuotationMarks } from '../shown/quote';
import { tokenName } from '../tokenNames';
import { complete, completeSchema, next, nextSchema, type ToolServices } from './decodingTools';

const phraseSchema = v.object({
  text: v.string(),
  phrase: v.pipe(
    v.string(),
    v.check((phrase) => phrase.trim() !== '', 'The phrase is empty.'),
  ),
  temperature: v.optional(v.number(), 1),
});
const surprisalSchema = v.object({ text: v.pipe(v.string(), v.minLength(1)) });

/** What chat agents in the editor may ask of the model, by the names in the manifest. */
export function createTools(services: ToolServices): Record<string, vscode.LanguageModelTool<unknown>> {
  return {
    decoding_lab_next_token: tool(nextSchema, (input, signal) => next(services, input, signal)),
    decoding_lab_complete: tool(completeSchema, (input, signal) => complete(services, input, signal)),
    decoding_lab_phrase_probability: tool(phraseSchema, (input, signal) =>
      phraseProbability(services, input, signal),
    ),
    decoding_lab_surprisal: tool(surprisalSchema, (input, signal) => readSurprisal(services, input, signal)),
  };
}

function tool<Schema extends v.GenericSchema>(
  schema: Schema,
  answer: (input: v.InferOutput<Schema>, signal: AbortSignal) => Promise<string>,
): vscode.LanguageModelTool<unknown> {
  return {
    async invoke({ input }, token) {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      const parsed = v.safeParse(schema, input);
      let text: string;
      try {
        text = parsed.success
          ? await answer(parsed.output, controller.signal)
          : `The input is not usable: ${parsed.issues[0].message}`;
      } catch (error) {
        text = toFailure(error).sentence;
      }
      return answerOf(text);
    },
  };
}

/** Ways to write the phrase that are listed. */
const WAYS = 5;

/** Draws that the experiment does beside the exact value: as few as it allows. */
const FEWEST_DRAWS = 10;

async function phraseProbability(
  { engine, library }: ToolServices,
  { text, phrase, temperature }: v.InferOutput<typeof phraseSchema>,
  signal: AbortSignal,
): Promise<string> {
  const source = await library.source(settings.textModel(), undefined);
  const leadingSpace = phrase.startsWith(' ');
  const target = withLf(leadingSpace ? phrase.slice(1) : phrase);
  const parameters = {
    prompt: lastPart(withLf(text)),
    target,
    leadingSpace,
    temperatures: [temperature],
    draws: FEWEST_DRAWS,
    seed: 0,
  };
  const { rows, ways, wayCount, provenance } = await runExperiment(
    engine,
    'temperature',
    source,
    parameters,
    { signal },
  );
  const [row] = rows;
  if (!row) return 'It was stopped before it was done.';
  const { probability, unexplored } = row;
  const bound = unexplored > 0 ? `, and at most ${(probability + unexplored).toPrecision(6)}` : '';
  const lines = ways
    .slice(0, WAYS)
    .map(
      (way) =>
        `${way.tokens.map(({ text: token }) => inQuotationMarks(token)).join(' + ')}: ${way.probability.toPrecision(6)}`,
    );
  return [
    ...provenance.promptNotes,
    `Probability of ${inQuotationMarks(phrase)} after the text, according to ${inQuotationMarks(provenance.modelName)} at temperature ${temperature}: ${probability.toPrecision(6)}${bound}.`,
    `The most probable of ${wayCount} ways to write it, at temperature 1:`,
    ...lines,
  ].join('\n');
}

async function readSurprisal(
  { engine, library }: ToolServices,
  { text }: v.InferOutput<typeof surprisalSchema>,
  signal: AbortSignal,
): Promise<string> {
  const source = await library.source(settings.textModel(), undefined);
  const model = await engine.load(source, signal);
  const lines: string[] = [];
  const part = lastPart(withLf(text));
  const result = await runExperiment(
    engine,
    'surprisal',
    source,
    { text: part, from: 0, to: part.length, alternatives: 1, known: [] },
    {
      signal,
      onEvent: (event) => {
        if (event.type !== 'tokens') return;
        const { tokens } = event;
        tokens.ids.forEach((id, i) => {
          const bits = (-tokens.logProbabilities[i]! / Math.LN2).toFixed(2);
          const rank = tokens.ranks[i]!;
          const place = rank < 0 ? '' : `, rank ${rank + 1}`;
          lines.push(`${inQuotationMarks(tokenName(id, model))}: ${bits} bits${place}`);
        });
      },
    },
  );
  return `${JSON.stringify(result)}\nToken by token (${inQuotationMarks(model.info.name)}):\n${lines.slice(0, 2000).join('\n')}`;
}
