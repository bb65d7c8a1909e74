import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { TOY_BOOK, TOY_DEFAULT } from '../../src/core/toyModel';
import { draftOf, MOST_WORDS, type ToyDraft, type ToyProblem, type ToyRow } from './toyDraft';
import { t } from '../../src/l10n/language';
import { thousands } from '../format/numbers';
import { explained } from '../ui/info';

export interface ToyTableProps {
  readonly draft: ToyDraft;
  readonly problem: ToyProblem | null;
  readonly onChange: (draft: ToyDraft) => void;
}

/** Vocabularies to begin with. */
const BUILT_IN: readonly { readonly name: string; readonly title: string; readonly draft: ToyDraft }[] = [
  { name: t('five dishes'), title: t('The chapter’s exercise'), draft: draftOf(TOY_DEFAULT) },
  {
    name: t('nine words from the book'),
    title: t('The logits after “every effort moves you” in section 5.3 of the book'),
    draft: draftOf(TOY_BOOK),
  },
];

/** The toy model's words and logits, editable. */
export function toyTableView({ draft, problem, onChange }: ToyTableProps): TemplateResult {
  const edit = (index: number, change: Partial<ToyRow>): void => {
    onChange(draft.map((row, i) => (i === index ? { ...row, ...change } : row)));
  };
  const wrong = (row: number, field: ToyProblem['field']): string =>
    problem?.row === row && problem.field === field ? 'true' : 'false';
  return html`<fieldset class="toy" data-testid="toy">
    <legend>${t('Toy vocabulary')}</legend>
    <table>
      <thead>
        <tr>
          <th scope="col">${t('word')}</th>
          <th scope="col">${explained(t('logit'), 'logit')}</th>
          <th><span class="unseen">${t('remove')}</span></th>
        </tr>
      </thead>
      <tbody>
        ${draft.map(
          ({ word, logit }, i) =>
            html`<tr>
              <td>
                <vscode-text-field
                  data-testid="toy-word"
                  aria-label=${t('word {0}', thousands(i + 1))}
                  aria-invalid=${wrong(i, 'word')}
                  .value=${live(word)}
                  @input=${(event: Event) => {
                    edit(i, { word: (event.target as HTMLInputElement).value });
                  }}
                ></vscode-text-field>
              </td>
              <td class="logit">
                <vscode-text-field
                  data-testid="toy-logit"
                  aria-label=${t('logit of {0}', word)}
                  aria-invalid=${wrong(i, 'logit')}
                  .value=${live(logit)}
                  @input=${(event: Event) => {
                    edit(i, { logit: (event.target as HTMLInputElement).value });
                  }}
                ></vscode-text-field>
              </td>
              <td class="remove">
                <button
                  type="button"
                  class="link"
                  aria-label=${t('Remove {0}', word)}
                  title=${t('Remove')}
                  ?disabled=${draft.length === 1}
                  @click=${() => {
                    onChange(draft.filter((_, other) => other !== i));
                  }}
                >
                  ✕
                </button>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${problem ? html`<p class="field-error" role="alert" data-testid="toy-error">${problem.sentence}</p>` : nothing}
    <div class="toy-actions">
      <button
        type="button"
        class="link"
        data-testid="toy-add"
        ?disabled=${draft.length >= MOST_WORDS}
        @click=${() => {
          onChange([...draft, { word: newWord(draft), logit: '0' }]);
        }}
      >
        ${t('add a word')}
      </button>
      ${BUILT_IN.map(
        (vocabulary) =>
          html`<button
            type="button"
            class="link"
            data-testid="toy-${vocabulary.draft.length}"
            title=${vocabulary.title}
            aria-pressed=${JSON.stringify(draft) === JSON.stringify(vocabulary.draft)}
            @click=${() => {
              onChange(vocabulary.draft);
            }}
          >
            ${vocabulary.name}
          </button>`,
      )}
    </div>
  </fieldset>`;
}

/** A word that the vocabulary does not have yet. */
function newWord(draft: ToyDraft): string {
  let number = draft.length + 1;
  while (draft.some(({ word }) => word === `word${number}`)) number += 1;
  return `word${number}`;
}
