/** Texts that a server draws by its own samplers, told of as if they were drawn here. */
import type { DrawnToken, LanguageModel, NextToken, OwnDrawing, OwnSamplers } from '../../core/languageModel';
import { counted, t, whole } from '../../l10n/language';
import {
  begin,
  decodeTogether,
  isGrowing,
  settle,
  type DecodingSequence,
  type DecodingWatch,
} from './decodingLoop';
import { breakOff, type RunContext } from './experiment';
import { checkDrawable } from './listing';
import type { TokenSelection, TokenSelector } from './tokenSelection';

/** Who draws, where a server could. */
export interface Drawing {
  /** Left out of a model on this machine. */
  readonly drawnBy?: 'server' | 'here';
  /** Why the server does not, where it was asked to, as a sentence. */
  readonly notDrawnThere?: string;
}

/** Texts that are wanted. */
export interface WantedTexts {
  readonly selectors: readonly Pick<TokenSelector, 'chain' | 'greedy' | 'seed' | 'mayTurnBack'>[];
  readonly samples: number;
  readonly maxNewTokens: number;
  readonly stop?: readonly string[] | undefined;
  /** See `PromptTokens`. */
  readonly owed?: string;
}

/** Requests for texts of several chains that a server works on at the same time. */
const AT_ONCE = 4;

/**
 * Who draws the texts of a run: all of them the same one.
 * @param wanted the server wherever it can, where left out
 * @throws RangeError where this machine has to, and a sampler needs more than the server lists
 */
export function whoDraws(model: LanguageModel, wanted: Drawing['drawnBy'], texts: WantedTexts): Drawing {
  if (!model.info.server) return {};
  const reason = wanted === 'here' ? undefined : whyNotThere(model, texts);
  if (wanted !== 'here' && reason === undefined) return { drawnBy: 'server' };
  for (const { chain, greedy } of texts.selectors) if (!greedy) checkDrawable(model, chain, reason);
  return { drawnBy: 'here', ...(reason !== undefined && { notDrawnThere: reason }) };
}

