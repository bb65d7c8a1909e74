import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { EngineClient } from '../../engine/client';
import { runExperiment } from '../../engine/runExperiment';
import type { ExploreParameters } from '../../experiments/explore/parameters';
import { offsetOf, positionOf, textFor, textOf } from '../document/documentText';
import { asSuggestions, typedAlong, type Suggested } from './inlineCache';
import type { Library } from '../models/library';
import { lastPart } from '../panel/promptSource';
import { toFailure } from '../panel/requests';
import { settings } from '../settings';
import type { StatusBar } from '../statusBar';
import { fitSuggestion } from './textBehind';

/** Characters of the text before the cursor that are read: more than GPT-2's context holds of ordinary text. */
const LONGEST_PREFIX = 8_000;

/** Characters behind the cursor that a suggestion is held against: more than one can have. */
const LONGEST_BEHIND = 2_000;

export interface InlineServices {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly status: StatusBar;
}

/** GPT-2's continuations of the text before the cursor, as VS Code's inline suggestions. */
export class InlineCompletions implements vscode.InlineCompletionItemProvider {
  readonly #services: InlineServices;
  #last: Suggested | undefined;
  #offered: readonly string[] = [];
  #running: AbortController | undefined;

  constructor(services: InlineServices) {
    this.#services = services;
  }

  /** What was offered last, in the order in which VS Code cycles through it. */
  get offered(): readonly string[] {
    return this.#offered;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    this.#offered = [];
    const automatic = context.triggerKind === vscode.InlineCompletionTriggerKind.Automatic;
    const inline = settings.inline(document);
    if (!inline.enabled || inline.mode === 'off' || (automatic && inline.mode === 'manual')) return [];
    if (automatic && this.#services.status.paused) return [];

    const from = positionOf(document, offsetOf(document, position) - LONGEST_PREFIX);
    const prefix = lastPart(textOf(document, new vscode.Range(from, position)));
    if (prefix.trim() === '') return [];
    const model = settings.defaultModel();
    const key = JSON.stringify([document.uri.toString(), model, inline]);
    const known = typedAlong(this.#last, key, prefix);
    if (known) return this.#offer(known, prefix, document, position);

    if (automatic) {
      await sleep(inline.delay);
      if (token.isCancellationRequested) return [];
    }
    // One at a time: what the user typed last is what matters.
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    const listener = token.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      const completions = await this.#ask(prefix, model, inline, controller.signal);
      if (token.isCancellationRequested || completions === undefined) return [];
      this.#last = { key, prefix, completions };
      return this.#offer(completions, prefix, document, position);
    } finally {
      listener.dispose();
      if (this.#running === controller) this.#running = undefined;
    }
  }

  #offer(
    texts: readonly string[],
    prefix: string,
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.InlineCompletionItem[] {
    const start = offsetOf(document, position);
    const end = positionOf(document, start + LONGEST_BEHIND);
    const behind = textOf(document, new vscode.Range(position, end));
    const fitting = new Map(
      texts.flatMap((text) => {
        const fits = fitSuggestion(text, prefix, behind);
        return fits ? [[fits.text, fits.replaces] as const] : [];
      }),
    );
    this.#offered = [...fitting.keys()];
    return [...fitting].map(
      ([text, replaces]) =>
        new vscode.InlineCompletionItem(
          textFor(document, text),
          new vscode.Range(position, positionOf(document, start + replaces)),
        ),
    );
  }

  /** @returns undefined when it was stopped or failed; the status bar then says why */
  async #ask(
    prefix: string,
    model: string,
    { chain, greedy, alternatives, maxNewTokens, multiline, stop }: InlineSettings,
    signal: AbortSignal,
  ): Promise<string[] | undefined> {
    const { engine, library, status } = this.#services;
    const begin = performance.now();
    status.thinking(model);
    try {
      const source = await library.source(model, undefined);
      const parameters: ExploreParameters = {
        prompt: prefix,
        chain,
        greedy,
        seed: 0,
        samples: greedy ? 1 : alternatives,
        maxNewTokens,
        healing: true,
        ...(stop.length > 0 && { stop }),
      };
      const result = await runExperiment(engine, 'explore', source, parameters, {
        signal,
        priority: 'typing',
      });
      if (result.stopped) {
        status.idle(model);
        return undefined;
      }
      status.idle(model, performance.now() - begin);
      const texts = result.completions.map(({ text }) => text);
      return asSuggestions(texts, { multiline });
    } catch (error) {
      if (signal.aborted) status.idle(model);
      else status.failed(model, toFailure(error).sentence);
      return undefined;
    }
  }
}

type InlineSettings = ReturnType<typeof settings.inline>;
