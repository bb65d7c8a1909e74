/** Keeps the scores of a document's tokens true while it is edited: what a scoring from the start would give. */
import type { SurprisalEvent } from '../../experiments/surprisal/result';
import type { SurprisalParameters } from '../../experiments/surprisal/parameters';
import { ScoredDocument, type ScoredToken, type TokenScore } from './scoredDocument';
import { followEdit, type Edit, type Span } from '../document/spans';

/** How much is done at once, in characters. */
export interface ScoringLimits {
  /** Scored before a user is asked whether to go on. */
  readonly scored: number;
  /**
   * Read behind the scored part, so that its last tokens and windows are those of the whole text: more than a context
   * of the longest tokens.
   */
  readonly lookahead: number;
}

/** About a minute of the bundled model; 1,024 tokens of GPT-2 have at most 128 bytes each. */
export const SCORING_LIMITS: ScoringLimits = { scored: 400_000, lookahead: 200_000 };

/** The end of a word: GPT-2's tokenizer never joins what is before a space to the space. */
const WORD_END = /\S(?=[ \n])/gu;

const ALTERNATIVES = 10;

export type ScoringState =
  /** Changed; to be scored when the user pauses. */
  | { readonly kind: 'waiting' }
  /** `left` characters behind the part that is scored at once will not be. */
  | { readonly kind: 'scoring'; readonly done: number; readonly total: number; readonly left: number }
  /** Every token is scored, but for those of the last `left` characters. */
  | { readonly kind: 'scored'; readonly left: number }
  /** By the user: not every token is scored, and no edit since. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface ScoringPorts {
  /** The document's text, with LF, as it is now. */
  readonly text: () => string;
  /** Runs the experiment; ends early when the signal is aborted. */
  readonly run: (
    parameters: SurprisalParameters,
    signal: AbortSignal,
    onEvent: (event: SurprisalEvent) => void,
  ) => Promise<unknown>;
  /** Tokens or the state have changed. */
  readonly onChange: () => void;
}

/**
 * The scores of one document. Every scoring is one of the document as it is, from its start: the experiment cuts it
 * into windows, and windows whose tokens have not changed are taken from the scoring before. An edit ends a scoring
 * that runs, whose windows are not lost.
 */
export class DocumentScoring {
  readonly #ports: ScoringPorts;
  readonly #scored = new ScoredDocument();
  /** The scores of whole windows, by name: of the scoring before, and of those that were ended since. */
  #windows = new Map<string, readonly TokenScore[]>();
  /** What is to be scored; undefined for all, whatever is added. */
  #part: Span | undefined;
  readonly #limits: ScoringLimits;
  /** Characters that the user wants scored so far. */
  #most: number;
  #running: AbortController | undefined;
  #state: ScoringState = { kind: 'waiting' };
  #waiters: (() => void)[] = [];

  constructor(part: Span | undefined, ports: ScoringPorts, limits = SCORING_LIMITS) {
    this.#part = part;
    this.#limits = limits;
    this.#most = limits.scored;
    this.#ports = ports;
  }

  /** Where the part of the text begins that is scored. */
  get start(): number {
    return this.#part?.start ?? 0;
  }

  /** The scored tokens, in the order of the text. While edits wait to be scored, those around them are missing. */
  get tokens(): readonly ScoredToken[] {
    return this.#scored.tokens;
  }

  get state(): ScoringState {
    return this.#state;
  }

  /** The scored token at an offset into the text. */
  at(offset: number): ScoredToken | undefined {
    return this.#scored.at(offset);
  }

