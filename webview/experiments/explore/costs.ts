/** What being held to a shape, and going back over banned phrases, has cost a completion: in words, and in cards. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleToken } from '../../../src/core/visibleText';
import type { CompletionStep } from '../../../src/experiments/explore/result';
import { costOf, standingTurns, type TurnBack } from '../../../src/experiments/kit/turnBack';
import { count, full, information, percent, type LogUnit } from '../../format/numbers';

interface Words {
  readonly id: string;
  readonly label: string;
  readonly about: string;
}

const LOGARITHM: Readonly<Record<LogUnit, string>> = { nats: 'ln', bits: 'log₂' };

/** "the shape left 3.1 % of the probability; cost 3.47 nats over 24 tokens": of long texts only the nats say how much. */
export function shapeWords(steps: readonly CompletionStep[], unit: LogUnit): Words | null {
  const held = steps.flatMap(({ fitting }) => fitting ?? []);
  if (held.length === 0) return null;
  const nats = held.reduce((sum, fitting) => sum + Math.log(Math.max(fitting, Number.MIN_VALUE)), 0);
  return {
    id: 'shape-left',
    label: `the shape left ${percent(Math.exp(nats))} of the probability; cost ${information(Math.abs(nats), unit)} over ${count(held.length, '{0} token', '{0} tokens')}`,
    about: `At every token the shape leaves some of the model's probability. Multiplied along the text: ${full(Math.exp(nats))}; the cost is −${LOGARITHM[unit]} of that.`,
  };
}

/** "went back 2 times; cost 0.41 nats". */
export function turnsWords(turns: readonly TurnBack[], unit: LogUnit): Words | null {
  if (turns.length === 0) return null;
  const cost = costOf(turns);
  const times = turns.length === 1 ? 'once' : `${turns.length} times`;
  return {
    id: 'turned-back',
    label: `went back ${times}; ${cost === null ? 'nothing else was left' : `cost ${information(cost, unit)}`}`,
    about:
      cost === null
        ? 'Where it went back the samplers had left nothing else, so they chose anew without what was taken back.'
        : `Where a token may not come again, the others share its probability p: −${LOGARITHM[unit]}(1 − p), summed over the places that the text still has.`,
  };
}

/** What was taken back at a place. */
export function turnCard(turns: readonly TurnBack[], place: number): TemplateResult | null {
  const here = standingTurns(turns).filter((turn) => turn.place === place);
  if (here.length === 0) return null;
  return html`<h3>Went back here</h3>
    ${here.map(
      ({ text, phrase, processed, raw }) =>
        html`<p>
          <span class="token-text">“${visibleToken(text)}”</span> was taken back because it completes
          ${
            text === phrase
              ? 'a banned phrase'
              : html`the banned phrase <span class="token-text">“${visibleToken(phrase)}”</span>`
          }.
          Its first token had <b title=${full(processed)}>${percent(processed)}</b> after the samplers; all of
          it had <b title=${full(raw)}>${percent(raw)}</b> before them.
        </p>`,
    )}
    <p class="quiet">
      ${here.length === 1 ? 'Its first token' : 'Their first tokens'} cannot come here again in this text.
    </p>`;
}

/** The part of a token's card that tells of the shape; nothing where the text has none. */
export function shapeCardView(
  { fitting }: CompletionStep,
  wanted: TemplateResult | null,
): TemplateResult | typeof nothing {
  if (fitting === undefined) return nothing;
  return html`<p data-testid="shape-at-token">
    The shape left <b title=${full(fitting)}>${percent(fitting)}</b> of the probability
    here.${wanted ? html` The model wanted ${wanted} most, which does not fit.` : nothing}
  </p>`;
}
