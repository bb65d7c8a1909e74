/**
 * Every message between the extension and the panel, in both directions. Both sides check what arrives with
 * the schemas below: a message of another version or shape is answered with an error, never acted upon.
 * Requests carry an id chosen by the panel; every answer repeats it, and errors travel as values. What the panel is
 * about to ask the extension may begin before, under an id of its own choice: see `ahead`.
 */
import * as v from 'valibot';
import { offerSchema } from '../experiments/kit/offers';
import { modelServerSchema } from '../experiments/kit/results';
import { DOCUMENT_LANGUAGES } from '../interchange/languages';
import { chainSchema, listedPresetSchema, offSchema } from './presets';
import { PROTOCOL_VERSION } from './version';

export { PROTOCOL_VERSION };

/** The least id of a request that the extension has begun ahead; the panel's own are below. */
export const FIRST_AHEAD = 2 ** 31;

const requestId = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = (limit: number) => v.pipe(v.string(), v.maxLength(limit));

/** A typed array over any kind of buffer, which is what the rest of the code speaks of. */
const typedArray = <T extends Uint8Array | Uint32Array>(type: new () => T) =>
  v.custom<T extends Uint8Array ? Uint8Array : Uint32Array>((value) => value instanceof type);

/** The largest prompt the panel may send, in UTF-16 units; longer selections are cut by the extension. */
export const MAX_PROMPT_LENGTH = 4_000_000;

/** The toy vocabulary and its logits, both editable. */
export const toySchema = v.object({
  words: v.pipe(v.array(text(100)), v.maxLength(1000)),
  logits: v.pipe(v.array(v.number()), v.maxLength(1000)),
});
export type Toy = v.InferOutput<typeof toySchema>;

/** Where the prompt stands in the document, so that a completion can be put there. */
export const promptSourceSchema = v.object({
  text: text(MAX_PROMPT_LENGTH),
  /** Name of the document for people; empty when the prompt was typed in the panel. */
  document: text(1000),
  /** Where in the document, for people: `Ln 3, Col 1`. */
  place: text(200),
  /** Whether it is a selection, or the text before the cursor. */
  kind: v.picklist(['selection', 'before cursor', 'typed']),
  /** Sentences about how the text was taken, for example that it was cut. */
  notes: v.array(v.string()),
});
export type PromptSource = v.InferOutput<typeof promptSourceSchema>;

/** Longest text that is copied or shown in an editor, which may hold a whole prompt, in UTF-16 units. */
const MAX_TEXT_LENGTH = 2 * MAX_PROMPT_LENGTH;

/** Largest saved or exported result, in UTF-16 units. */
export const MAX_RESULT_LENGTH = 50_000_000;

/** An experiment's result as it is kept in the workspace's history: enough to draw it again and to replay it. */
export const historyEntrySchema = v.object({
  experiment: text(100),
  /** One line for people: the experiment and its prompt. */
  title: text(500),
  model: text(200),
  toy: v.optional(toySchema),
  parameters: v.unknown(),
  result: v.unknown(),
  /** What the reader concluded; part of the exported report. */
  conclusion: text(100_000),
});
export type HistoryEntry = v.InferOutput<typeof historyEntrySchema>;

/** Longest name of a saved result, in UTF-16 units. */
export const MAX_LINE_ID = 200;

/** A line of the history. */
export const historyLineSchema = v.object({
  id: text(MAX_LINE_ID),
  /** Milliseconds since 1970, as far as dates go. */
  savedAt: v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15)),
  experiment: historyEntrySchema.entries.experiment,
  title: historyEntrySchema.entries.title,
  model: historyEntrySchema.entries.model,
});
export type HistoryLine = v.InferOutput<typeof historyLineSchema>;

/** Where a whole text can come from: the document of the prompt, a file or folder that is chosen, or the book's example. */
export const TEXT_SOURCES = ['document', 'file', 'folder', 'verdict'] as const;
export type TextSource = (typeof TEXT_SOURCES)[number];

/** Load a model of the library, answered by `model`. */
const loadSchema = v.object({
  type: v.literal('load'),
  request: requestId,
  model: text(200),
  toy: v.optional(toySchema),
});

/** Run an experiment on a model, answered by `event`s and one `result` or `failure`. */
const runSchema = v.object({
  type: v.literal('run'),
  request: requestId,
  experiment: text(100),
  model: text(200),
  toy: v.optional(toySchema),
  /** Further models, where the experiment compares some. */
  others: v.optional(v.pipe(v.array(text(200)), v.maxLength(8))),
  parameters: v.unknown(),
});

