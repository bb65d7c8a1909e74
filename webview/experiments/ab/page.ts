/** A/B: two chains, or two prompts, side by side with the same random numbers. */
import { html, type TemplateResult } from 'lit';
import type { ChainSpec } from '../../../src/core/samplers/chain';
import { visibleText } from '../../../src/core/visibleText';
import { abParameters, exchanged } from '../../../src/experiments/ab/parameters';
import { abReport, headline } from '../../../src/experiments/ab/report';
import {
  abEventSchema,
  abResultSchema,
  growAb,
  swapped,
  type AbResult,
  type SideStep,
} from '../../../src/experiments/ab/result';
import { t } from '../../../src/l10n/language';
import { readOrNull } from '../../form/declared';
import { chainOfSteps, shortStep, stepsOf } from '../../form/samplerSteps';
import type { ExperimentPage, ShownParts } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { growing } from '../../frame/live';
import { showTokens } from '../../frame/order';
import { parsedBy, type Outcome } from '../../frame/record';
import type { OpenRequest, Tab, TabContext } from '../../frame/tab';
import { isTyping } from '../../frame/typing';
import { abPictures, DIVERGENCE, placeOfMark } from './charts';
import { abForm, Sides, type Around, type Side } from './form';
import { Looking, type Place } from './looking';
import { placeView } from './placeView';
import { textsView } from './textsView';

export function createAb(context: TabContext): Tab {
  return new Ab(context);
}

class Ab extends ExperimentTab<AbResult> {
  readonly #context: TabContext;
  readonly #sides: Sides;

  constructor(context: TabContext) {
    const sides = new Sides(context);
    super(
      pageOf(context, sides, {
        failed: (error) => {
          this.failed(error);
        },
        values: () => this.state.form.values,
        fill: (values) => {
          this.state.form.fill(values);
        },
        swap: () => {
          this.#swap();
        },
        isRunning: () => this.state.runs.isGoing,
        result: () => this.state.shown.outcome?.result ?? null,
      }),
      context,
    );
    this.#context = context;
    this.#sides = sides;
  }

  /** Opened from Explore, what is to be changed stands open. */
  override open(request: OpenRequest): void {
    super.open(request);
    if (request.parameters !== undefined && !request.entry) this.state.drawerOpen = true;
  }

  modelLoaded(): void {
    this.#sides.checkAgain();
  }

  key(event: KeyboardEvent): boolean {
    if (event.key.toLowerCase() !== 'x' || isTyping(event)) return false;
    this.#swap();
    return true;
  }

  /** Exchanges the sides: their controls, their prompts, and what is on screen. */
  #swap(): void {
    const { announce, session } = this.#context;
    const { runs, shown } = this.state;
    if (runs.isGoing) {
      announce(t('A and B can be swapped when the run has ended.'));
      return;
    }
    const before = session.source?.text ?? '';
    const prompt = this.#sides.swap(before);
    if (prompt !== before) {
      if (session.before?.text === prompt) session.changeBack();
      else session.changePrompt(prompt, t('the prompt of B'));
    }
    const { outcome, earlier } = shown;
    if (!outcome) {
      announce(t('Swapped.'));
      return;
    }
    const next = swappedOutcome(outcome);
    shown.show(next);
    if (earlier) shown.compareWith(earlier.result === outcome.result ? next : swappedOutcome(earlier));
    showTokens(session, next.order, next.result);
    announce(`${t('Swapped.')} ${headline(next.result)}`);
  }
}

/** It is no more the one that was saved. */
function swappedOutcome(outcome: Outcome<AbResult>): Outcome<AbResult> {
  const { order, result } = outcome;
  const parameters = exchanged(abParameters.parse(order.parameters));
  return { ...outcome, order: { ...order, parameters }, result: swapped(result), savedId: null };
}

interface Acts extends Pick<Around, 'failed' | 'values' | 'fill'> {
  readonly swap: () => void;
  readonly isRunning: () => boolean;
  /** The last result; null before there is one. */
  readonly result: () => AbResult | null;
}

