/** Loss: how well a model predicts a whole text, as the book measures it. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import { written } from '../../../src/l10n/numbers';
import { lossParameters } from '../../../src/experiments/loss/parameters';
import { lossEventSchema, lossResultSchema, type LossResult } from '../../../src/experiments/loss/result';
import {
  excerpt,
  lossReport,
  partName,
  passageOf,
  windowsOf,
  type PlacedWindow,
} from '../../../src/experiments/loss/report';
import { lossPictures } from './charts';
import { visibleText } from '../../../src/core/visibleText';
import { count, significant } from '../../format/numbers';
import { tokenBytes } from '../../format/tokenText';
import { parsedBy } from '../../frame/record';
import { formOf } from '../../form/declared';
import type { FormValues } from '../../form/form';
import { sourceLabel, textSourceField, WholeText } from '../../form/wholeText';
import type { Picture } from '../../ui/picture';
import { filled } from '../../ui/filled';
import { legendView } from '../../ui/legend';
import { sampledTextView, sampledTokenCard, type SampledText } from '../../ui/sampledText';
import { figuresView, type ExperimentPage, type ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { checked } from '../../frame/live';
import { scoringNote } from '../../frame/served';
import type { Tab, TabContext } from '../../frame/tab';

const ID = 'loss';

/** Characters of the text that stand for it in titles. */
const BEGINNING = 200;

/** Of English text; the exact number of tokens is known once the model has read it. */
const CHARACTERS_A_TOKEN = 4;

/** Passages listed at either end. */
const LISTED = 3;

/** What the tab knows beside its controls. */
class Source extends WholeText {
  /** Of the last run's windows: their tokens and how probable each was. */
  readonly tokens = new Map<string, { readonly ids: Int32Array; readonly logProbabilities: Float64Array }>();
  /** The passage on screen. */
  readonly selected = signal(-1);
}

const keyOf = (part: string, index: number): string => `${part} ${index}`;

function pageOf(source: Source, context: TabContext): ExperimentPage<LossResult> {
  const textField = textSourceField(source);
  const form = formOf(
    lossParameters,
    [
      {
        title: t('Text'),
        fields: [
          {
            ...textField,
            note: (values) =>
              [textField.note?.(values), scoringNote(context.session.server)].filter(Boolean).join(' ') ||
              null,
          },
        ],
      },
      {
        title: t('The book’s data loader'),
        fields: [
          'context',
          'stride',
          'batchSize',
          'trainRatio',
          'shuffle',
          { parameter: 'seed', applies: ({ shuffle }) => shuffle === true },
        ],
      },
    ],
    {
      typed: () => ({ text: source.text }),
      shown: ({ source: from }): FormValues => (typeof from === 'string' ? { source: from } : {}),
      line: (short, values) =>
        t(
          '{0}; windows of {1}, stride {2}, batches of {3}, ratio {4}',
          sourceLabel(values),
          short('context'),
          short('stride'),
          short('batchSize'),
          short('trainRatio'),
        ),
    },
  );
  return {
    id: ID,
    title: t('Loss'),
    needsText: true,
    question: t('How well does the model predict a text?'),
    measures: ['loss', 'perplexity', 'bitsPerCharacter'],
    promise: t(
      'You will see the training and validation loss of a whole text, computed as in chapter 5 of the book, with perplexity, bits per character, and the hardest and easiest passages.',
    ),
    ...form,
    parameters: (values) => ({
      prompt: source.text.slice(0, BEGINNING),
      ...form.parameters(values, ''),
    }),
    prepare: async (values) => {
      await source.read(values, context.host);
      source.tokens.clear();
      source.selected.value = -1;
    },
    confirm: () => {
      const { server } = context.session;
      const note = scoringNote(server);
      if (!server || note === null) return null;
      const tokens = Math.ceil(source.text.length / CHARACTERS_A_TOKEN);
      const question = t(
        'This text has {0}: about {1}. Run it?',
        count(source.text.length, '{0} character', '{0} characters'),
        count(tokens, '{0} request', '{0} requests'),
      );
      return `${note} ${question}`;
    },
    opened: (parameters) => {
      source.giveFrom(parameters);
    },
    read: parsedBy(lossResultSchema),
    report: lossReport,
    pictures: lossPictures,
    live: () => ({
      take: checked(lossEventSchema, ({ part, window, ids, logProbabilities }) => {
        source.tokens.set(keyOf(part, window.index), { ids, logProbabilities });
      }),
    }),
    lead: (shown) => figuresOf(source, shown, shown.pictures.slice(0, 1)),
    view: (shown) => view(source, context, shown),
    card: (kind, [token], result) => {
      if (kind !== 'passage') return null;
      const placed = windowsOf(result)[source.selected.value];
      const text = placed && passageTokens(source, context, placed);
      return text ? sampledTokenCard(text, Number(token)) : null;
    },
  };
}