/** What can be begun before the panel asks for it. */
const aheadSchema = v.variant('type', [loadSchema, runSchema]);
export type Ahead = v.InferOutput<typeof aheadSchema>;

/** From the panel to the extension. */
export const fromPanelSchema = v.variant('type', [
  v.object({ type: v.literal('ready'), version: v.number() }),
  loadSchema,
  runSchema,
  v.object({ type: v.literal('cancel'), request: requestId }),
  /** Something that a run listens to while it goes on: a training can wait, go on, write a checkpoint, end without one. */
  v.object({
    type: v.literal('tell'),
    request: requestId,
    message: v.picklist(['pause', 'resume', 'checkpoint', 'discard']),
  }),
  /** Put a completion into the document, answered by `done` or `failure`. */
  v.object({
    type: v.literal('insert'),
    request: requestId,
    how: v.picklist(['after', 'replace']),
    text: text(1_000_000),
    /** White space in the document behind the prompt, which was explored without it. */
    whiteSpace: v.optional(text(1_000_000)),
  }),
  /** Take back what an earlier `insert`, named by its request, has put there, or show it; answered likewise. */
  v.object({
    type: v.literal('inserted'),
    request: requestId,
    insertion: requestId,
    act: v.picklist(['undo', 'show']),
  }),
  v.object({ type: v.literal('copy'), request: requestId, text: text(MAX_TEXT_LENGTH) }),
  /** Show a text in an editor, in a document of its own; answered by `done`. */
  v.object({
    type: v.literal('open-text'),
    request: requestId,
    text: text(MAX_TEXT_LENGTH),
    language: v.picklist(DOCUMENT_LANGUAGES),
  }),
  /** Write a file that the user chooses, answered by `done`, or by `failure` with code `stopped` when they do not. */
  v.object({
    type: v.literal('export'),
    request: requestId,
    /** File name to suggest, with its extension. */
    name: text(200),
    content: text(MAX_RESULT_LENGTH),
  }),
  /** Keep a chain as a preset of the user's own, whose name the extension asks for; answered by `preset`. */
  v.object({ type: v.literal('save-preset'), request: requestId, chain: chainSchema, off: offSchema }),
  /** Keep a result in the workspace's history, answered by `saved`. */
  v.object({ type: v.literal('save'), request: requestId, entry: historyEntrySchema }),
  /** The history, newest first, answered by `history`. */
  v.object({ type: v.literal('history'), request: requestId }),
  /** One saved result, answered by `entry`. */
  v.object({ type: v.literal('reopen'), request: requestId, id: text(MAX_LINE_ID) }),
  /** A text to evaluate or to train on, answered by `text`; by `failure` with code `stopped` when it is not given. */
  v.object({ type: v.literal('text'), request: requestId, from: v.picklist(TEXT_SOURCES) }),
  /** The user wants a model that is not on this machine, or not in the library; the extension asks which. */
  v.object({ type: v.literal('get-model') }),
  /** The user wants to name a server that has models; the extension asks which. */
  v.object({ type: v.literal('connect-server') }),
  v.object({ type: v.literal('log'), message: text(10_000) }),
]);
export type FromPanel = v.InferOutput<typeof fromPanelSchema>;

/** A model that the panel can offer. */
export const modelChoiceSchema = v.object({
  id: v.string(),
  name: v.string(),
  kind: v.picklist(['toy', 'gpt2', 'remote']),
  /** The server that a remote model runs on: what its user calls it, and where it is. */
  server: v.optional(v.object({ name: v.string(), address: v.string() })),
  /** One line: size, shape, what to expect. */
  description: v.string(),
  /** What it was trained on and what it is for, where that is known. */
  about: v.optional(v.string()),
  /** Of a model that comes with the extension: its kind of texts, and the nats that it gives a character of them. */
  bundled: v.optional(v.object({ kind: v.string(), foreignAbove: v.number() })),
  /** Where a model can be had with other weights: the id of the model itself, and what its weights are called. */
  variant: v.optional(v.object({ of: v.string(), label: v.string() })),
  /** Step of the last checkpoint of a training that can be continued. */
  checkpoint: v.optional(v.number()),
});
export type ModelChoice = v.InferOutput<typeof modelChoiceSchema>;

