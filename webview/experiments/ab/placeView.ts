/** One place of both texts: what each side draws there, and both distributions, token by token. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleToken } from '../../../src/core/visibleText';
import { removerName, tokenTexts } from '../../../src/experiments/ab/report';
import {
  partingOf,
  type AbResult,
  type AbStep,
  type Divergence,
  type RowCell,
  type SideStep,
  type StepRow,
} from '../../../src/experiments/ab/result';
import { counted, t } from '../../../src/l10n/language';
import { count, full, information, ordinal, percent, thousands } from '../../format/numbers';
import { tokenPieces } from '../../format/tokenText';
import { axisPercent } from '../../ui/axes';
import { axisEnd } from '../../ui/axisEnd';
import { filled } from '../../ui/filled';
import { explained } from '../../ui/info';
import { piecesView } from '../../ui/pieces';
import { properties } from '../../ui/properties';
import { keepStop, rove } from '../../ui/roving';
import type { Side } from './form';
import type { Place } from './looking';

const SIDES: readonly Side[] = ['a', 'b'];

export interface PlaceProps {
  readonly result: AbResult;
  readonly place: Place;
  readonly onChoose: (place: Place) => void;
}

export function placeView(props: PlaceProps): TemplateResult | typeof nothing {
  const { result, place } = props;
  const sample = result.samples[place.sample];
  const step = sample?.steps[place.at];
  if (!sample || !step) return nothing;
  const parting = partingOf(sample);
  return html`<section class="ab-place" data-testid="ab-place" aria-labelledby="ab-place-title">
    ${headView(props, sample.steps.length)}
    <ul class="ab-draws">
      ${SIDES.map((side) => drawView(result, step[side], side))}
    </ul>
    ${
      parting !== null && place.at > parting
        ? html`<p class="quiet">${t('After the texts have parted, each side has a context of its own.')}</p>`
        : nothing
    }
    ${statisticsView(step)} ${barsView(result, step)}
  </section>`;
}

function headView({ result, place, onChoose }: PlaceProps, length: number): TemplateResult {
  const { sample, at } = place;
  const go = (by: -1 | 1, hook: string, name: string, mark: string): TemplateResult =>
    html`<button
      type="button"
      class="link"
      data-testid=${hook}
      aria-label=${name}
      title=${name}
      ?disabled=${at + by < 0 || at + by >= length}
      @click=${() => {
        onChoose({ sample, at: at + by });
      }}
    >
      ${mark}
    </button>`;
  const [number, all] = [thousands(at + 1), thousands(length)];
  const title =
    result.samples.length > 1
      ? t('Token {0} of {1}, sample {2}', number, all, thousands(sample + 1))
      : t('Token {0} of {1}', number, all);
  return html`<div class="section-head">
    ${go(-1, 'ab-previous', t('The previous token'), '‹')}
    <h2 id="ab-place-title" data-testid="ab-place-title" aria-live="polite">${title}</h2>
    ${go(1, 'ab-next', t('The next token'), '›')}
    <span class="keys">
      <span class="key"><i class="swatch solid" data-side="a"></i>A</span>
      <span class="key"><i class="swatch solid" data-side="b"></i>B</span>
      <span class="key"><i class="swatch outline"></i>${t('before samplers')}</span>
    </span>
  </div>`;
}

function drawView(result: AbResult, drawn: SideStep | null, side: Side): TemplateResult {
  const name = html`<b class="ab-drawn" data-side=${side}>${side.toUpperCase()}</b>`;
  if (!drawn) return html`<li>${filled(t('{0} has ended'), name)}</li>`;
  const { id, raw, processed, rank, kept, keptMass } = drawn;
  return html`<li data-testid="ab-draw" data-side=${side}>
    ${filled(
      t('{0} draws {1}'),
      name,
      html`<span class="token-text">${tokenText(result, id)}</span>
        <b title=${full(processed)}>${percent(processed)}</b>`,
    )}
    <span class="quiet"
      >${filled(
        t('(before samplers {0}, {1}); keeps {2} with {3} of the probability'),
        percent(raw),
        ordinal(rank),
        count(kept, '{0} token', '{0} tokens'),
        html`<span title=${full(keptMass)}>${percent(keptMass)}</span>`,
      )}</span
    >
  </li>`;
}

const encoder = new TextEncoder();

function tokenText(result: AbResult, id: number): unknown {
  return piecesView(tokenPieces(encoder.encode(tokenTexts(result)(id))));
}

function statisticsView({ before, after }: AbStep): TemplateResult | typeof nothing {
  if (!after) return nothing;
  const { ab, ba, onlyA, onlyB, js } = after;
  return html`<dl class="statistics">
    ${klView('KL(A ‖ B)', ab, t('B gives no chance to tokens that have {0} in A', percent(onlyA)), 'ab-kl')}
    ${klView('KL(B ‖ A)', ba, t('A gives no chance to tokens that have {0} in B', percent(onlyB)), 'ab-kl-back')}
    <div>
      <dt>${explained('Jensen-Shannon', 'jensenShannon')}</dt>
      <dd data-testid="ab-js" data-nats=${js} title=${t('{0} nats', full(js))}>
        <b>${information(js, 'nats')}</b> ${beforeView(before)}
      </dd>
    </div>
  </dl>`;
}

function klView(name: string, divergence: number | null, reason: string, hook: string): TemplateResult {
  return html`<div>
    <dt>${explained(name, 'kl')}</dt>
    <dd data-testid=${hook} data-nats=${divergence ?? 'Infinity'}>
      ${
        divergence === null
          ? html`<b>∞</b> <span class="quiet">${reason}</span>`
          : html`<b title=${t('{0} nats', full(divergence))}>${information(divergence, 'nats')}</b>`
      }
    </dd>
  </div>`;
}

/** Where the sides have different contexts, the model's own answers differ too. */
function beforeView(before: Divergence | null): TemplateResult | typeof nothing {
  if (!before || before.js === 0) return nothing;
  return html`<span class="quiet" title=${t('{0} nats', full(before.js))}
    >${t('(before samplers {0})', information(before.js, 'nats'))}</span
  >`;
}

