/** The texts of both sides, token by token: what they share is quiet, and where they part is marked. */
import { html, nothing, type TemplateResult } from 'lit';
import { tokenTexts } from '../../../src/experiments/ab/report';
import { partingOf, type AbResult, type AbSample } from '../../../src/experiments/ab/result';
import { t } from '../../../src/l10n/language';
import { tintOf } from '../../format/colour';
import { percent, thousands } from '../../format/numbers';
import { JoinedText } from '../../format/tokenText';
import { runningView } from '../../ui/pieces';
import { rove } from '../../ui/roving';
import type { Side } from './form';
import type { Place } from './looking';

const SIDES: readonly Side[] = ['a', 'b'];

export interface TextsProps {
  readonly result: AbResult;
  readonly place: Place;
  readonly onChoose: (place: Place) => void;
  /** What each side is, in few words. */
  readonly names: Readonly<Record<Side, string>>;
}

export function textsView(props: TextsProps): TemplateResult {
  const { result, names } = props;
  return html`<div class="ab-texts">
    ${SIDES.map(
      (side) =>
        html`<p class="ab-name" data-side=${side}>
          <b>${side.toUpperCase()}</b> <span class="quiet">${names[side]}</span>
        </p>`,
    )}
    ${result.samples.map((sample, index) => SIDES.map((side) => textView(props, sample, index, side)))}
  </div>`;
}

function textView(
  { result, place, onChoose }: TextsProps,
  sample: AbSample,
  index: number,
  side: Side,
): TemplateResult {
  const steps = sample.steps.flatMap((step) => step[side] ?? []);
  const parting = partingOf(sample);
  const isHere = place.sample === index;
  const many = result.samples.length > 1;
  const name = side.toUpperCase();
  const label = many ? t('{0}, sample {1}, tokens', name, thousands(index + 1)) : t('{0}, tokens', name);
  const choose = (event: Event): void => {
    const token = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    if (token) onChoose({ sample: index, at: Number(token.dataset['at']) });
  };
  // One stop of the Tab key per text: the token that is looked at, or the first.
  const stop = isHere ? Math.min(place.at, steps.length - 1) : 0;
  return html`<div class="ab-text" data-side=${side} data-testid="ab-text">
    ${many ? html`<span class="sample">${index + 1}</span>` : nothing}
    ${
      steps.length === 0
        ? html`<span class="quiet">…</span>`
        : html`<div
            class="completion-text"
            data-testid="ab-tokens"
            role="listbox"
            aria-orientation="horizontal"
            aria-label=${label}
            @keydown=${(event: KeyboardEvent) => {
              across(event, side);
              rove(event, 'horizontal');
            }}
            @click=${choose}
            @focusin=${choose}
          >
            ${joined(result, steps).map(({ name: token, shown }, at) => {
              const { id, raw } = steps[at]!;
              const shared = parting === null || at < parting;
              return html`<span
                class="tinted token"
                data-testid="ab-token"
                role="option"
                data-at=${at}
                data-token-id=${id}
                data-tint=${shared ? nothing : tintOf(raw)}
                ?data-shared=${shared}
                ?data-parting=${at === parting}
                data-rove
                tabindex=${at === stop ? 0 : -1}
                aria-selected=${isHere && at === place.at}
                aria-label=${
                  at === parting
                    ? t('{0}, {1}, the texts part here', token, percent(raw))
                    : `${token}, ${percent(raw)}`
                }
                >${shown}</span
              >`;
            })}
          </div>`
    }
  </div>`;
}

/** Up and down lead to the same place of the other side's text. */
function across(event: KeyboardEvent, side: Side): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const text = (event.currentTarget as HTMLElement).parentElement;
  const other = side === 'a' ? text?.nextElementSibling : text?.previousElementSibling;
  const at = (event.target as HTMLElement).dataset['at'];
  const token = other?.querySelector<HTMLElement>(`[data-at="${at}"]`);
  if (!token) return;
  event.preventDefault();
  token.focus();
}

const encoder = new TextEncoder();

function joined(
  result: AbResult,
  steps: readonly { readonly id: number }[],
): readonly { readonly name: string; readonly shown: unknown }[] {
  const text = tokenTexts(result);
  const whole = new JoinedText();
  for (const { id } of steps) whole.append(encoder.encode(text(id)));
  return whole.tokens.map(({ pieces }) => ({
    name: pieces.map((piece) => piece.text).join(''),
    shown: runningView(
      pieces
        .map(({ text: part, mark }) => ({ text: mark ? part : part.replaceAll('\n', ''), mark }))
        .filter((piece) => piece.text !== ''),
    ),
  }));
}
