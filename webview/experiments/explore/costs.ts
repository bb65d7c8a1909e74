/** What being held to a shape, and going back over banned phrases, has cost a completion: in words, and in cards. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleToken } from '../../../src/core/visibleText';
import type { CompletionStep } from '../../../src/experiments/explore/result';
import { costOf, standingTurns, type TurnBack } from '../../../src/experiments/kit/turnBack';
import { t, whole } from '../../../src/l10n/language';
import { filled } from '../../ui/filled';
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
    label: t(
      'the shape left {0} of the probability; cost {1} over {2}',
      percent(Math.exp(nats)),
      information(Math.abs(nats), unit),
      count(held.length, '{0} token', '{0} tokens'),
    ),
    about: t(
      'At every token the shape leaves some of the model’s probability. Multiplied along the text: {0}; the cost is −{1} of that.',
      full(Math.exp(nats)),
      LOGARITHM[unit],
    ),
  };
}

/** "went back 2 times; cost 0.41 nats". */
export function turnsWords(turns: readonly TurnBack[], unit: LogUnit): Words | null {
  if (turns.length === 0) return null;
  const cost = costOf(turns);
  const times = whole(turns.length);
  const once = turns.length === 1;
  return {
    id: 'turned-back',
    ...(cost === null
      ? {
          label: once
            ? t('went back once; nothing else was left')
            : t('went back {0} times; nothing else was left', times),
          about: t(
            'Where it went back the samplers had left nothing else, so they chose anew without what was taken back.',
          ),
        }
      : {
          label: once
            ? t('went back once; cost {0}', information(cost, unit))
            : t('went back {0} times; cost {1}', times, information(cost, unit)),
          about: t(
            'Where a token may not come again, the others share its probability p: −{0}(1 − p), summed over the places that the text still has.',
            LOGARITHM[unit],
          ),
        }),
  };
}

/** What was taken back at a place. */
export function turnCard(turns: readonly TurnBack[], place: number): TemplateResult | null {
  const here = standingTurns(turns).filter((turn) => turn.place === place);
  if (here.length === 0) return null;
  const quoted = (text: string): TemplateResult =>
    html`<span class="token-text">${t('“{0}”', visibleToken(text))}</span>`;
  const share = (probability: number): TemplateResult =>
    html`<b title=${full(probability)}>${percent(probability)}</b>`;
  return html`<h3>${t('Went back here')}</h3>
    ${here.map(
      ({ text, phrase, processed, raw }) =>
        html`<p>
          ${
            text === phrase
              ? filled(
                  t(
                    '{0} was taken back because it completes a banned phrase. Its first token had {1} after the samplers; all of it had {2} before them.',
                  ),
                  quoted(text),
                  share(processed),
                  share(raw),
                )
              : filled(
                  t(
                    '{0} was taken back because it completes the banned phrase {1}. Its first token had {2} after the samplers; all of it had {3} before them.',
                  ),
                  quoted(text),
                  quoted(phrase),
                  share(processed),
                  share(raw),
                )
          }
        </p>`,
    )}
    <p class="quiet">
      ${
        here.length === 1
          ? t('Its first token cannot come here again in this text.')
          : t('Their first tokens cannot come here again in this text.')
      }
    </p>`;
}

/** The part of a token's card that tells of the shape; nothing where the text has none. */
export function shapeCardView(
  { fitting }: CompletionStep,
  wanted: TemplateResult | null,
): TemplateResult | typeof nothing {
  if (fitting === undefined) return nothing;
  return html`<p data-testid="shape-at-token">
    ${filled(
      t('The shape left {0} of the probability here.'),
      html`<b title=${full(fitting)}>${percent(fitting)}</b>`,
    )}
    ${wanted ? filled(t('The model wanted {0} most, which does not fit.'), wanted) : nothing}
  </p>`;
}