  /** Moves the tokens along. @returns whether the text is to be scored again: not after the user stopped it */
  edit(edits: readonly Edit[]): boolean {
    for (const edit of edits) {
      this.#scored.edit(edit);
      if (this.#part) this.#part = followEdit(this.#part, edit);
    }
    this.#end();
    if (this.#state.kind !== 'stopped') this.#set({ kind: 'waiting' });
    return this.#state.kind === 'waiting';
  }

  /** Scores the document as it is now; resolves when that is done, or when an edit or a stop has ended it. */
  async score(): Promise<void> {
    this.#end();
    const controller = new AbortController();
    this.#running = controller;
    const { signal } = controller;
    const text = this.#ports.text();
    const { start: from, end } = this.#part ?? { start: 0, end: text.length };
    const to = Math.min(end, from + this.#most);
    const left = end - to;
    this.#set({ kind: 'scoring', done: 0, total: 0, left });
    const read = new WindowReader(this.#windows);
    try {
      await this.#ports.run(
        {
          text: upToWordEnd(text, to + this.#limits.lookahead),
          from,
          to,
          alternatives: ALTERNATIVES,
          known: [...this.#windows.keys()],
        },
        signal,
        (event) => {
          // What still comes after a stop belongs to a text that has changed.
          if (signal.aborted) return;
          this.#scored.put(read.take(event));
          this.#set({ kind: 'scoring', done: event.done, total: event.total, left });
        },
      );
      if (signal.aborted) return;
      this.#scored.replace(read.tokens);
      this.#windows = read.whole;
      this.#set({ kind: 'scored', left });
    } catch (error) {
      if (!signal.aborted) this.#set({ kind: 'failed', error });
    } finally {
      if (this.#running === controller) this.#running = undefined;
    }
  }

  /** Goes on after a stop, a failure, or at the limit, which is then as much further. */
  async goOn(): Promise<void> {
    if (this.#state.kind === 'scored') {
      if (this.#state.left === 0) return;
      this.#most += this.#limits.scored;
    }
    await this.score();
  }

  /** Ends the scoring that runs or waits; edits do not begin another one. */
  stop(): void {
    this.#end();
    if (this.#state.kind === 'scoring' || this.#state.kind === 'waiting') this.#set({ kind: 'stopped' });
  }

  /** Resolves when nothing runs or waits any more. */
  async settled(): Promise<void> {
    if (this.#state.kind !== 'scoring' && this.#state.kind !== 'waiting') return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #end(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  #set(state: ScoringState): void {
    this.#state = state;
    this.#ports.onChange();
    if (state.kind === 'scoring' || state.kind === 'waiting') return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

/** Puts the events of one scoring together. */
class WindowReader {
  /** All tokens that have come. */
  readonly tokens: ScoredToken[] = [];
  /** The windows that have come whole. */
  readonly whole = new Map<string, readonly TokenScore[]>();
  readonly #known: Map<string, readonly TokenScore[]>;
  #window: TokenScore[] = [];

  /** @param known of earlier scorings; whole windows are added to it, so that the next one has them too */
  constructor(known: Map<string, readonly TokenScore[]>) {
    this.#known = known;
  }

  take(event: SurprisalEvent): ScoredToken[] {
    const { starts, ends } = event.type === 'known' ? event : event.tokens;
    const scores = event.type === 'known' ? this.#known.get(event.window)! : toScores(event.tokens);
    if (event.type === 'known') this.whole.set(event.window, scores);
    else {
      this.#window.push(...scores);
      if (event.last) {
        this.whole.set(event.window, this.#window);
        this.#known.set(event.window, this.#window);
        this.#window = [];
      }
    }
    const tokens = scores.map((score, i) => ({ ...score, start: starts[i]!, end: ends[i]! }));
    this.tokens.push(...tokens);
    return tokens;
  }
}

function toScores(tokens: Extract<SurprisalEvent, { type: 'tokens' }>['tokens']): TokenScore[] {
  const perToken = tokens.ids.length === 0 ? 0 : tokens.alternativeIds.length / tokens.ids.length;
  return Array.from(tokens.ids, (id, i) => ({
    id,
    logProbability: tokens.logProbabilities[i]!,
    rank: tokens.ranks[i]!,
    entropy: tokens.entropies[i]!,
    alternatives: Array.from({ length: perToken }, (_, j) => ({
      id: tokens.alternativeIds[i * perToken + j]!,
      logProbability: tokens.alternativeLogProbabilities[i * perToken + j]!,
    })),
  }));
}

/** The text up to the first end of a word from `least` on; all of it where there is none. */
function upToWordEnd(text: string, least: number): string {
  if (text.length <= least) return text;
  WORD_END.lastIndex = least;
  const found = WORD_END.exec(text);
  return found ? text.slice(0, found.index + found[0].length) : text;
}