function whyNotThere({ info, samplers }: LanguageModel, texts: WantedTexts): string | undefined {
  const { selectors, samples, maxNewTokens, stop = [], owed = '' } = texts;
  if (!samplers) return t('{0} cannot be asked to draw.', info.server!.name);
  if (owed !== '') return t('The first token has to begin with the white space at the end of the prompt.');
  for (const { chain, greedy, seed, mayTurnBack } of selectors) {
    if (mayTurnBack) return t('A text that has to go back over a banned phrase is drawn here.');
    const refusal = samplers.refusal({ chain, greedy, seed, first: 0, samples, maxNewTokens, stop });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** As `decodeTogether`, or by the server's own samplers. */
export async function decode(
  model: LanguageModel,
  group: readonly DecodingSequence[],
  maxNewTokens: number,
  context: Pick<RunContext<never>, 'pause' | 'signal' | 'breakOff'>,
  watch: DecodingWatch,
  { drawnBy }: Drawing,
): Promise<void> {
  const { samplers } = model;
  if (drawnBy !== 'server' || !samplers) {
    await decodeTogether(model, group, maxNewTokens, context, watch);
    return;
  }
  begin(group, maxNewTokens, watch);
  const requests = requestsFor(group.filter(isGrowing));
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const teller = new Teller(watch);
  const work = async (): Promise<void> => {
    for (let request = requests.shift(); request && !signal.aborted; request = requests.shift()) {
      await new Request(model, samplers, request, maxNewTokens, watch.stop ?? [], teller, signal).run();
      await context.pause();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch (error) {
    ended.abort(error);
    teller.tell();
    breakOff(context, error);
  }
  teller.tell();
}

/** Sequences of one selector whose samples follow each other. */
function requestsFor(group: readonly DecodingSequence[]): DecodingSequence[][] {
  const requests: DecodingSequence[][] = [];
  const sorted = [...group].sort((a, b) => a.sequence.sample - b.sequence.sample);
  for (const selector of new Set(group.map((growing) => growing.selector))) {
    for (const growing of sorted.filter((one) => one.selector === selector)) {
      const last = requests.at(-1)?.at(-1);
      const follows = last?.selector === selector && last.sequence.sample + 1 === growing.sequence.sample;
      if (follows) requests.at(-1)!.push(growing);
      else requests.push([growing]);
    }
  }
  return requests;
}

/** Tells of what has come in one piece of the stream at once. */
class Teller {
  #choices: TokenSelection[] = [];
  #growing: DecodingSequence[] = [];
  #ended: DecodingSequence[] = [];
  readonly #watch: DecodingWatch;

  constructor(watch: DecodingWatch) {
    this.#watch = watch;
  }

  add(growing: DecodingSequence, choice: TokenSelection | null): void {
    if (this.#choices.length + this.#ended.length === 0) {
      queueMicrotask(() => {
        this.tell();
      });
    }
    if (choice) {
      this.#choices.push(choice);
      this.#growing.push(growing);
    }
    if (!isGrowing(growing)) this.#ended.push(growing);
  }

  tell(): void {
    const [choices, growing, ended] = [this.#choices, this.#growing, this.#ended];
    this.#choices = [];
    this.#growing = [];
    this.#ended = [];
    if (choices.length > 0) this.#watch.onSelections?.(choices, growing);
    if (ended.length > 0) this.#watch.onSettled?.([], ended);
  }
}

/** One request for some samples of one selector. */
class Request {
  /** What has come of a text while the model is asked about a place of which the server says nothing. */
  readonly #waiting = new Map<DecodingSequence, DrawnToken[]>();
  readonly #asked: Promise<void>[] = [];
  /** Aborted where that fails: what is drawn meanwhile has no end then. */
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    readonly model: LanguageModel,
    readonly samplers: OwnSamplers,
    readonly group: readonly DecodingSequence[],
    readonly maxNewTokens: number,
    readonly stop: readonly string[],
    readonly teller: Teller,
    readonly signal: AbortSignal,
  ) {
    this.#signal = AbortSignal.any([signal, this.#failed.signal]);
  }

  async run(): Promise<void> {
    const [{ selector, sequence }] = this.group as readonly [DecodingSequence];
    const drawing: OwnDrawing = {
      prompt: sequence.tokens.slice(0, sequence.promptLength),
      chain: selector.chain,
      greedy: selector.greedy,
      seed: selector.seed,
      first: sequence.sample,
      samples: this.group.length,
      maxNewTokens: this.maxNewTokens,
      stop: this.stop,
    };
    try {
      await this.samplers.draw(drawing, (token) => this.#take(token), this.#signal);
      await Promise.all(this.#asked);
      this.#signal.throwIfAborted();
    } catch (error) {
      if (this.signal.aborted) return;
      throw error;
    }
    const open = this.group.find(isGrowing);
    if (!open || this.signal.aborted) return;
    throw new Error(
      counted(
        this.maxNewTokens,
        '{1} ended a text after {2} of {0} token and did not say why. Run it again, or let this machine draw.',
        '{1} ended a text after {2} of {0} tokens and did not say why. Run it again, or let this machine draw.',
        this.model.info.server?.name ?? t('The server'),
        whole(open.sequence.chosen.length),
      ),
    );
  }

  /** @returns whether the text goes on */
  #take(token: DrawnToken): boolean {
    const growing = this.group[token.sample - this.group[0]!.sequence.sample];
    if (!growing || !isGrowing(growing) || this.#signal.aborted) return false;
    const waiting = this.#waiting.get(growing);
    if (waiting) waiting.push(token);
    else if (token.next) this.#append(growing, token.next, token.id);
    else {
      this.#waiting.set(growing, [token]);
      const asked = this.#ask(growing).catch((error: unknown) => {
        this.#failed.abort(error);
      });
      this.#asked.push(asked);
    }
    return isGrowing(growing);
  }

  /** Asks the model for what the server does not say: inside a character of several tokens, for example. */
  async #ask(growing: DecodingSequence): Promise<void> {
    const waiting = this.#waiting.get(growing) ?? [];
    for (let token = waiting.shift(); token && isGrowing(growing); token = waiting.shift()) {
      const [asked] = token.next
        ? [token.next]
        : await this.model.next([{ tokens: [...growing.sequence.tokens] }], this.#signal);
      this.#signal.throwIfAborted();
      this.#append(growing, asked!, token.id);
    }
    this.#waiting.delete(growing);
  }

  #append(growing: DecodingSequence, next: NextToken, id: number): void {
    growing.next = next;
    const choice = growing.selector.take(growing.sequence, next, id);
    if (typeof choice === 'string') {
      growing.end = choice;
      this.teller.add(growing, null);
      return;
    }
    growing.read = growing.sequence.tokens.length - 1;
    settle(growing, { model: this.model, maxNewTokens: this.maxNewTokens, stop: this.stop });
    this.teller.add(growing, choice);
  }
}
