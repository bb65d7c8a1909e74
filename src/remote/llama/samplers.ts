import type { DrawnToken, NextToken, OwnDrawing, OwnSamplers } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { RemoteError } from '../remoteError';
import type { SaidChain } from '../saidChain';
import { started } from '../startOfTexts';
import { UnreadableAnswer } from './entries';
import type { LlamaParts } from './llamaModel';
import { NEUTRAL } from './llamaServer';
import { nextIn, onlyTokensOf, readPiece, type Piece } from './pieces';
import { sayChain } from './saying';

/** Tokens that are listed at each place of a text that is drawn, beside the one that was. */
const LISTED = 20;

/** Seeds of the server; the number above them stands for a seed of its own choice. */
const SEEDS = 2 ** 32 - 1;

const WHAT = t('texts');

/**
 * llama-server's own samplers: a request for each text, as many at once as it has slots. Sample i is drawn with the
 * seed plus i. Stop strings are not told to it, because it would keep back the tokens that could begin one.
 */
export class LlamaSamplers implements OwnSamplers {
  constructor(private readonly parts: LlamaParts) {}

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
    const all = Array.from({ length: drawing.samples }, (_, i) => drawing.first + i);
    // One text stands for all where all are the same.
    const groups = said.greedy && all.length > 0 ? [all] : all.map((sample) => [sample]);
    await this.parts.slots.each(
      groups,
      (samples, both) => new Text(this.parts, drawing, said, samples, onToken).draw(both),
      signal,
    );
  }

  #say(drawing: Omit<OwnDrawing, 'prompt'>): SaidChain | string {
    const { info, tokenizer, settings } = this.parts;
    return sayChain(drawing, info, tokenizer.vocabulary, settings);
  }
}

/** One text: a sample or, where all are the same, several. */
class Text {
  readonly #ids: number[] = [];
  readonly #wanting: Set<number>;
  readonly #body: Readonly<Record<string, unknown>>;

  constructor(
    private readonly parts: LlamaParts,
    private readonly drawing: OwnDrawing,
    { settings }: SaidChain,
    samples: readonly number[],
    private readonly onToken: (token: DrawnToken) => boolean,
  ) {
    const { server, tokenizer, info } = parts;
    const { prompt, seed, maxNewTokens } = drawing;
    this.#wanting = new Set(samples);
    this.#body = {
      ...NEUTRAL,
      ...settings,
      ...{ model: server.model, prompt: started(tokenizer.before, prompt) },
      ...{ n_predict: maxNewTokens, n_probs: Math.min(LISTED, info.vocabularySize) },
      ...{ seed: (seed + samples[0]!) % SEEDS, return_tokens: true, cache_prompt: true },
    };
  }

  async draw(signal: AbortSignal): Promise<void> {
    const { server, info } = this.parts;
    const body = { ...this.#body, stream: true };
    for await (const event of server.connection.events({ path: '/completion', body, what: WHAT, signal })) {
      signal.throwIfAborted();
      const piece = server.readable(WHAT, () => {
        const read = readPiece(event, info.vocabularySize);
        server.checkModel(read.model);
        return read;
      });
      const isKnown = piece.stop ? this.#end(piece) : this.#take(piece);
      if (!isKnown) await this.#again(signal);
      if (piece.stop || !isKnown || !this.#goesOn) return;
    }
    signal.throwIfAborted();
    throw new RemoteError(
      'network',
      t(
        '{0} broke off before a text had ended, after {1} tokens. It may have been stopped: see its log, then try again.',
        server.title,
        written(this.#ids.length),
      ),
    );
  }

  get #isWanted(): boolean {
    return this.#wanting.size > 0;
  }

  /** Whether more is to be read: after its last token, only the end of the stream. */
  get #goesOn(): boolean {
    const isLast =
      this.#ids.length >= this.drawing.maxNewTokens ||
      this.parts.info.endOfText.includes(this.#ids.at(-1) ?? -1);
    return this.#isWanted || isLast;
  }

  /** @returns false where a piece leaves tokens out, and they do not follow from its text. */
  #take(piece: Piece): boolean {
    const { server, tokenizer, info } = this.parts;
    const { tokens, content, tokens_predicted: drawn } = piece;
    const lost = drawn - this.#ids.length - tokens.length;
    if (lost < 0) {
      server.readable(WHAT, () => {
        throw new UnreadableAnswer(
          t(
            '{0} tokens, after {1} and {2} more,',
            written(drawn),
            written(this.#ids.length),
            written(tokens.length),
          ),
        );
      });
    }
    const before = lost === 0 ? [] : this.#lostIn(content, tokens, lost, tokenizer.vocabulary);
    if (!before) return false;
    for (const id of [...before, ...tokens.slice(0, -1)]) this.#add(id, undefined);
    const last = tokens.at(-1);
    if (last === undefined) return true;
    const length = this.drawing.prompt.length + this.#ids.length;
    this.#add(
      last,
      server.readable(WHAT, () => nextIn(piece, info.vocabularySize, length)),
    );
    return true;
  }

  #lostIn(
    content: string,
    tokens: readonly number[],
    count: number,
    vocabulary: LlamaParts['tokenizer']['vocabulary'],
  ): number[] | undefined {
    const { bytes, offsets } = vocabulary;
    const known = Buffer.concat(tokens.map((id) => bytes.subarray(offsets[id], offsets[id + 1])));
    const whole = Buffer.from(content, 'utf8');
    const from = whole.length - known.length;
    if (from < count || !whole.subarray(from).equals(known)) return undefined;
    return onlyTokensOf(whole.subarray(0, from), count, vocabulary);
  }

  /** @returns false where tokens at the end of a text were left out: a length may end it inside of a character. */
  #end({ tokens, tokens_predicted: drawn, stop_type: why }: Piece): boolean {
    const { endOfText } = this.parts.info;
    const [end, other] = endOfText;
    // Some builds name all tokens once more at the end.
    if (tokens.length === drawn) for (const id of tokens.slice(this.#ids.length)) this.#add(id, undefined);
    // The one that ends a text may have no text, and no piece. Which it is, is known only where there is no other.
    const isOpen = !endOfText.includes(this.#ids.at(-1) ?? -1);
    const lacksEnd = why === 'eos' && isOpen && this.#ids.length === drawn - 1;
    if (lacksEnd && end !== undefined && other === undefined) this.#add(end, undefined);
    return this.#ids.length >= drawn;
  }

  #add(id: number, next: NextToken | undefined): void {
    this.#ids.push(id);
    for (const sample of [...this.#wanting]) {
      if (!this.onToken({ sample, id, next })) this.#wanting.delete(sample);
    }
  }

  /** Draws the same text once more, in one piece that names all of its tokens. */
  async #again(signal: AbortSignal): Promise<void> {
    if (!this.#isWanted) return;
    const { server, info } = this.parts;
    const { maxNewTokens } = this.drawing;
    const body = { ...this.#body, n_probs: 0, stream: false };
    const mostBytes = 1_000_000 + 1000 * maxNewTokens;
    const answer = await server.connection.json({ path: '/completion', body, what: WHAT, mostBytes, signal });
    const { tokens } = server.readable(WHAT, () => readPiece(answer, info.vocabularySize));
    if (this.#ids.some((id, i) => tokens[i] !== id)) {
      throw new RemoteError(
        'answer',
        t(
          '{0} left out tokens inside of a character, and drew another text when it was asked again. Run it again, or let this machine draw.',
          server.title,
        ),
      );
    }
    for (const id of tokens.slice(this.#ids.length)) this.#add(id, undefined);
  }
}
