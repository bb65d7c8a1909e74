/** Presets as methods: those that are compared beside the chapter's, and the checkboxes that choose them. */
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import * as v from 'valibot';
import { chainOfPreset } from '../../../src/core/samplers/presets';
import { visibleText } from '../../../src/core/visibleText';
import { t, whole } from '../../../src/l10n/language';
import { METHOD_CHOICES, METHOD_NUMBERS, presetName, shownName } from '../../../src/experiments/methods/list';
import type { MethodSpec } from '../../../src/experiments/methods/result';
import { chainSchema, type ListedPreset } from '../../../src/protocol/presets';
import type { OwnField } from '../../form/form';

type Sampling = Extract<MethodSpec, { kind: 'sampling' }>;

const chosenSchema = v.array(v.object({ name: v.string(), kind: v.literal('sampling'), chain: chainSchema }));

const NAMES: readonly string[] = METHOD_CHOICES.map(({ spec }) => spec(METHOD_NUMBERS).name);

/** A preset as a method. It has the preset's name, unless that is one of the methods' own. */
export function presetMethod(preset: ListedPreset): Sampling {
  return { name: presetName(preset.name), kind: 'sampling', chain: chainOfPreset(preset) };
}

/** Of a result's methods those that are no method of the list: they came of presets. */
export function ofPresets(methods: readonly MethodSpec[]): readonly Sampling[] {
  return methods.filter(
    (method): method is Sampling => method.kind === 'sampling' && !NAMES.includes(method.name),
  );
}

/** What is chosen, as the text that stands for it in the form's values. */
export const presetsText = (chosen: readonly Sampling[]): string => JSON.stringify(chosen);

/** The inverse; none where it is anything else. */
export function readPresetMethods(text: unknown): readonly Sampling[] {
  if (typeof text !== 'string') return [];
  try {
    const read = v.safeParse(chosenSchema, JSON.parse(text));
    return read.success ? read.output : [];
  } catch {
    return [];
  }
}

/** The presets that are compared, as a part of the form. */
export function presetsField(presets: () => readonly ListedPreset[]): OwnField {
  const chosen = signal<readonly Sampling[]>([]);
  const toggle = (method: Sampling, on: boolean): void => {
    const others = chosen.value.filter(({ name }) => name !== method.name);
    chosen.value = on ? [...others, method] : others;
  };
  return {
    kind: 'own',
    name: 'presets',
    label: t('presets'),
    initial: presetsText([]),
    text: () => presetsText(chosen.value),
    fill: (text) => {
      chosen.value = readPresetMethods(text);
    },
    error: () => null,
    view: () => presetsView(presets(), chosen.value, toggle),
  };
}

/** A preset, or a method of an earlier run, that can be compared. */
interface Offered {
  readonly method: Sampling;
  readonly description: string;
  readonly chosen: boolean;
}

const isSame = (a: Sampling, b: Sampling): boolean =>
  a.name === b.name && JSON.stringify(a.chain) === JSON.stringify(b.chain);

/** All that can be chosen: the presets as they are now, then what was chosen and is none of them any more. */
export function offeredMethods(
  presets: readonly ListedPreset[],
  chosen: readonly Sampling[],
): readonly Offered[] {
  const offered = presets.map((preset) => {
    const method = presetMethod(preset);
    return { method, description: preset.description, chosen: chosen.some((one) => isSame(one, method)) };
  });
  const gone = chosen.filter((one) => !offered.some(({ method }) => isSame(one, method)));
  return [
    ...offered,
    ...gone.map((method) => ({ method, description: t('From an earlier run.'), chosen: true })),
  ];
}

function presetsView(
  presets: readonly ListedPreset[],
  chosen: readonly Sampling[],
  toggle: (method: Sampling, on: boolean) => void,
): TemplateResult {
  return html`<details class="fold" data-testid="method-presets">
    <summary>${chosen.length === 0 ? t('Presets') : t('Presets, {0} chosen', whole(chosen.length))}</summary>
    ${repeat(
      offeredMethods(presets, chosen),
      ({ method }) => JSON.stringify(method),
      ({ method, description, chosen: taken }) =>
        html`<div class="check" title=${visibleText(description)}>
          <vscode-checkbox
            data-testid="use-preset"
            .checked=${live(taken)}
            @change=${(event: Event) => {
              toggle(method, (event.target as HTMLInputElement).checked);
            }}
            >${visibleText(shownName(method.name))}</vscode-checkbox
          >
        </div>`,
    )}
  </details>`;
}
