/** Tokens by word: a field to find them by, what they are in this model, and those that were picked. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Vocabulary } from '../../src/core/languageModel';
import { definitionOf } from '../../src/core/samplers/catalog';
import { count, full, percent, significant } from '../format/numbers';
import { tokenBytes, tokenLabel, tokenPieces } from '../format/tokenText';
import { piecesView, tokenView } from '../ui/pieces';
import { fieldName, type FieldName } from './chainForm';
import type { SamplerStep } from './samplerSteps';
import type { SamplersProps } from './samplersProps';
import { likeliestFirst, searchOf } from './tokenSearch';
import { biasesOf, FAVOUR, idsOf, MOST_BIAS, textsOf, type Bias } from './tokenSteps';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

/** Characters of a word that are looked for. */
const LONGEST = 100;

/** Picked tokens that have a chip of their own: more would be a wall. */
const CHIPS = 60;

const encoder = new TextEncoder();

/** Ids and texts of `banned-tokens` and `allowed-tokens`. */
export function tokensField(props: SamplersProps, step: SamplerStep): TemplateResult {
  const { vocabulary, onList } = props;
  const name = fieldName(step, { name: 'ids' });
  const ids = idsOf(step);
  const texts = textsOf(step, 'texts');
  const pick = (id: number): void => {
    onList(name, ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  };
  const picked = ids.length + texts.length;
  return html`${finderView(props, step, name, { ids, pick })}
  ${
    picked === 0
      ? nothing
      : html`<ul class="picked" aria-label="${labelOf(step)}" data-testid="picked">
          ${ids.slice(0, CHIPS).map((id) =>
            chipView(
              labelled(vocabulary, id),
              vocabulary ? tokenView(vocabulary, id) : `${id}`,
              t('id {0}', String(id)),
              () => {
                pick(id);
              },
            ),
          )}
          ${texts.slice(0, CHIPS).map((text, index) => {
            const pieces = tokenPieces(encoder.encode(text));
            const shown = pieces.map((piece) => piece.text).join('');
            return chipView(
              t('“{0}”', shown),
              html`${filled(t('“{0}”'), piecesView(pieces))}`,
              t('by its text'),
              () => {
                onList(
                  fieldName(step, { name: 'texts' }),
                  texts.filter((_, at) => at !== index),
                );
              },
            );
          })}
          ${picked > CHIPS ? html`<li class="quiet">${count(picked, '{0} token in all', '{0} tokens in all')}</li>` : nothing}
        </ul>`
  }`;
}

/** The biases of `logit-bias`: each has its amount, in logits. */
export function biasField(props: SamplersProps, step: SamplerStep): TemplateResult {
  const { vocabulary, onList } = props;
  const name = fieldName(step, { name: 'bias' });
  const biases = biasesOf(step);
  const ids = biases.map(([id]) => id);
  const pick = (id: number): void => {
    onList(name, ids.includes(id) ? biases.filter(([of]) => of !== id) : [...biases, [id, FAVOUR]]);
  };
  const set = (at: number, added: number): void => {
    onList(
      name,
      biases.map((bias, index): Bias => (index === at ? [bias[0], added] : bias)),
    );
  };
  return html`${finderView(props, step, name, { ids, pick })}
  ${
    biases.length === 0
      ? nothing
      : html`<ul class="biases" aria-label=${t('Biases')} data-testid="picked">
          ${biases.slice(0, CHIPS).map(([id, added], at) => {
            const label = labelled(vocabulary, id);
            return html`<li class="bias" data-token-id=${id}>
              <span class="token-text">${vocabulary ? tokenView(vocabulary, id) : id}</span>
              <span
                class="odds quiet"
                data-testid="odds"
                title=${t('Its odds against all other tokens are multiplied by e^b')}
                >${filled(t('odds × {0}'), significant(Math.exp(added)))}</span
              >
              ${removeView(label, () => {
                pick(id);
              })}
              <input
                type="range"
                min=${-MOST_BIAS}
                max=${MOST_BIAS}
                step="0.5"
                data-testid="bias-range"
                aria-label=${t('Bias of {0}, slider', label)}
                .value=${live(String(added))}
                @input=${(event: Event) => {
                  set(at, Number((event.target as HTMLInputElement).value));
                }}
              />
              <input
                type="number"
                class="typed"
                step="0.5"
                data-testid="bias"
                aria-label=${t('Bias of {0}, in logits', label)}
                .value=${live(String(added))}
                @change=${(event: Event) => {
                  const typed = (event.target as HTMLInputElement).valueAsNumber;
                  set(at, Number.isFinite(typed) ? typed : added);
                }}
              />
            </li>`;
          })}
          ${biases.length > CHIPS ? html`<li class="quiet">${count(biases.length, '{0} token in all', '{0} tokens in all')}</li>` : nothing}
        </ul>`
  }`;
}

interface Picking {
  /** What is picked already. */
  readonly ids: readonly number[];
  readonly pick: (id: number) => void;
}

function finderView(
  props: SamplersProps,
  step: SamplerStep,
  name: FieldName,
  picking: Picking,
): TemplateResult {
  const { vocabulary, words, onWord, onTokens } = props;
  const word = words[name] ?? '';
  return html`<input
      type="text"
      class="typed token-word"
      spellcheck="false"
      autocomplete="off"
      data-testid=${name}
      aria-label=${t('{0}: find a token by a word', labelOf(step))}
      placeholder=${t('Type a word or a phrase')}
      maxlength=${LONGEST}
      .value=${live(word)}
      @focus=${onTokens}
      @input=${(event: Event) => {
        onWord(name, (event.target as HTMLInputElement).value);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape' && word !== '') {
          event.stopPropagation();
          onWord(name, '');
        } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && vocabulary) {
          const { ids, pieces } = searchOf(vocabulary).find(word);
          const next = pieces
            ? undefined
            : likeliestFirst(ids, props.probabilities(ids)).find((id) => !picking.ids.includes(id));
          if (next !== undefined) picking.pick(next);
        }
      }}
    />
    ${word === '' ? nothing : foundView(props, step, name, word, picking)}`;
}

/** What was typed as tokens of the model: in its writings, or in pieces. */
function foundView(
  { vocabulary, probabilities, onBanPhrase }: SamplersProps,
  step: SamplerStep,
  name: FieldName,
  word: string,
  picking: Picking,
): TemplateResult {
  if (!vocabulary) {
    return html`<p class="field-note quiet" role="status">
      ${t('The tokens are known once the model is loaded.')}
    </p>`;
  }
  const search = searchOf(vocabulary);
  const found = search.find(word);
  const ids = found.pieces
    ? search.pieces(word.startsWith(' ') ? word : ` ${word}`)
    : likeliestFirst(found.ids, probabilities(found.ids));
  const now = probabilities(ids);
  const chips = html`<div class="variants" role="group" aria-label=${t('Tokens of what was typed')}>
    ${ids.map((id) => variantView(vocabulary, id, now.get(id)?.raw, picking))}
  </div>`;
  if (!found.pieces) return chips;
  const shown = tokenLabel(encoder.encode(word));
  if (ids.length === 0) {
    return html`<p class="field-note quiet" role="status">
      ${filled(t('No tokens of this model make “{0}”.'), shown)}
    </p>`;
  }
  const bans = step.sampler === 'banned-tokens';
  return html`<p class="field-note quiet" role="status" data-testid="pieces">
      ${PIECES[piecesFor(step, bans)](shown, count(ids.length, '{0} token', '{0} tokens'))}
    </p>
    ${chips}
    ${
      bans
        ? html`<button
            type="button"
            class="link"
            data-testid="ban-phrase"
            @click=${() => {
              onBanPhrase(name, word);
            }}
          >
            ${t('Ban the phrase instead')}
          </button>`
        : nothing
    }`;
}

function variantView(
  vocabulary: Vocabulary,
  id: number,
  probability: number | undefined,
  { ids, pick }: Picking,
): TemplateResult {
  const now = probability === undefined ? '' : percent(probability);
  return html`<button
    type="button"
    class="variant"
    data-testid="variant"
    data-token-id=${id}
    aria-pressed=${ids.includes(id)}
    title=${probability === undefined ? t('id {0}', String(id)) : t('id {0}, probability before the samplers {1}', String(id), full(probability))}
    @click=${() => {
      pick(id);
    }}
  >
    <span class="token-text">${tokenView(vocabulary, id)}</span>
    <span class="quiet"
      ><span class="unseen">${t('id')} </span>${id}${now === '' ? nothing : html` · ${now}`}</span
    >
  </button>`;
}

function chipView(label: string, shown: unknown, title: string, onRemove: () => void): TemplateResult {
  return html`<li class="picked-token" title=${title}>
    <span class="token-text">${shown}</span>${removeView(label, onRemove)}
  </li>`;
}

function removeView(label: string, onRemove: () => void): TemplateResult {
  return html`<button
    type="button"
    class="link"
    data-testid="unpick"
    aria-label=${t('Remove {0}', label)}
    title=${t('Remove')}
    @click=${onRemove}
  >
    ✕
  </button>`;
}

/** A token for sentences and labels; by its id where its text is not known. */
function labelled(vocabulary: Vocabulary | undefined, id: number): string {
  const label = vocabulary ? tokenLabel(tokenBytes(vocabulary, id)) : '';
  return label === '' ? t('token {0}', String(id)) : label;
}

function labelOf({ sampler }: SamplerStep): string {
  return definitionOf(sampler).about.label;
}

/** What a piece of a word that is picked does to the words that have it. */
const PIECES = {
  ban: (text: string, tokens: string) =>
    t('“{0}” is {1}; a piece that you pick is banned in every word.', text, tokens),
  bias: (text: string, tokens: string) =>
    t('“{0}” is {1}; a piece that you pick is biased in every word.', text, tokens),
  allow: (text: string, tokens: string) =>
    t('“{0}” is {1}; a piece that you pick is allowed in every word.', text, tokens),
};

function piecesFor({ sampler }: SamplerStep, bans: boolean): keyof typeof PIECES {
  if (bans) return 'ban';
  return sampler === 'logit-bias' ? 'bias' : 'allow';
}
