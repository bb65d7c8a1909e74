import type { DrawnToken, NextToken, OwnDrawing, OwnSamplers } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { titleOf } from '../problems';
import { RemoteError } from '../remoteError';
import type { SaidChain } from '../saidChain';
import { started } from '../startOfTexts';
import { placesOf, readChoices, type Choice } from './answers';
import { nextTokenOf, type Listing } from './distributions';
import type { Wrong } from './problems';
import { MOST_TEXTS, NEUTRAL } from './request';
import { sayChain } from './saying';
import type { VllmParts } from './vllmModel';

/** Tokens that are asked for at each place of a text that is drawn, beside the one that was. */
const MOST_LISTED = 20;

/** vLLM's own samplers: any number of texts in one request, which come as they are drawn. */
export class VllmSamplers implements OwnSamplers {
  constructor(
    private readonly parts: VllmParts,
    private readonly wrong: Wrong,
  ) {}

  refusal(drawing: Omit<OwnDrawing, 'prompt'>): string | undefined {
    const said = this.#say(drawing);
    return typeof said === 'string' ? said : undefined;
  }

  async draw(
    drawing: OwnDrawing,
    onToken: (token: DrawnToken) => boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const said = this.#say(drawing);
    if (typeof said === 'string') throw new RangeError(said);
    const { first, samples, maxNewTokens } = drawing;
    const { endOfText } = this.parts.info;
    const all = Array.from({ length: samples }, (_, i) => first + i);
    // One text stands for all where all are the same: more are refused then.
    const together = said.greedy ? 1 : MOST_TEXTS;
    const end = first + (said.greedy ? Math.min(1, samples) : samples);
    for (let from = first; from < end; from += together) {
      const count = Math.min(together, end - from);
      const texts = Array.from(
        { length: count },
        (_, i) => new Text(said.greedy ? all : [from + i], maxNewTokens, endOfText, onToken),
      );
      await this.#request(drawing, said, from, texts, signal);
    }
  }

  #say(drawing: Omit<OwnDrawing, 'prompt'>): SaidChain | string {
    return sayChain(drawing, this.parts.info, this.parts.tokenizer.vocabulary);
  }

  async #request(
    { prompt, seed, maxNewTokens, stop }: OwnDrawing,
    { settings }: SaidChain,
    from: number,
    texts: readonly Text[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { connection, model, info, tokenizer } = this.parts;
    const listed = Math.min(info.server!.listed, MOST_LISTED);
    const events = connection.events({
      path: '/v1/completions',
      body: {
        model,
        prompt: started(tokenizer.before, prompt),
        ...NEUTRAL,
        ...settings,
        n: texts.length,
        seed: seed + from,
        max_tokens: maxNewTokens,
        stop: stop.filter((text) => text !== ''),
        include_stop_str_in_output: true,
        stop_token_ids: info.endOfText,
        logprobs: listed,
        stream: true,
      },
      what: t('texts'),
      signal,
    });
    const listing = { vocabularySize: info.vocabularySize, count: listed };
    for await (const event of events) {
      signal?.throwIfAborted();
      for (const choice of readChoices(event, model, this.wrong)) {
        const text = texts[choice.index];
        if (!text)
          throw this.wrong(
            t('text {0} where {1} were asked for', written(choice.index + 1), written(texts.length)),
          );
        this.#deliver(text, choice, prompt.length, listing);
      }
      // What has been sent of texts that are all at their end is soon over.
      if (texts.every(({ isWanted }) => !isWanted) && !texts.every(({ isFinished }) => isFinished)) return;
    }
    signal?.throwIfAborted();
    const cut = texts.filter((text) => text.isWanted && !text.isFinished).length;
    if (cut === 0) return;
    throw new RemoteError(
      'network',
      t(
        '{0} broke off before {1} of {2} texts had ended. It may have been stopped: see its log, then try again.',
        titleOf(connection.server),
        written(cut),
        written(texts.length),
      ),
    );
  }

  #deliver(text: Text, choice: Choice, promptLength: number, listing: Listing): void {
    for (const place of placesOf(choice, this.wrong)) {
      if (text.isFinished) throw this.wrong(t('a token of a text that had ended'));
      if (!text.isWanted) break;
      text.add(place.id, nextTokenOf(place.listed, listing, promptLength + text.length, this.wrong));
    }
    if (typeof choice.finish_reason === 'string') text.isFinished = true;
  }
}

/** One text of a request: a sample or, where all are the same, several. */
class Text {
  isFinished = false;
  length = 0;
  readonly #wanting: Set<number>;

  constructor(
    samples: readonly number[],
    private readonly mostTokens: number,
    private readonly endOfText: readonly number[],
    private readonly onToken: (token: DrawnToken) => boolean,
  ) {
    this.#wanting = new Set(samples);
  }

  /** Whether a sample is to go on. */
  get isWanted(): boolean {
    return this.#wanting.size > 0;
  }

  add(id: number, next: NextToken): void {
    this.length += 1;
    const isLast = this.length === this.mostTokens || this.endOfText.includes(id);
    for (const sample of [...this.#wanting]) {
      if (!this.onToken({ sample, id, next }) || isLast) this.#wanting.delete(sample);
    }
  }
}