function barsView(result: AbResult, step: AbStep): TemplateResult {
  const { rows } = step;
  const end = axisEnd(rows.flatMap(({ a, b }) => [a, b].flatMap((cell) => cell ?? [])));
  return html`<table
    class="bars ab-bars"
    role="grid"
    aria-labelledby="ab-place-title"
    @keydown=${(event: KeyboardEvent) => {
      rove(event, 'vertical');
    }}
    @focusin=${keepStop}
  >
    <thead>
      <tr>
        <th scope="col">${t('token')}</th>
        <th scope="col">${t('A, 0 to {0}', axisPercent(end))}</th>
        <th scope="col">${t('B, 0 to {0}', axisPercent(end))}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row, index) => rowView(result, step, row, { end, first: index === 0 }))}
      ${restView(result, rows)}
    </tbody>
  </table>`;
}

function rowView(
  result: AbResult,
  { a, b }: AbStep,
  row: StepRow,
  { end, first }: { readonly end: number; readonly first: boolean },
): TemplateResult {
  const drawn = { a: a?.id === row.id, b: b?.id === row.id };
  const said = SIDES.map((side) => spoken(side, row[side], drawn[side])).join('; ');
  return html`<tr
    class="bar-row"
    data-testid="ab-row"
    data-token-id=${row.id}
    data-rove
    tabindex=${first ? 0 : -1}
    aria-label=${t('{0}: {1}', visibleToken(tokenTexts(result)(row.id)), said)}
  >
    <th scope="row" class="token-cell">
      ${SIDES.map((side) =>
        drawn[side]
          ? html`<span class="badge ab-drawn" data-side=${side} title=${t('Drawn in {0}', side.toUpperCase())}
              >${side.toUpperCase()}</span
            >`
          : nothing,
      )}<span class="token-text">${tokenText(result, row.id)}</span>
    </th>
    ${SIDES.map((side) => cellView(row[side], side, end))}
  </tr>`;
}

function spoken(side: Side, cell: RowCell | null, drawn: boolean): string {
  const name = side.toUpperCase();
  if (!cell) return t('{0} has ended', name);
  const [remover, before] = [removerName(cell), percent(cell.raw)];
  if (remover !== null) return t('{0} removed by {1}, before {2}', name, remover, before);
  const after = percent(cell.processed);
  return drawn
    ? t('{0} {1}, before {2}, drawn', name, after, before)
    : t('{0} {1}, before {2}', name, after, before);
}

function cellView(cell: RowCell | null, side: Side, end: number): TemplateResult {
  if (!cell) return html`<td class="ab-cell"></td>`;
  const { raw, processed } = cell;
  const remover = removerName(cell);
  const kept = remover === null;
  return html`<td
    class="ab-cell"
    data-side=${side}
    data-kept=${kept}
    data-probability=${processed}
    data-raw-probability=${raw}
    title=${t('after {0}, before {1}', full(processed), full(raw))}
  >
    <span class="ab-track" aria-hidden="true">
      <i class="bar before" ${properties({ '--share': String(raw / end) })}></i>
      <i class="bar after" ${properties({ '--share': String(processed / end) })}></i>
    </span>
    <span class="ab-number"
      >${
        kept
          ? percent(processed)
          : html`<s class="quiet">${percent(raw)}</s> <span class="cut-by">${remover}</span>`
      }</span
    >
  </td>`;
}

function restView({ vocabularySize }: AbResult, rows: readonly StepRow[]): TemplateResult | typeof nothing {
  const others = vocabularySize - rows.length;
  if (others <= 0) return nothing;
  const rest = (side: Side): TemplateResult => {
    const cells = rows.flatMap((row) => row[side] ?? []);
    if (cells.length === 0) return html`<td></td>`;
    // Differences of rounded sums may lie a hair beside zero.
    const left = Math.max(0, 1 - cells.reduce((sum, { processed }) => sum + processed, 0));
    return html`<td class="number">${percent(left < 1e-12 ? 0 : left)}</td>`;
  };
  return html`<tr class="rest-row" data-testid="ab-rest">
    <th scope="row">${counted(others, '{0} other', '{0} others')}</th>
    ${SIDES.map(rest)}
  </tr>`;
}
