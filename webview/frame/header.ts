import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ModelChoice } from '../../src/protocol/messages';
import { BOUNDARY_NOTE } from '../../src/experiments/kit/boundary';
import { count } from '../format/numbers';
import { endNote, onlySpaceRemoved } from './promptEnd';
import type { Session } from './session';
import { aboutView, proseView } from './aboutModel';
import { servedName, serverBadge, serverRemarkView } from './serverView';
import type { ServerRemark } from './serverRemark';
import type { ProseCheck } from './proseCheck';
import { chipsView } from '../ui/chips';
import { infoButton } from '../ui/info';
import { t } from '../../src/l10n/language';

export interface HeaderProps {
  readonly session: Session;
  readonly editing: boolean;
  /** How many chips are drawn. */
  readonly chips: number;
  readonly onModel: (id: string) => void;
  /** Download or import another model. */
  readonly onGetModel: () => void;
  /** Name a server that has models. */
  readonly onConnect: () => void;
  readonly remark: ServerRemark;
  readonly prose: ProseCheck;
  readonly onEdit: (editing: boolean) => void;
  readonly onPrompt: (text: string) => void;
  /** Runs without the white space at the prompt's end. */
  readonly onTrim: () => void;
  readonly onEarlier: () => void;
  /** Explore from a token of the prompt. */
  readonly onChip: (index: number) => void;
  /** Back to the prompt that this one was made from. */
  readonly onBack: () => void;
}

/** What the list of models offers beside them; no model's id has a space. */
const GET_MODEL = 'get model';
const CONNECT = 'connect server';

/** Model, the prompt's place in the document, and the prompt as tokens. */
export function headerView(props: HeaderProps): TemplateResult {
  const { session, editing, remark, onModel, onGetModel, onConnect, onEdit, onBack } = props;
  const { tokens, server } = session;
  return html`<header class="header">
    <div class="header-line">
      <vscode-dropdown
        class="model"
        data-testid="model"
        aria-label=${t('Model')}
        title=${[session.choice?.about, session.choice?.description].filter(Boolean).join(' ')}
        @change=${(event: Event) => {
          const menu = event.target as HTMLSelectElement;
          const { value } = menu;
          if (value !== GET_MODEL && value !== CONNECT) {
            onModel(withSameWeights(session, value));
            return;
          }
          menu.value = ofModel(session.choice) ?? session.model;
          if (value === CONNECT) onConnect();
          else onGetModel();
        }}
        .value=${live(ofModel(session.choice) ?? session.model)}
      >
        ${byServer(session.models)
          .filter((choice) => choice.id === ofModel(choice))
          .map(
            ({ id, name, server: where }) =>
              html`<vscode-option value=${id} ?selected=${id === ofModel(session.choice)}
                >${servedName(name, where)}</vscode-option
              >`,
          )}
        <vscode-option value=${GET_MODEL} data-testid="get-model"
          >${t('Download or import a model…')}</vscode-option
        >
        <vscode-option value=${CONNECT} data-testid="connect-server"
          >${t('Connect to a model server…')}</vscode-option
        >
      </vscode-dropdown>
      ${server ? serverBadge(server, 'now') : weightsView(props)}
      <span class="place" data-testid="place">${placeOf(session)}</span>
      ${tokens ? html`<span class="quiet token-count">${count(tokens.ids.length, '{0} token', '{0} tokens')} ${infoButton('token')}</span>` : nothing}
      ${
        session.before
          ? html`<button type="button" class="link" data-testid="whole-prompt" @click=${onBack}>
              ${onlySpaceRemoved(session) ? t('put the space back') : t('whole prompt')}
            </button>`
          : nothing
      }
      <button
        type="button"
        class="link edit-prompt"
        data-testid="edit-prompt"
        aria-expanded=${editing}
        @click=${() => {
          onEdit(!editing);
        }}
      >
        ${editing ? t('close editor') : session.source ? t('edit prompt') : t('type a prompt')}
      </button>
    </div>
    ${aboutView(session, onGetModel)}
    ${serverRemarkView(remark.server, session.choice?.name ?? '', () => {
      remark.close();
    })}
    ${editing ? editorView(props) : nothing} ${promptView(props)}
    ${proseView(props.prose.hint, onGetModel, () => {
      props.prose.dismiss();
    })}
    ${notesView(props)}
  </header>`;
}

