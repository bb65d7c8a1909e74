/** Grid: what two sampler parameters do together. */
import { signal, type Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { AXIS_CHOICES, parseAxis, type Side } from '../../../src/experiments/grid/axes';
import {
  gridEventSchema,
  gridResultSchema,
  growGrid,
  isGrowing,
  type GridAxis,
  type GridCell,
  type GridResult,
} from '../../../src/experiments/grid/result';
import { gridParameters } from '../../../src/experiments/grid/parameters';
import { cellName, gridReport } from '../../../src/experiments/grid/report';
import { t } from '../../../src/l10n/language';
import { gridPictures } from './charts';
import { count, information, thousands } from '../../format/numbers';
import { parsedBy } from '../../frame/record';
import { formOf, readOrNull } from '../../form/declared';
import { valueText, type Field, type FormValues } from '../../form/form';
import { listText, readTyped, typedCount, typedList } from '../../format/typedNumber';
import { legendView } from '../../ui/legend';
import { sampledTextView, sampledTokenCard } from '../../ui/sampledText';
import type { ExperimentPage, ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { growing } from '../../frame/live';
import { chatForm, drawnByForm } from '../../frame/served';
import type { Tab, TabContext } from '../../frame/tab';

/** Grids beyond so many cells or tokens are asked about first. */
const MANY_CELLS = 500;
const MANY_TOKENS = 60_000;

/** What is looked at, apart from the settings of the run. */
interface Place {
  readonly metric: Signal<string>;
  /** Index into the result's cells. */
  readonly cell: Signal<number>;
}

const keyOf = ({ sampler, parameter }: Pick<GridAxis, 'sampler' | 'parameter'>): string =>
  `${sampler} ${parameter}`;

/** A side as the form has it. */
function axisOf(values: FormValues, side: Side): { sampler: string; parameter: string; values: unknown } {
  const [sampler = '', parameter = ''] = valueText(values, side).split(' ');
  return { sampler, parameter, values: typedList(valueText(values, `${side}Values`)) };
}

function sideFields(side: Side): Field[] {
  const { name, default: standard } = gridParameters.parameters[side];
  return [
    {
      kind: 'choice',
      name: side,
      label: t('parameter'),
      initial: keyOf(standard),
      options: AXIS_CHOICES.map((choice) => ({ value: keyOf(choice), label: choice.label })),
      note: (values) =>
        problemOf(() => {
          const axis = axisOf(values, side);
          readTyped(axis.values, 'real', () => parseAxis(side, axis));
        }),
    },
    {
      kind: 'text',
      name: `${side}Values`,
      label: t('values'),
      initial: listText(standard.values),
      wide: true,
      // Whether the numbers are allowed depends on the parameter, and is said beside it and before a run.
      check: (typed) => {
        if (typed.trim() === '')
          throw new RangeError(t('{0} have no values; give one or more numbers.', name));
      },
    },
  ];
}

function problemOf(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function pageOf(place: Place, { session }: TabContext): ExperimentPage<GridResult> {
  const chat = chatForm(session);
  const drawnBy = drawnByForm(session);
  return {
    id: 'grid',
    title: t('Grid'),
    question: t('What do two settings do together?'),
    measures: ['effectiveVocabulary', 'diversity', 'coherence', 'logProbability'],
    promise: t(
      'You will see a map with a cell for every pair of values: how uncertain the next token is, and how varied, repetitive and likely the texts are. Click a cell to read its texts. All cells use the same random numbers, so chance hides less of the difference between them.',
    ),
    ...formOf(
      gridParameters,
      [
        { title: t('Rows'), fields: sideFields('rows') },
        { title: t('Columns'), fields: sideFields('columns') },
        {
          title: t('Texts of each cell'),
          fields: [...chat.fields, 'samples', 'maxNewTokens', 'seed', 'stop', ...drawnBy.fields],
        },
      ],
      {
        beside: [chat, drawnBy],
        typed: (values) => ({
          rows: axisOf(values, 'rows'),
          columns: axisOf(values, 'columns'),
        }),
        shown: (given) => ({
          ...sideValues('rows', given['rows']),
          ...sideValues('columns', given['columns']),
        }),
        line: (short, values) => {
          const side = (name: Side): string => {
            const parameter = valueText(values, name).split(' ').at(-1) ?? '';
            const named = parameter === 'temperature' ? t('temperature') : parameter;
            return `${named} ${valueText(values, `${name}Values`)}`;
          };
          return t(
            '{0} × {1}; {2} × {3}, seed {4}{5}',
            side('rows'),
            side('columns'),
            short('samples'),
            typedCount(short('maxNewTokens'), '{0} token', '{0} tokens'),
            short('seed'),
            short('stop'),
          );
        },
      },
    ),
    confirm: (parameters) => {
      const { rows, columns, samples, maxNewTokens } = gridParameters.parse(parameters);
      const cells = rows.values.length * columns.values.length;
      const tokens = cells * samples * maxNewTokens;
      return cells > MANY_CELLS || tokens > MANY_TOKENS
        ? t(
            'This grid has {0} and up to {1} to draw, which may take a while. Run it?',
            count(cells, '{0} cell', '{0} cells'),
            count(tokens, '{0} token', '{0} tokens'),
          )
        : null;
    },
    live: () => growing(gridEventSchema, growGrid),
    read: parsedBy(gridResultSchema),
    report: gridReport,
    pictures: (result) => gridPictures(result),
    lead: (shown) => mapView(place, shown),
    view: ({ result }) => html`${textsView(result, place.cell.value)}`,
    card: (kind, [cell, text, token], { cells }) => {
      const found = kind === 'text' ? cells[Number(cell)]?.texts[Number(text)] : undefined;
      return found ? sampledTokenCard(found, Number(token)) : null;
    },
  };
}

function sideValues(side: Side, given: unknown): FormValues {
  const axis = readOrNull(() => parseAxis(side, given));
  return axis ? { [side]: keyOf(axis), [`${side}Values`]: listText(axis.values) } : {};
}

function mapView(
  place: Place,
  { pictures, figure }: ShownParts<GridResult>,
): TemplateResult | typeof nothing {
  const picture = pictures.find(({ id }) => id === place.metric.value) ?? pictures[0];
  if (!picture) return nothing;
  const choice = html`<div class="field metric-choice" data-choice>
    <span class="label">${t('colour shows')}</span>
    <vscode-dropdown
      data-testid="metric"
      aria-label=${t('What the colour shows')}
      .value=${live(picture.id)}
      @change=${(event: Event) => {
        place.metric.value = (event.target as HTMLSelectElement).value;
      }}
    >
      ${pictures.map(
        ({ id, title }) =>
          html`<vscode-option value=${id} ?selected=${id === picture.id}>${title}</vscode-option>`,
      )}
    </vscode-dropdown>
  </div>`;
  const onField = (event: Event): void => {
    const index = fieldOf(event.target);
    if (index !== null) place.cell.value = index;
  };
  return html`<div class="figures heat-map" @click=${onField} @focusin=${onField}>
    ${figure(picture, choice)}
  </div>`;
}

/** The index of the field whose mark an event happened on. */
function fieldOf(target: EventTarget | null): number | null {
  const reference =
    target instanceof Element ? target.closest('[data-card]')?.getAttribute('data-card') : null;
  const match = /^mark:[^:]+:cell:(\d+)$/.exec(reference ?? '');
  return match ? Number(match[1]) : null;
}

/** The texts of one field. */
function textsView(result: GridResult, index: number): TemplateResult | typeof nothing {
  const at = result.cells[index] ? index : 0;
  const cell = result.cells[at];
  if (!cell) return nothing;
  const more = isGrowing(result);
  return html`<section class="completions" data-testid="grid-texts" aria-live=${more ? 'off' : 'polite'}>
    <div class="section-head">
      <h2>${t('Texts at {0}', cellName(result, cell))}</h2>
      ${legendView()}
    </div>
    ${cell.warnings.map((warning) => html`<p class="quiet">${warning}</p>`)}
    ${
      cell.texts.length === 0
        ? html`<p class="quiet">
            ${
              more && result.samples > 0
                ? t('Its texts have not been drawn yet.')
                : t('No texts were drawn. Set samples to 1 or more to see some.')
            }
          </p>`
        : html`<ol>
            ${cell.texts.map((text, i) => textView(text, at, i))}
          </ol>`
    }
  </section>`;
}

function textView(text: GridCell['texts'][number], cell: number, index: number): TemplateResult {
  const { sample, ids, logProbability } = text;
  const mean = ids.length > 0 ? t('{0}/token', information(logProbability / ids.length, 'nats')) : '';
  return html`<li class="completion" data-testid="grid-text">
    <div class="completion-head">
      <span class="sample">${thousands(sample + 1)}</span>
      <span>${mean}</span>
      <span class="quiet">${count(ids.length, '{0} token', '{0} tokens')}</span>
    </div>
    ${sampledTextView(text, `text:${cell}:${index}`, t('Text {0}, tokens', thousands(sample + 1)))}
  </li>`;
}

export function createGrid(context: TabContext): Tab {
  return new ExperimentTab(pageOf({ metric: signal('entropy'), cell: signal(0) }, context), context);
}
