import { basename } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { visibleText } from '../../core/visibleText';
import { EngineError, type EngineClient } from '../../engine/client';
import type { Offer } from '../../experiments/kit/offers';
import { registry, type ExperimentName } from '../../experiments/registry';
import { LibraryError } from '../../library/libraryError';
import { FIRST_AHEAD, type Failure, type FromPanel, type ToPanel } from '../../protocol/messages';
import { InsertionError, type Anchor } from './anchor';
import { GatheredEvents } from './gatheredEvents';
import { exportFile, NotSavedError } from './exportFile';
import { HistoryError, type History } from '../history/history';
import { UnknownModelError, type Library } from '../models/library';
import { trainedName } from '../models/trainedName';
import { openText } from '../presets/presetExchange';
import { PresetNotSavedError, savePreset } from '../presets/savePreset';
import { ServedModelError } from '../servers/servers';
import { readText, TextError } from './textSource';

/** A page that asks for more at once than this is not one of ours. */
const MOST_AT_ONCE = 16;

/** The experiment that works in a folder it is given, and leaves a model there. */
const TRAINING = 'training' satisfies ExperimentName;
const EXPLORE = 'explore' satisfies ExperimentName;

type Request = Extract<FromPanel, { request: number }>;

interface Running {
  readonly controller: AbortController;
  /** Tells the run something; undefined before it has begun. */
  tell?: (message: unknown) => void;
  /** What it is to be told then. */
  readonly early: unknown[];
}

/** What a request needs of its panel. */
export interface RequestPorts {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly history: History;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
  /** Where the current prompt stands; undefined when it was typed in the panel. */
  readonly anchor: () => Anchor | undefined;
  readonly post: (message: ToPanel) => void;
  /** The library has another model now. */
  readonly modelsChanged: () => void;
}

/** Answers a panel's requests; every request gets exactly one of `result`, `model`, `done` or `failure`. */
export class Requests implements vscode.Disposable {
  readonly #running = new Map<number, Running>();
  readonly #ports: RequestPorts;

  constructor(ports: RequestPorts) {
    this.#ports = ports;
  }

  /** What was explored last in a model of the library, with what parameters; undefined before that. */
  explored: { readonly model: string; readonly parameters: object } | undefined;

  /** Requests answered since the panel opened, failures among them. */
  answered = 0;

  /** Requests not answered yet. */
  get pending(): number {
    return this.#running.size;
  }

  async handle(message: Request): Promise<void> {
    const { request } = message;
    if (message.type === 'cancel') {
      this.#running.get(request)?.controller.abort();
      return;
    }
    if (message.type === 'tell') {
      const running = this.#running.get(request);
      if (running?.tell) running.tell(message.message);
      else running?.early.push(message.message);
      return;
    }
    if (this.#running.has(request)) return;
    if (this.#running.size >= MOST_AT_ONCE) {
      const sentence = vscode.l10n.t(
        '{0} requests are already running. Stop one of them first.',
        MOST_AT_ONCE,
      );
      this.#ports.post({ type: 'failure', request, failure: { code: 'busy', sentence } });
      return;
    }
    if (message.type === 'run' && message.experiment === EXPLORE) this.#noteExplored(message);
    const running: Running = { controller: new AbortController(), early: [] };
    this.#running.set(request, running);
    try {
      this.#ports.post(await this.#answer(message, running));
    } catch (error) {
      const failure = toFailure(error);
      this.#ports.log.warn(`${message.type}: ${failure.sentence}`);
      this.#ports.post({ type: 'failure', request, failure });
    } finally {
      this.#running.delete(request);
      this.answered += 1;
    }
  }

  #noteExplored({ model, toy, parameters }: Extract<Request, { type: 'run' }>): void {
    const isPlain = toy === undefined && typeof parameters === 'object' && parameters !== null;
    this.explored = isPlain ? { model, parameters } : undefined;
  }

