/** A text of a result, token by token, each tinted by its probability. */
import { html, type TemplateResult } from 'lit';
import { tintOf } from '../format/colour';
import { full, percent, significant } from '../format/numbers';
import { JoinedText, tokenPieces, type Piece } from '../format/tokenText';
import { cardView, type CardLine } from './cardView';
import { runningView } from './pieces';
import { keepStop, rove } from './roving';
import { t } from '../../src/l10n/language';

/** Lists are by token. */
export interface SampledText {
  readonly ids: readonly number[];
  /** As text, or as bytes, so that a character of several tokens reads as one. */
  readonly tokens: readonly (string | Uint8Array)[];
  /** Probabilities before the chain. */
  readonly raw: readonly number[];
  /** Probabilities after the chain, where the result has them; null where one is not known. */
  readonly processed?: readonly (number | null)[];
  /** The largest cosine of each token's hidden state with an earlier one, where the result has them. */
  readonly penalties?: readonly number[] | undefined;
}

const encoder = new TextEncoder();

/**
 * @param reference what the `data-card` of a token begins with; the token's index follows after a colon
 * @param label names the text for screen readers
 */
export function sampledTextView(
  { ids, tokens, raw }: SampledText,
  reference: string,
  label: string,
): TemplateResult {
  return html`<div
    class="completion-text"
    role="group"
    aria-label=${label}
    @keydown=${(event: KeyboardEvent) => {
      rove(event, 'horizontal');
    }}
    @focusin=${keepStop}
  >
    ${joined(tokens).map((pieces, i) => {
      const name = pieces.map(({ text }) => text).join('');
      return html`<span
        class="tinted token"
        data-testid="token"
        role="button"
        data-token-id=${ids[i]!}
        data-probability=${raw[i]!}
        data-tint=${tintOf(raw[i]!)}
        data-card="${reference}:${i}"
        data-rove
        tabindex=${i === 0 ? 0 : -1}
        aria-label="${name}, ${percent(raw[i]!)}"
        >${runningView(pieces)}</span
      >`;
    })}
  </div>`;
}

/** A line break is its mark alone: texts are compared line by line, and empty lines would push them apart. */
function joined(tokens: SampledText['tokens']): readonly (readonly Piece[])[] {
  const text = new JoinedText();
  for (const token of tokens) text.append(bytesOf(token));
  return text.tokens.map(({ pieces }) =>
    pieces
      .map(({ text, mark }) => ({ text: mark ? text : text.replaceAll('\n', ''), mark }))
      .filter((piece) => piece.text !== ''),
  );
}

const bytesOf = (token: string | Uint8Array): Uint8Array =>
  typeof token === 'string' ? encoder.encode(token) : token;

/** The card of a text's token; null where there is no such token. */
export function sampledTokenCard(
  { ids, tokens, raw, processed, penalties }: SampledText,
  index: number,
): TemplateResult | null {
  const [token, before, after] = [tokens[index], raw[index], processed?.[index]];
  const penalty = penalties?.[index];
  if (token === undefined || before === undefined) return null;
  const lines: CardLine[] = [
    [t('before samplers'), percent(before), full(before)],
    ...(after === undefined || after === null
      ? []
      : [[t('after samplers'), percent(after), full(after)] as const]),
    ...(penalty === undefined
      ? []
      : [[t('likeness to what came before'), significant(penalty, 4), full(penalty)] as const]),
    [t('surprisal'), t('{0} nats', significant(-Math.log(before), 4)), full(-Math.log(before))],
    [t('id'), String(ids[index]!), String(ids[index]!)],
  ];
  const name = tokenPieces(bytesOf(token)).map(({ text }) => text);
  return cardView(t('“{0}”', name.join('')), lines);
}