/** A window's tokens with their probabilities; null where they are not known any more. */
function passageTokens(
  source: Source,
  { session }: TabContext,
  { part, window }: PlacedWindow,
): SampledText | null {
  const known = source.tokens.get(keyOf(part, window.index));
  const { loaded } = session;
  if (!known || !loaded) return null;
  const ids = Array.from(known.ids);
  return {
    ids,
    tokens: ids.map((id) => tokenBytes(loaded.vocabulary, id)),
    raw: Array.from(known.logProbabilities, Math.exp),
  };
}

function view(source: Source, context: TabContext, shown: ShownParts<LossResult>): TemplateResult {
  const { result, pictures } = shown;
  const windows = windowsOf(result);
  const choose = (index: number): void => {
    source.selected.value = index;
  };
  return html`${figuresOf(source, shown, pictures.slice(1))} ${passagesView(result, windows, choose)}
  ${passageView(source, context, result, windows)}`;
}

/** Pictures whose windows choose the passage on screen. */
function figuresOf(
  source: Source,
  shown: ShownParts<LossResult>,
  pictures: readonly Picture[],
): TemplateResult | typeof nothing {
  if (pictures.length === 0) return nothing;
  const onMark = (event: Event): void => {
    const { target } = event;
    const card = target instanceof Element ? target.closest('[data-card]')?.getAttribute('data-card') : null;
    const index = /^mark:windows:window:(\d+)$/.exec(card ?? '')?.[1];
    if (index !== undefined && Number(index) !== source.selected.value) source.selected.value = Number(index);
  };
  return html`<div class="heat-map" @click=${onMark} @focusin=${onMark}>
    ${figuresView(shown, pictures)}
  </div>`;
}

/** The ends of the order by loss, as buttons. */
function passagesView(
  result: LossResult,
  windows: readonly PlacedWindow[],
  choose: (index: number) => void,
): TemplateResult | typeof nothing {
  if (windows.length < 2) return nothing;
  const ordered = windows.map((placed, index) => ({ placed, index }));
  ordered.sort((a, b) => b.placed.window.loss - a.placed.window.loss);
  const count = Math.min(LISTED, Math.floor(ordered.length / 2));
  const list = (title: string, items: typeof ordered): TemplateResult =>
    html`<div>
      <h3 class="method-name">${title}</h3>
      <ul class="passages">
        ${items.map(
          ({ placed, index }) =>
            html`<li>
              ${filled(
                t({ message: '{0}, {1}: {2}', comment: 'loss, part of the text, passage' }),
                html`<button
                  type="button"
                  class="link"
                  data-testid="passage-link"
                  @click=${() => {
                    choose(index);
                  }}
                >
                  ${t('{0} nats', significant(placed.window.loss))}
                </button>`,
                partName(placed.part),
                excerpt(passageOf(result, placed.window)),
              )}
            </li>`,
        )}
      </ul>
    </div>`;
  return html`<div class="side-by-side">
    ${list(t('Hardest passages'), ordered.slice(0, count))}
    ${list(t('Easiest passages'), ordered.slice(-count).reverse())}
  </div>`;
}

function passageView(
  source: Source,
  context: TabContext,
  result: LossResult,
  windows: readonly PlacedWindow[],
): TemplateResult | typeof nothing {
  const placed = windows[source.selected.value];
  if (!placed) return nothing;
  const text = passageTokens(source, context, placed);
  return html`<section class="completions" data-testid="passage" aria-live="polite">
    <div class="section-head">
      <h2>
        ${t(
          '{0}, window {1}: {2} nats per token',
          partName(placed.part),
          written(placed.window.index + 1),
          significant(placed.window.loss),
        )}
      </h2>
      ${text ? legendView() : nothing}
    </div>
    ${
      text
        ? sampledTextView(text, 'passage', t('Passage, tokens'))
        : html`<p class="passage-plain">${visibleText(passageOf(result, placed.window))}</p>
            <p class="quiet">${t('Run again to see every token tinted by its probability.')}</p>`
    }
  </section>`;
}

export function createLoss(context: TabContext): Tab {
  const source = new Source();
  return new ExperimentTab(pageOf(source, context), context);
}
