/**
 * What is asked beside the other controls where the model runs on a server. It is left out where it has no say, so that
 * orders of models on this machine are as ever; where a whole order says nothing of it, it was not asked for.
 */
import { drawnBy } from '../../src/experiments/kit/commonParameters';
import { scoringCost } from '../../src/experiments/kit/scoringCost';
import { visibleText } from '../../src/core/visibleText';
import { fieldsOf, type OwnControls } from '../form/declared';
import type { FormValues } from '../form/form';
import type { KnownServer } from './serverView';
import type { Session } from './session';
import { t } from '../../src/l10n/language';

type Served = Pick<Session, 'server'>;

/** Whether the prompt is a chat message, where the model has a chat template. */
export function chatForm(session: Served): OwnControls {
  const hasTemplate = (): boolean => session.server?.chat === true;
  return {
    fields: [
      {
        kind: 'check',
        name: 'chat',
        label: t('as a chat message'),
        initial: false,
        applies: hasTemplate,
        note: ({ chat }) =>
          chat === true
            ? t(
                'The prompt is what a user says, put into the chat template of {0}. After a run the tokens above show what it became.',
                visibleText(session.server?.name ?? ''),
              )
            : null,
      },
    ],
    typed: ({ chat }) => ({ chat: hasTemplate() && chat === true ? true : undefined }),
    shown: (given) => ('prompt' in given ? { chat: given['chat'] === true } : {}),
  };
}

/**
 * Who draws.
 * @param serverOf the server that could; that of the chosen model where left out
 */
export function drawnByForm(
  session: Served,
  serverOf: (values: FormValues) => KnownServer | undefined = () => session.server,
): OwnControls {
  return {
    fields: fieldsOf('drawnBy', drawnBy, {
      applies: (values) => serverOf(values) !== undefined,
      note: (values) => {
        const name = visibleText(serverOf(values)?.name ?? '');
        return values['drawnBy'] === 'here'
          ? t('Drawn here, from the probabilities that {0} sends.', name)
          : t(
              'Drawn by the samplers of {0} where they can do the same; otherwise here, and the result says why.',
              name,
            );
      },
    }),
    typed: (values) => ({ drawnBy: serverOf(values) && values['drawnBy'] }),
    shown: (given) =>
      'prompt' in given ? { drawnBy: given['drawnBy'] === 'here' ? 'here' : drawnBy.default } : {},
  };
}

/** What it costs to score a text that is given; null where that is one request. */
export function scoringNote(server: KnownServer | undefined): string | null {
  return scoringCost(server && { ...server, name: visibleText(server.name) });
}
