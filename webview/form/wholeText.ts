/** A whole text that an experiment works on: where it comes from, and what was read last. */
import { signal } from '@preact/signals-core';
import type { TextSource } from '../../src/protocol/messages';
import { count } from '../format/numbers';
import type { Host } from '../host';
import type { ChoiceField, FormValues } from './form';
import { t } from '../../src/l10n/language';

const SOURCES: readonly { readonly value: TextSource | 'same'; readonly label: string }[] = [
  { value: 'document', label: t('the document') },
  { value: 'file', label: t('a file') },
  { value: 'folder', label: t('a folder') },
  { value: 'verdict', label: t('The Verdict') },
  { value: 'same', label: t('as before') },
];

export class WholeText {
  readonly #last = signal({ name: '', text: '' });

  get name(): string {
    return this.#last.value.name;
  }

  get text(): string {
    return this.#last.value.text;
  }

  give(name: string, text: string): void {
    this.#last.value = { name, text };
  }

  /** Takes the text of a result that was saved, or is shown again after a reload; ignores what has none. */
  giveFrom(parameters: unknown): void {
    if (typeof parameters !== 'object' || parameters === null || !('text' in parameters)) return;
    const { text } = parameters;
    if (typeof text === 'string') this.give(t('the text of the result on screen'), text);
  }

  /** Reads it anew unless it is to stay. @throws RequestError, with code `stopped` when none is given */
  async read(values: FormValues, host: Host): Promise<void> {
    const from = SOURCES.find(({ value }) => value === values['source'])?.value ?? 'document';
    if (from === 'same' && this.text !== '') return;
    const { name, text } = await host.text(from === 'same' ? 'document' : from);
    this.give(name, text);
  }
}

/** The control that says where the text comes from. */
export function textSourceField(source: WholeText): ChoiceField {
  return {
    kind: 'choice',
    name: 'source',
    label: t('text'),
    initial: 'document',
    options: SOURCES,
    note: () =>
      source.name === ''
        ? null
        : t('Last: {0}, {1}.', source.name, count(source.text.length, '{0} character', '{0} characters')),
  };
}

/** What a choice of text is called. */
export function sourceLabel(values: FormValues): string {
  return SOURCES.find(({ value }) => value === values['source'])?.label ?? '';
}