export const failureSchema = v.object({
  /** Stable name, for example `busy`, `stopped`, `model`, `engine`, `parameter`. */
  code: v.string(),
  /** A sentence that names the value, the limit and the fix. */
  sentence: v.string(),
  /** What can be done in place of what failed. */
  offers: v.optional(v.array(offerSchema)),
});
export type Failure = v.InferOutput<typeof failureSchema>;

const savedSchema = v.object({ id: v.string(), entry: historyEntrySchema });
/** A result of the history with its id. */
export type Saved = v.InferOutput<typeof savedSchema>;

/** From the extension to the panel. */
export const toPanelSchema = v.variant('type', [
  v.object({
    type: v.literal('welcome'),
    version: v.literal(PROTOCOL_VERSION),
    models: v.array(modelChoiceSchema),
    defaultModel: v.string(),
    toy: toySchema,
  }),
  /** All presets, built in and the user's own, in the order of lists. */
  v.object({ type: v.literal('presets'), presets: v.array(listedPresetSchema) }),
  /** Explore with a preset of those. */
  v.object({ type: v.literal('take-preset'), id: v.string() }),
  /** The default model is another one now: the page follows. */
  v.object({ type: v.literal('use-model'), model: v.string() }),
  /**
   * A request of the panel that has been begun before it was asked for, under an id from `FIRST_AHEAD` on: it is
   * answered as if the panel had asked. A run pauses behind its first answer: the panel, once it would have asked for
   * it, tells it to resume. Runs that it does not ask for with the next prompt it cancels.
   */
  v.object({ type: v.literal('ahead'), asked: aheadSchema }),
  /** A new prompt; `run` asks the page to explore it at once, whichever tab is in front. */
  v.object({ type: v.literal('prompt'), source: promptSourceSchema, run: v.boolean() }),
  v.object({
    type: v.literal('model'),
    request: requestId,
    info: v.object({
      id: v.string(),
      name: v.string(),
      kind: v.picklist(['toy', 'gpt2', 'remote']),
      server: v.optional(modelServerSchema),
      vocabularySize: v.number(),
      contextLength: v.number(),
      endOfText: v.pipe(v.array(v.number()), v.readonly()),
      startOfText: v.nullable(v.number()),
      fingerprint: v.string(),
      precision: v.string(),
      parameters: v.number(),
    }),
    vocabulary: v.object({ bytes: typedArray(Uint8Array), offsets: typedArray(Uint32Array) }),
  }),
  /** A partial result of a run; its shape belongs to the experiment. */
  v.object({ type: v.literal('event'), request: requestId, event: v.unknown() }),
  v.object({ type: v.literal('result'), request: requestId, result: v.unknown() }),
  v.object({ type: v.literal('done'), request: requestId }),
  v.object({ type: v.literal('failure'), request: requestId, failure: failureSchema }),
  v.object({ type: v.literal('text'), request: requestId, name: v.string(), text: v.string() }),
  /** The id of a preset that was saved. */
  v.object({ type: v.literal('preset'), request: requestId, id: v.string() }),
  v.object({ type: v.literal('saved'), request: requestId, id: v.string() }),
  v.object({ type: v.literal('history'), request: requestId, lines: v.array(historyLineSchema) }),
  v.object({ type: v.literal('entry'), request: requestId, id: v.string(), entry: historyEntrySchema }),
  /** Open a tab, with parameters filled in or a saved result shown. */
  v.object({
    type: v.literal('open'),
    tab: v.string(),
    parameters: v.optional(v.unknown()),
    entry: v.optional(savedSchema),
    /** A saved result of the same experiment to compare it with. */
    earlier: v.optional(savedSchema),
    /** Run the saved result once more, to see whether it repeats. */
    replay: v.optional(v.boolean()),
    /** Start the experiment at once. */
    run: v.boolean(),
  }),
  /** Messages that come together, in order: each is read for itself. */
  v.object({ type: v.literal('several'), messages: v.array(v.unknown()) }),
  /** The engine's state, for the page's footer. */
  v.object({ type: v.literal('engine'), state: v.picklist(['stopped', 'starting', 'ready', 'failed']) }),
]);
export type ToPanel = v.InferOutput<typeof toPanelSchema>;

/** Reads a message from the panel; null when it is not one. */
export function readFromPanel(value: unknown): FromPanel | null {
  const parsed = v.safeParse(fromPanelSchema, value);
  return parsed.success ? parsed.output : null;
}

/** Reads a message from the extension; null when it is not one. */
export function readToPanel(value: unknown): ToPanel | null {
  const parsed = v.safeParse(toPanelSchema, value);
  return parsed.success ? parsed.output : null;
}
