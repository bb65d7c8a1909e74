/** What is asked beside the other controls where the model runs on a server. */
import { drawnBy } from '../../src/experiments/kit/commonParameters';
import { visibleText } from '../../src/core/visibleText';
import { fieldsOf, type Given } from '../form/declared';
import type { Field, FormValues } from '../form/form';
import type { KnownServer } from './serverView';
import type { Session } from './session';

export interface ServedForm {
  /** Whether the prompt is a chat message, where the model has a chat template. */
  readonly chat: Field;
  readonly drawnBy: readonly Field[];
  /** Both are left out where they have no say, so that orders of models on this machine are as ever. */
  readonly typed: (values: FormValues) => Given;
  /** The inverse: where a whole order says nothing of them, neither was asked for. */
  readonly shown: (given: Given) => FormValues;
}

export function servedForm(session: Pick<Session, 'server'>): ServedForm {
  const hasTemplate = (): boolean => session.server?.chat === true;
  return {
    chat: {
      kind: 'check',
      name: 'chat',
      label: 'as a chat message',
      initial: false,
      applies: hasTemplate,
      note: ({ chat }) => {
        if (chat !== true) return null;
        const name = visibleText(session.server?.name ?? '');
        return `The prompt is what a user says, put into the chat template of ${name}. The tokens above show what it becomes.`;
      },
    },
    drawnBy: fieldsOf('drawnBy', drawnBy, {
      applies: () => session.server !== undefined,
      note: ({ drawnBy: who }) => {
        const name = visibleText(session.server?.name ?? '');
        return who === 'here'
          ? `Drawn here, from the probabilities that ${name} sends.`
          : `Drawn by the samplers of ${name} where they can do the same; otherwise here, and the result says why.`;
      },
    }),
    typed: ({ chat, drawnBy: who }) => ({
      chat: hasTemplate() && chat === true ? true : undefined,
      drawnBy: session.server ? who : undefined,
    }),
    shown: (given) =>
      'prompt' in given
        ? {
            chat: given['chat'] === true,
            drawnBy: given['drawnBy'] === 'here' ? 'here' : drawnBy.default,
          }
        : {},
  };
}

/** What it costs to score a text that is given; null where that is one request. */
export function scoringNote(server: KnownServer | undefined): string | null {
  return server?.readsTexts === 'token by token'
    ? `${visibleText(server.name)} scores a given text token by token, with one request for each.`
    : null;
}
