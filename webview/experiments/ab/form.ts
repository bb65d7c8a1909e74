/** The controls of A/B: a chain for each side, a prompt for B where it is to have its own, and what both share. */
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { parseChain, type StepReport } from '../../../src/core/samplers/chain';
import { abParameters } from '../../../src/experiments/ab/parameters';
import type { AbResult } from '../../../src/experiments/ab/result';
import { t } from '../../../src/l10n/language';
import { ChainEditor, stepsText } from '../../form/chainEditor';
import { formOf, readOrNull } from '../../form/declared';
import type { FormValue, FormValues, OwnField } from '../../form/form';
import { chainOfSteps, deedsOf, shortStep, stepsOf } from '../../form/samplerSteps';
import { typedCount } from '../../format/typedNumber';
import { chainControls } from '../../frame/chainControls';
import type { ExperimentPage } from '../../frame/experimentPage';
import { runBeside } from '../../frame/runBeside';
import { chatForm } from '../../frame/served';
import type { TabContext } from '../../frame/tab';
import { afterDraw } from '../../ui/afterDraw';

export type Side = 'a' | 'b';

/** What is edited of the two sides. */
export class Sides {
  readonly chains: Readonly<Record<Side, ChainEditor>>;
  readonly #other = signal('');

  constructor({ session }: TabContext) {
    const editor = (side: Side): ChainEditor => {
      const chain = new ChainEditor(() => session.loaded?.info);
      const { chain: first, otherChain } = abParameters.parameters;
      chain.steps = stepsOf((side === 'a' ? first : otherChain).default);
      return chain;
    };
    this.chains = { a: editor('a'), b: editor('b') };
  }

  /** B's prompt; empty where it is A's. */
  get other(): string {
    return this.#other.value;
  }

  set other(text: string) {
    this.#other.value = text;
  }

  /** Each side gets what the other had. @param prompt of A @returns the prompt of A then */
  swap(prompt: string): string {
    const { a, b } = this.chains;
    [a.text, b.text] = [b.text, a.text];
    [a.preset, b.preset] = [b.preset, a.preset];
    if (this.other === '') return prompt;
    const { other } = this;
    this.other = prompt;
    return other;
  }

  checkAgain(): void {
    for (const chain of Object.values(this.chains)) chain.checkAgain();
  }
}

/** What the chains' controls need of the tab. */
export interface Around {
  /** Is told why a preset was not saved. */
  readonly failed: (error: unknown) => void;
  readonly values: () => FormValues;
  readonly fill: (values: Readonly<Record<string, FormValue>>) => void;
  /** What each of a side's samplers did at the place that is looked at; none where that was another chain. */
  readonly removals: (side: Side) => readonly StepReport[];
}

export function abForm(
  context: TabContext,
  sides: Sides,
  around: Around,
): Pick<ExperimentPage<AbResult>, 'groups' | 'parameters' | 'values' | 'line'> {
  const short = (side: Side): string => {
    const { steps } = sides.chains[side];
    return steps.length === 0 ? t('no sampler') : steps.map(shortStep).join(', ');
  };
  const chat = chatForm(context.session);
  return formOf(
    abParameters,
    [
      { title: 'A', fields: [chainField(context, sides, 'a', around)] },
      { title: 'B', fields: [promptField(context, sides), chainField(context, sides, 'b', around)] },
      {
        title: t({ message: 'Both', comment: 'sides' }),
        fields: [...chat.fields, 'samples', 'maxNewTokens', 'seed', 'stop'],
      },
    ],
    {
      beside: [chat],
      typed: () => ({
        chain: chainOfSteps(sides.chains.a.steps),
        otherChain: chainOfSteps(sides.chains.b.steps),
        ...(sides.other !== '' && { other: sides.other }),
      }),
      shown: ({ chain, otherChain, prompt, other }) => ({
        ...stepsIn('chain', chain),
        ...stepsIn('otherChain', otherChain),
        // Who names a prompt and none for B means the same.
        ...(typeof other === 'string' ? { other } : typeof prompt === 'string' ? { other: '' } : {}),
      }),
      line: (typed) => {
        const what = [
          short('a'),
          short('b'),
          typed('samples'),
          typedCount(typed('maxNewTokens'), '{0} token', '{0} tokens'),
          typed('seed'),
          typed('stop'),
        ];
        return sides.other === ''
          ? t('A {0}; B {1}; {2} × {3}, seed {4}{5}', ...what)
          : t('A {0}; B {1}, its own prompt; {2} × {3}, seed {4}{5}', ...what);
      },
    },
  );
}

function stepsIn(name: string, given: unknown): Readonly<Record<string, string>> {
  const read = given === undefined ? null : readOrNull(() => parseChain(given));
  return read ? { [name]: stepsText(stepsOf(read)) } : {};
}

function chainField(
  context: TabContext,
  sides: Sides,
  side: Side,
  { failed, removals, values, fill }: Around,
): OwnField {
  const chain = sides.chains[side];
  return {
    kind: 'own',
    name: side === 'a' ? 'chain' : 'otherChain',
    label: t('sampler chain of {0}', side.toUpperCase()),
    initial: chain.text,
    text: () => chain.text,
    fill: (text) => {
      chain.text = text;
    },
    error: () => chain.error,
    view: () => {
      const deeds = deedsOf(chain.steps, removals(side));
      const shared = runBeside(abParameters, values, fill);
      const own = side === 'b' && sides.other !== '' ? { prompt: sides.other } : {};
      const run = { ...shared, run: () => ({ ...shared.run(), ...own }) };
      return chainControls(chain, context, failed, { deeds, keptInOrder: {}, problem: null, run }, side);
    },
  };
}

function promptField({ session }: TabContext, sides: Sides): OwnField {
  const { other } = abParameters.parameters;
  const view = (): TemplateResult =>
    html`<div class="ab-prompt">
      <vscode-text-area
        data-testid="other"
        aria-label=${t('Prompt of B')}
        rows=${sides.other === '' ? 1 : 3}
        resize="vertical"
        placeholder=${t('the same prompt')}
        .value=${live(sides.other)}
        @input=${(event: Event) => {
          sides.other = (event.target as HTMLTextAreaElement).value;
        }}
      ></vscode-text-area>
      ${
        sides.other === ''
          ? html`<button
              type="button"
              class="link"
              data-testid="other-copy"
              title=${t('Put A’s prompt here, to change it')}
              ?disabled=${(session.source?.text ?? '') === ''}
              @click=${() => {
                sides.other = session.source?.text ?? '';
                afterDraw(() => {
                  document.querySelector<HTMLElement>('[data-testid="other"]')?.focus();
                });
              }}
            >
              ${t('Edit a copy of A’s prompt')}
            </button>`
          : html`<button
              type="button"
              class="link"
              data-testid="other-same"
              title=${t('B continues A’s prompt again')}
              @click=${() => {
                sides.other = '';
              }}
            >
              ${t('Use A’s prompt')}
            </button>`
      }
    </div>`;
  return {
    kind: 'own',
    name: 'other',
    label: other.label ?? '',
    initial: '',
    text: () => sides.other,
    fill: (text) => {
      sides.other = text;
    },
    error: () => null,
    view,
  };
}
