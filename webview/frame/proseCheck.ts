/**
 * Whether a prompt is of the kind that a bundled model was trained on. The model itself is asked: it gives a character
 * of another language or of code more nats than one of any English prose, and the catalog says where they part.
 */
import { signal } from '@preact/signals-core';
import * as v from 'valibot';
import type { ModelChoice } from '../../src/protocol/messages';
import type { Host } from '../host';
import type { Session } from './session';

/** Fewer characters say too little. */
const SHORTEST = 10;

/** Characters at the prompt's end that are looked at: a hundred tokens or two cost the model little. */
const LONGEST = 500;

const answerSchema = v.object({ bitsPerCharacter: v.number() });

export interface ProseHint {
  readonly name: string;
  /** The texts that the model was trained on. */
  readonly kind: string;
}

export class ProseCheck {
  readonly #host: Pick<Host, 'run' | 'log'>;
  readonly #session: Session;
  /** Nats per character by model and text; NaN while it is not known, and where it cannot be. */
  readonly #nats = signal<ReadonlyMap<string, number>>(new Map());
  readonly #dismissed = signal<ReadonlySet<string>>(new Set());

  constructor(host: Pick<Host, 'run' | 'log'>, session: Session) {
    this.#host = host;
    this.#session = session;
  }

  /** What to say of the present prompt; null for nothing. */
  get hint(): ProseHint | null {
    const asked = this.#question();
    if (!asked || this.#dismissed.value.has(asked.key)) return null;
    const { key, name, bundled } = asked;
    const nats = this.#nats.value.get(key) ?? NaN;
    return nats > bundled.foreignAbove ? { name, kind: bundled.kind } : null;
  }

  /** Does not speak of this prompt again. */
  dismiss(): void {
    const asked = this.#question();
    if (asked) this.#dismissed.value = new Set([...this.#dismissed.peek(), asked.key]);
  }

  /** Asks the model about a prompt that it has read, once. */
  check(): void {
    const asked = this.#question();
    if (!asked || !this.#session.tokens || this.#nats.peek().has(asked.key)) return;
    const { key, text, model } = asked;
    this.#know(key, NaN);
    this.#host
      .run('surprisal', model, undefined, { text, from: 0, alternatives: 0 }, () => undefined)
      .result.then(
        (result) => {
          const parsed = v.safeParse(answerSchema, result);
          if (parsed.success) this.#know(key, parsed.output.bitsPerCharacter * Math.LN2);
        },
        (error: unknown) => {
          this.#host.log(`The prompt could not be looked at: ${String(error)}`);
        },
      );
  }

  #know(key: string, nats: number): void {
    this.#nats.value = new Map([...this.#nats.peek(), [key, nats]]);
  }

  #question(): {
    readonly key: string;
    readonly text: string;
    readonly model: string;
    readonly name: string;
    readonly bundled: NonNullable<ModelChoice['bundled']>;
  } | null {
    const { source, choice, model } = this.#session;
    if (!source || !choice?.bundled) return null;
    const text = endOf(source.text);
    if (text.length < SHORTEST) return null;
    return { key: `${model} ${text}`, text, model, name: choice.name, bundled: choice.bundled };
  }
}

/** The end of a text that is looked at, from the beginning of a word on and without white space around it. */
function endOf(text: string): string {
  const end = text.slice(-LONGEST);
  return (end.length < text.length ? end.replace(/^\S*\s/u, '') : end).trim();
}