  async #answer(message: Exclude<Request, { type: 'cancel' | 'tell' }>, running: Running): Promise<ToPanel> {
    const { request } = message;
    const { signal } = running.controller;
    const { engine, library, history, post } = this.#ports;
    switch (message.type) {
      case 'load': {
        const source = await library.source(message.model, message.toy);
        const { info, vocabulary } = await engine.load(source, signal);
        return { type: 'model', request, info, vocabulary };
      }
      case 'run': {
        const source = await library.source(message.model, message.toy);
        const others = await Promise.all((message.others ?? []).map((id) => library.source(id, undefined)));
        const trains = message.experiment === TRAINING;
        // Where files are written is never the page's to say.
        const parameters = trains
          ? { ...(message.parameters as object), directory: await library.trainingFolder(message.model) }
          : message.parameters;
        const events = new GatheredEvents((gathered) => {
          const messages = gathered.map((event) => ({ type: 'event' as const, request, event }));
          post(messages.length === 1 ? messages[0]! : { type: 'several', messages });
        });
        const result = await engine
          .run(message.experiment, source, parameters, {
            signal,
            ahead: request >= FIRST_AHEAD,
            ...(others.length > 0 && { others }),
            // A checkpoint is written first, and where it cannot be written the user decides.
            keepsOnStop: trains,
            onBegin: (tell) => {
              running.tell = tell;
              for (const message of running.early.splice(0)) tell(message);
            },
            onEvent: (event) => {
              events.take(event);
            },
          })
          .finally(() => {
            events.flush();
          });
        if (trains) await this.#keepTrained(result);
        return { type: 'result', request, result };
      }
      case 'insert': {
        const anchor = this.#ports.anchor();
        if (!anchor) {
          throw new InsertionError(
            vscode.l10n.t(
              'This prompt was typed in the panel, so the text has no place in a document. Use Copy instead.',
            ),
          );
        }
        await anchor.insert(message.text, message.how, request, message.whiteSpace);
        return { type: 'done', request };
      }
      case 'inserted': {
        const anchor = this.#ports.anchor();
        if (!anchor) throw new InsertionError(vscode.l10n.t('The place of this text is no longer known.'));
        await (message.act === 'undo' ? anchor.undo(message.insertion) : anchor.show(message.insertion));
        return { type: 'done', request };
      }
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return { type: 'done', request };
      case 'open-text':
        await openText(message.text, message.language);
        return { type: 'done', request };
      case 'export':
        await exportFile(message.name, message.content);
        return { type: 'done', request };
      case 'save-preset':
        return { type: 'preset', request, id: await savePreset(message) };
      case 'save':
        return { type: 'saved', request, id: await history.save(message.entry) };
      case 'history':
        return { type: 'history', request, lines: await history.lines() };
      case 'text': {
        const { name, text } = await readText(message.from, {
          document: this.#ports.anchor()?.uri,
          extension: this.#ports.extensionUri,
        });
        return { type: 'text', request, name: visibleText(name), text };
      }
      case 'reopen':
        return { type: 'entry', request, id: message.id, entry: await history.open(message.id) };
    }
  }

  /** Puts the model that a training has left into the library. */
  async #keepTrained(result: unknown): Promise<void> {
    const parsed = v.safeParse(registry[TRAINING].result, result);
    if (!parsed.success || parsed.output.directory === '') return;
    const { directory, provenance, progress } = parsed.output;
    await this.#ports.library.addTrained(
      directory,
      trainedName(basename(directory), provenance.modelName, progress.step),
    );
    this.#ports.modelsChanged();
  }

  /** Stops everything that still runs, for example because the panel was closed. */
  dispose(): void {
    for (const { controller } of this.#running.values()) controller.abort();
  }
}

/** An error as a value with a sentence for people, in which nothing that it quotes is hidden. */
export function toFailure(error: unknown): Failure {
  const { sentence, ...failure } = failureOf(error);
  return { ...failure, sentence: visibleText(sentence) };
}

function withOffers(failure: Failure, offers: readonly Offer[]): Failure {
  return offers.length > 0 ? { ...failure, offers: [...offers] } : failure;
}

function failureOf(error: unknown): Failure {
  if (error instanceof EngineError) {
    return withOffers({ code: error.code, sentence: error.message }, error.offers);
  }
  if (error instanceof InsertionError) return { code: 'insert', sentence: error.message };
  if (error instanceof HistoryError) return { code: 'history', sentence: error.message };
  if (error instanceof TextError) {
    return withOffers(
      { code: error.declined ? 'stopped' : 'parameter', sentence: error.message },
      error.offers,
    );
  }
  if (error instanceof PresetNotSavedError) return { code: 'stopped', sentence: error.message };
  if (error instanceof NotSavedError) return { code: 'stopped', sentence: error.message };
  if (error instanceof LibraryError) {
    return { code: error.code === 'stopped' ? 'stopped' : 'model', sentence: error.message };
  }
  if (error instanceof UnknownModelError || error instanceof ServedModelError) {
    return { code: 'model', sentence: error.message };
  }
  const what = messageOf(error);
  return {
    code: 'internal',
    sentence: vscode.l10n.t(
      'Something unexpected went wrong: {0}. The log (Decoding Lab: Show Log) has the details.',
      what,
    ),
  };
}
