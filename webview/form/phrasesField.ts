/** The list of banned phrases: each is edited where it stands. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { tokenPieces } from '../format/tokenText';
import { piecesView, tokenView } from '../ui/pieces';
import { fieldName } from './chainForm';
import type { SamplerStep } from './samplerSteps';
import type { SamplersProps } from './samplersProps';
import { searchOf } from './tokenSearch';
import { canBeWholeWord, textsOf } from './tokenSteps';
import { t } from '../../src/l10n/language';
import { thousands } from '../format/numbers';

const encoder = new TextEncoder();

/** Characters of a phrase. */
const LONGEST = 1000;

export function phrasesField(props: SamplersProps, step: SamplerStep): TemplateResult {
  const { words, onWord, onList } = props;
  const name = fieldName(step, { name: 'phrases' });
  const phrases = textsOf(step, 'phrases');
  const next = words[name] ?? '';
  const set = (at: number, phrase: string): void => {
    const changed = phrases.map((one, index) => (index === at ? phrase : one));
    onList(
      name,
      changed.filter((one, index) => one !== '' && changed.indexOf(one) === index),
    );
  };
  const add = (): void => {
    if (next === '') return;
    onWord(name, '');
    if (!phrases.includes(next)) onList(name, [...phrases, next]);
  };
  return html`${
      phrases.length === 0
        ? nothing
        : html`<ul class="phrases" aria-label=${t('Banned phrases')} data-testid="phrases">
            ${phrases.map(
              (phrase, at) =>
                html`<li class="phrase">
                  <input
                    type="text"
                    class="code typed"
                    spellcheck="false"
                    autocomplete="off"
                    data-testid="phrase"
                    aria-label=${t('Phrase {0}', thousands(at + 1))}
                    maxlength=${LONGEST}
                    .value=${live(phrase)}
                    @change=${(event: Event) => {
                      set(at, (event.target as HTMLInputElement).value);
                    }}
                  />
                  <button
                    type="button"
                    class="link"
                    data-testid="remove-phrase"
                    aria-label=${t('Remove phrase {0}', thousands(at + 1))}
                    title=${t('Remove')}
                    @click=${() => {
                      set(at, '');
                    }}
                  >
                    ✕
                  </button>
                  ${spacesView(phrase)} ${longerView(props, step, phrase)}
                </li>`,
            )}
          </ul>`
    }
    <div class="phrase">
      <input
        type="text"
        class="code typed"
        spellcheck="false"
        autocomplete="off"
        data-testid=${name}
        aria-label=${t('Banned phrases: add a phrase')}
        title=${t('Letters as they are written; “ring” is in “spring” too, “ ring” is not')}
        placeholder=${t('Add a phrase')}
        maxlength=${LONGEST}
        .value=${live(next)}
        @input=${(event: Event) => {
          onWord(name, (event.target as HTMLInputElement).value);
        }}
        @change=${add}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') add();
        }}
      />
      <button type="button" class="link" data-testid="add-phrase" ?disabled=${next === ''} @click=${add}>
        ${t('add')}
      </button>
      ${spacesView(next)}
    </div>`;
}

/** Where a phrase is part of longer words too, one of them, and how these can be left alone. */
function longerView(
  { vocabulary, onWholeWord }: SamplersProps,
  step: SamplerStep,
  phrase: string,
): TemplateResult | typeof nothing {
  const id = vocabulary && searchOf(vocabulary).longerWord(phrase);
  if (!vocabulary || id === undefined) return nothing;
  return html`<span class="longer quiet" data-testid="longer-word"
    >${t('also inside longer words, such as')} <span class="token-text">${tokenView(vocabulary, id)}</span> ${
      canBeWholeWord(phrase)
        ? html`<button
            type="button"
            class="link"
            data-testid="whole-word"
            title=${t('Ban it only where no letter follows, as a pattern')}
            @click=${() => {
              onWholeWord(step, phrase);
            }}
          >
            ${t('whole word only')}
          </button>`
        : nothing
    }</span
  >`;
}

/** Spaces at the ends, and what hides, are shown: they belong to the phrase. */
function spacesView(phrase: string): TemplateResult | typeof nothing {
  const pieces = tokenPieces(encoder.encode(phrase));
  const shown = pieces.map(({ text }) => text).join('');
  const inner = phrase.trim() === phrase && phrase.replaceAll(' ', '·') === shown;
  if (inner) return nothing;
  return html`<span class="as-is quiet" data-testid="as-is">${piecesView(pieces)}</span>`;
}
