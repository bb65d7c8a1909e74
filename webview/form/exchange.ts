/** What a user has opened to copy a chain to another program, or to paste one from there. */
import { signal } from '@preact/signals-core';
import type { TargetId } from '../../src/interchange/targets';

export class Exchange {
  readonly #open = signal<'copy' | 'paste' | null>(null);
  readonly #target = signal<TargetId>('hugging-face');
  readonly #pasted = signal('');
  readonly #source = signal<string | undefined>(undefined);
  readonly #said = signal('');

  get open(): 'copy' | 'paste' | null {
    return this.#open.value;
  }

  set open(open: 'copy' | 'paste' | null) {
    this.#open.value = open;
    this.said = '';
  }

  /** The program that the chain is copied for. */
  get target(): TargetId {
    return this.#target.value;
  }

  set target(target: TargetId) {
    this.#target.value = target;
    this.said = '';
  }

  get pasted(): string {
    return this.#pasted.value;
  }

  set pasted(text: string) {
    this.#pasted.value = text;
    this.said = '';
  }

  /** What the pasted text is, where a user has said so. */
  get source(): string | undefined {
    return this.#source.value;
  }

  set source(source: string | undefined) {
    this.#source.value = source;
  }

  /** What the last button has done. */
  get said(): string {
    return this.#said.value;
  }

  set said(said: string) {
    this.#said.value = said;
  }
}
