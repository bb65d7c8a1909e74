/** Looking for any token in the distribution: its field, and the tokens found. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ListedTokens, Vocabulary } from '../../../src/core/languageModel';
import { visibleText } from '../../../src/core/visibleText';
import type { RankedRow } from '../../../src/experiments/explore/distribution';
import { searchOf, type FoundTokens } from '../../form/tokenSearch';
import { t } from '../../../src/l10n/language';
import { count, percent } from '../../format/numbers';
import { Memo } from './memo';
import type { Controls, NextToken, OnScreen } from './nextToken';

/** Characters of a word that are looked for. */
const LONGEST = 100;

const NONE: FoundTokens = { ids: [], pieces: false };

export class FoundTokensView {
  readonly #next: NextToken;
  readonly #typed = signal('');
  readonly #found = new Memo<FoundTokens>();

  constructor(next: NextToken) {
    this.#next = next;
  }

  /** Rows of what was typed, as the controls are. */
  rows(screen: OnScreen, controls: Controls): readonly RankedRow[] {
    return this.#next.rowsOf(this.#foundIn(this.#next.vocabularyOf(screen)).ids, screen, controls);
  }

  #foundIn(vocabulary: Vocabulary | undefined): FoundTokens {
    const typed = this.#typed.value;
    if (!vocabulary || typed === '') return NONE;
    const search = searchOf(vocabulary);
    return this.#found.of([search, typed], () => search.find(typed));
  }

  /** Why the rows are not those of the word itself; nothing where they are. */
  remark(screen: OnScreen): string | null {
    const typed = this.#typed.value;
    if (typed === '') return null;
    const { ids, pieces } = this.#foundIn(this.#next.vocabularyOf(screen));
    const word = visibleText(typed.trim() || typed);
    const listed = this.#next.listedOf(screen);
    const said = !pieces
      ? null
      : ids.length === 0
        ? t('No token is “{0}” or the beginning of it.', word)
        : t('“{0}” is more than one token. It may begin with one of these:', word);
    const words = [said, listed ? unlistedWords(ids, listed) : null].filter((part) => part !== null);
    return words.length === 0 ? null : words.join(' ');
  }

  /** The field; nothing where only the most probable tokens are known. */
  view(screen: OnScreen): TemplateResult | typeof nothing {
    if (!this.#next.hasLogits(screen)) return nothing;
    return html`<input
      type="search"
      class="find-token"
      data-testid="find-token"
      aria-label=${t('Find a token')}
      placeholder=${t('Find a token')}
      title=${t('Type a word to see its probability and rank, in every form that is one token')}
      maxlength=${LONGEST}
      .value=${live(this.#typed.value)}
      @input=${(event: Event) => {
        this.#typed.value = (event.target as HTMLInputElement).value;
      }}
      @focus=${() => {
        // Before the first key, which is then answered at once.
        const vocabulary = this.#next.vocabularyOf(screen);
        if (vocabulary) searchOf(vocabulary);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || this.#typed.value === '') return;
        event.stopPropagation();
        this.#typed.value = '';
      }}
    />`;
  }
}

/** What is known of those tokens that the server does not list; null where it lists all of them. */
function unlistedWords(ids: readonly number[], { ids: listed, bound, mass }: ListedTokens): string | null {
  const unlisted = ids.filter((id) => !listed.includes(id)).length;
  if (unlisted === 0) return null;
  const most = percent(Math.min(Math.exp(bound), 1 - mass));
  return ids.length === 1
    ? t('It is not listed, so its probability is not known: at most {0}.', most)
    : count(
        unlisted,
        '{0} of them is not listed, so its probability is not known: at most {1}.',
        '{0} of them are not listed, so their probabilities are not known: at most {1} each.',
        most,
      );
}
