/** What the panel shows, read as a user would: from its page, by the names of its parts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { Failure } from './failure';

export interface Bar {
  /** The token as it is shown. */
  readonly text: string;
  readonly id: number;
  readonly kept: boolean;
  /** After the samplers. */
  readonly probability: number;
  /** Before them, at temperature 1. */
  readonly rawProbability: number;
}

export interface ReadToken {
  readonly text: string;
  readonly id: number;
  readonly probability: number;
}

export interface PanelReading {
  /** The prompt's tokens. */
  readonly chips: readonly string[];
  readonly bars: readonly Bar[];
  /** Sentences with the figures of the distribution. */
  readonly entropy: string;
  readonly kept: string;
  readonly keptMass: string;
  /** The completions, token by token. */
  readonly completions: readonly (readonly ReadToken[])[];
  readonly notes: string;
  readonly footer: string;
}

/** A selector for a part of the panel by its name. */
export const part = (name: string): string => `[data-testid="${name}"]`;

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The text of a part; empty when it is not there. */
async function textOf(frame: Frame, name: string): Promise<string> {
  return squeeze((await frame.locator(part(name)).allInnerTexts()).join(' '));
}

/** The rows of the distribution, in one look: no redraw comes between two of them. */
export function readBars(frame: Frame): Promise<Bar[]> {
  return frame.locator(part('bar-row')).evaluateAll((rows) =>
    rows.map((row) => ({
      text: row.querySelector('th')?.innerText.trim() ?? '',
      id: Number(row.dataset['tokenId']),
      kept: row.dataset['kept'] === 'true',
      probability: Number(row.dataset['probability']),
      rawProbability: Number(row.dataset['rawProbability']),
    })),
  );
}

/** The completions, token by token. */
export function readCompletions(frame: Frame): Promise<ReadToken[][]> {
  return frame.locator(part('completion')).evaluateAll((completions) =>
    completions.map((completion) =>
      [...completion.querySelectorAll<HTMLElement>('[data-testid="token"]')].map((token) => ({
        text: token.textContent,
        id: Number(token.dataset['tokenId']),
        probability: Number(token.dataset['probability']),
      })),
    ),
  );
}

export async function readPanel(frame: Frame): Promise<PanelReading> {
  return {
    chips: await frame.locator(part('chip')).allTextContents(),
    bars: await readBars(frame),
    entropy: await textOf(frame, 'entropy'),
    kept: await textOf(frame, 'kept'),
    keptMass: await textOf(frame, 'kept-mass'),
    completions: await readCompletions(frame),
    notes: await textOf(frame, 'notes'),
    footer: await textOf(frame, 'footer'),
  };
}

/** The sentence of the panel's failure; null when it shows none. */
export async function failureShown(frame: Frame): Promise<string | null> {
  const failure = frame.locator(part('failure'));
  return (await failure.isVisible()) ? squeeze(await failure.innerText()) : null;
}

/** Whether tokens are on screen, nothing can be stopped any more, and every completion can be used. */
const isAtRest = (frame: Frame): Promise<boolean> =>
  frame.evaluate(
    () =>
      document.querySelector('[data-testid="completion"] [data-testid="token"]') !== null &&
      document.querySelector(
        '[data-testid="stop"]:not([disabled]), [data-testid="progress"], ' +
          '[data-testid="completion"] [data-testid="copy"][disabled]',
      ) === null,
  );

/**
 * Waits until the panel has completions and no run goes on.
 * @throws Failure with the panel's own sentence, or when it takes longer than `patience` milliseconds.
 */
export async function runEnded(frame: Frame, patience = 120_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    const failure = await failureShown(frame);
    if (failure !== null) throw new Failure(`The panel reports a failure: ${failure}`);
    if (await isAtRest(frame)) return;
    await sleep(100);
  }
  throw new Failure(`The panel shows no finished completions after ${patience / 1000} seconds.`);
}