/** What each sampler of a side did at the place that is looked at, where the controls have the result's chain. */
function removalsOf(result: AbResult, place: Place, side: Side, spec: ChainSpec): SideStep['removals'] {
  const parameters = readOrNull(() => abParameters.parse(result.provenance.parameters));
  const own = side === 'a' ? parameters?.chain : parameters?.otherChain;
  if (JSON.stringify(own) !== JSON.stringify(spec)) return [];
  return result.samples[place.sample]?.steps[place.at]?.[side]?.removals ?? [];
}

function pageOf(context: TabContext, sides: Sides, acts: Acts): ExperimentPage<AbResult> {
  const looking = new Looking();
  return {
    id: 'ab',
    title: t('A/B'),
    question: t('What do two chains, or two prompts, do differently?'),
    promise: t(
      'You will see two texts that are drawn with the same random numbers, the first token at which they part, and at every token both distributions side by side: what each chain removes, and how far apart they are.',
    ),
    lane: 'quick',
    ...abForm(context, sides, {
      ...acts,
      removals: (side) => {
        const result = acts.result();
        const spec = chainOfSteps(sides.chains[side].steps);
        return result ? removalsOf(result, looking.in(result), side, spec) : [];
      },
    }),
    read: parsedBy(abResultSchema),
    report: abReport,
    pictures: abPictures,
    live: () => {
      looking.forget();
      return growing(abEventSchema, growAb);
    },
    opened: () => {
      looking.forget();
    },
    isEmpty: ({ samples }) => samples.every(({ steps }) => steps.length === 0),
    lead: ({ result }) => sidesView(result, looking, acts),
    view: (shown) => divergenceView(shown, looking),
  };
}

function sidesView(result: AbResult, looking: Looking, { swap, isRunning }: Acts): TemplateResult {
  const place = looking.in(result);
  const onChoose = looking.choose.bind(looking);
  return html`<section class="ab" data-testid="ab" aria-label=${t('A and B')}>
    <div class="section-head">
      <h2>${t('Texts')}</h2>
      <button
        type="button"
        class="link"
        data-testid="ab-swap"
        title=${t('Swap A and B (X)')}
        aria-keyshortcuts="X"
        ?disabled=${isRunning()}
        @click=${swap}
      >
        ${t('Swap A and B')}
      </button>
    </div>
    ${textsView({ result, place, onChoose, names: namesOf(result) })}
    ${placeView({ result, place, onChoose })}
  </section>`;
}

/** Characters of a prompt's end that tell it from the other. */
const PROMPT_END = 40;

/** What each side is: its samplers, and its prompt where the sides have different ones. */
function namesOf({ provenance }: AbResult): Readonly<Record<Side, string>> {
  const parameters = readOrNull(() => abParameters.parse(provenance.parameters));
  if (!parameters) return { a: '', b: '' };
  const { chain, otherChain, prompt, other = '' } = parameters;
  const name = (spec: typeof chain, text: string): string => {
    const samplers = stepsOf(spec).map(shortStep).join(', ') || t('no sampler');
    return other === ''
      ? samplers
      : t({ message: '{0}, after {1}', comment: 'samplers and a prompt' }, samplers, promptEnd(text));
  };
  return { a: name(chain, prompt), b: name(otherChain, other) };
}

function promptEnd(text: string): string {
  const end = text.slice(-PROMPT_END);
  if (end.length === text.length) return t('“{0}”', visibleText(end));
  // It begins with a whole word where there is one.
  const words = end.replace(/^\S*\s+(?=\S)/u, '').replace(/^[\uDC00-\uDFFF]/, '');
  return t('“{0}”', `…${visibleText(words)}`);
}

function divergenceView(
  { result, pictures, figure }: ShownParts<AbResult>,
  looking: Looking,
): TemplateResult {
  const onMark = (event: Event): void => {
    const place = placeOfMark(event.target, result);
    if (place) looking.choose(place);
  };
  return html`<div class="figures" @click=${onMark} @focusin=${onMark}>
    ${pictures.filter(({ id }) => id === DIVERGENCE).map((picture) => figure(picture))}
  </div>`;
}
