/** A tab whose code is still to come: it has its place in the row, and gives way to the tab itself. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/messageOf';
import { TabWithoutRun } from './tabWithoutRun';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

export interface TabName {
  readonly id: string;
  readonly title: string;
}

export class ComingTab extends TabWithoutRun {
  readonly id: string;
  readonly title: string;
  /** Why its code could not be had; empty while it may still come. */
  readonly #trouble = signal('');

  constructor({ id, title }: TabName) {
    super();
    this.id = id;
    this.title = title;
  }

  body(): TemplateResult {
    return html``;
  }

  message(): TemplateResult | typeof nothing {
    if (this.#trouble.value === '') return nothing;
    return html`<p class="failure" role="alert" data-testid="failure">
      ${filled(t('{0} could not be read: {1}. Close this panel and open it again.'), this.title, this.#trouble.value)}
    </p>`;
  }

  failed(error: unknown): void {
    this.#trouble.value = messageOf(error);
  }

  save(): () => undefined {
    return () => undefined;
  }

  restore(): void {
    // A page that has something to restore begins with all of its code.
  }
}