/** Models of this machine, then those of each server together. */
function byServer(models: readonly ModelChoice[]): readonly ModelChoice[] {
  const servers = [...new Set(models.map(({ server }) => server?.address))];
  const place = ({ server }: ModelChoice): number => (server ? servers.indexOf(server.address) + 1 : 0);
  return [...models].sort((a, b) => place(a) - place(b));
}

/** Id of the model that a choice is a form of. */
function ofModel(choice: ModelChoice | undefined): string | undefined {
  return choice?.variant?.of ?? choice?.id;
}

/** The chosen model with weights of the kind that are used now, where it has them. */
function withSameWeights({ models, choice }: Session, id: string): string {
  const label = choice?.variant?.label;
  return models.find(({ variant }) => variant?.of === id && variant.label === label)?.id ?? id;
}

/** How the weights of the chosen model are held, where there is a choice. */
function weightsView({ session, onModel }: HeaderProps): TemplateResult | typeof nothing {
  const { choice, models, model } = session;
  const forms = models.filter(({ variant }) => variant && variant.of === choice?.variant?.of);
  if (forms.length < 2) return nothing;
  return html`<vscode-dropdown
    class="weights"
    data-testid="weights"
    aria-label=${t('Weights')}
    title=${choice?.description ?? ''}
    @change=${(event: Event) => {
      onModel((event.target as HTMLSelectElement).value);
    }}
    .value=${live(model)}
  >
    ${forms.map(
      ({ id, variant }) =>
        html`<vscode-option value=${id} ?selected=${id === model}>${variant?.label}</vscode-option>`,
    )}
  </vscode-dropdown>`;
}

function placeOf({ source }: Session): TemplateResult | string {
  if (!source) return t('no prompt yet');
  if (source.kind === 'typed') return source.place === '' ? t('typed here') : source.place;
  const what = source.kind === 'selection' ? t('selection') : t('text before the cursor');
  return html`<span class="document" title=${source.document}>${source.document}</span>
    <span class="quiet">${source.place}, ${what}</span>`;
}

function editorView({ session, onPrompt }: HeaderProps): TemplateResult {
  return html`<vscode-text-area
    class="prompt-editor"
    data-testid="prompt-editor"
    aria-label=${t('Prompt')}
    rows="3"
    resize="vertical"
    placeholder=${t('Type a prompt, for example: Once upon a time')}
    .value=${live(session.source?.text ?? '')}
    @input=${(event: Event) => {
      onPrompt((event.target as HTMLTextAreaElement).value);
    }}
  ></vscode-text-area>`;
}

/** The prompt's tokens; before they are known, its text's end. */
function promptView({
  session,
  chips,
  onEarlier,
  onChip,
  editing,
}: HeaderProps): TemplateResult | typeof nothing {
  const { tokens, source } = session;
  const model = tokens ? session.loadedOf(tokens.model, tokens.toy) : undefined;
  if (tokens && model) {
    if (tokens.ids.length === 0)
      return html`<div class="chips quiet" data-testid="prompt-chips">${t('no tokens')}</div>`;
    const { ids, truncated } = tokens;
    return chipsView({ ids, truncated, model, shown: chips, onEarlier, onChip });
  }
  if (!source || editing) return nothing;
  return html`<div class="chips pending" data-testid="prompt-chips">${source.text.slice(-300)}</div>`;
}

function notesView({ session, editing, onTrim }: HeaderProps): TemplateResult | typeof nothing {
  const { source, tokens } = session;
  const end = endNote(session, editing);
  const notes = [...(source?.notes ?? []), ...(tokens?.notes ?? [])].filter((note) => note !== BOUNDARY_NOTE);
  if (notes.length === 0 && !end) return nothing;
  return html`<ul class="notes" data-testid="notes" aria-label=${t('Notes on the prompt')}>
    ${
      end
        ? html`<li>
            ${end.sentence}
            <button type="button" class="link" data-testid="trim-prompt" @click=${onTrim}>
              ${end.remedy}
            </button>
          </li>`
        : nothing
    }
    ${notes.map((note) => html`<li>${note}</li>`)}
  </ul>`;
}
