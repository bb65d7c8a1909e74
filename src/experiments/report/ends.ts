/** Why a text ended, in words. */
import { visibleText } from '../../core/visibleText';
import type { Completion, End } from '../kit/decodingLoop';
import { costOf } from '../kit/turnBack';
import { counted, t } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';

interface EndWords {
  /** A few words, beside the text. */
  readonly label: string;
  /** One sentence. */
  readonly about: string;
}

const WORDS: Readonly<Record<End, EndWords>> = {
  length: { label: t('full length'), about: t('It has as many tokens as max new tokens allows.') },
  'end of text': { label: t('end of text'), about: t('The model ended the text.') },
  'stop string': { label: t('stop string'), about: t('A stop string came; the text is cut before it.') },
  complete: {
    label: t({ message: 'complete', comment: 'a text' }),
    about: t('It has the whole shape that the samplers ask for; nothing can follow.'),
  },
  stuck: {
    label: t({ message: 'stuck', comment: 'a text' }),
    about: t('No token of the vocabulary can go on to the shape that the samplers ask for.'),
  },
  banned: {
    label: t('gave up'),
    about: t(
      'Whatever came at this place completed a banned phrase and was taken back, until nothing was left to try.',
    ),
  },
  unlisted: {
    label: t('unlisted token'),
    about: t('The next token is one of those that the server does not list, so it cannot be named.'),
  },
  stopped: {
    label: t({ message: 'stopped', comment: 'a text' }),
    about: t('The run was stopped before this text was finished.'),
  },
};

const UNFINISHED: EndWords = {
  label: t({ message: 'unfinished', comment: 'a text' }),
  about: t('Max new tokens ended it before it had the shape that the samplers ask for.'),
};

/** @param completion its end, and what belongs to that */
export function endWords({
  end,
  stop,
  unfinished = false,
}: Pick<Completion, 'end' | 'stop' | 'unfinished'>): EndWords {
  const words = unfinished ? UNFINISHED : WORDS[end];
  return end === 'stop string' && stop !== undefined
    ? { ...words, label: t('stopped at “{0}”', visibleText(stop)) }
    : words;
}

/** What being held to a shape, and going back, has cost a text; nothing where it was neither. */
export function costWords({ fitting, turns = [] }: Pick<Completion, 'fitting' | 'turns'>): readonly string[] {
  const cost = costOf(turns);
  const back =
    cost === null
      ? counted(turns.length, 'went back once', 'went back {0} times')
      : counted(
          turns.length,
          'went back once, which cost {1} nats',
          'went back {0} times, which cost {1} nats',
          rounded(cost),
        );
  return [
    ...(fitting === undefined
      ? []
      : [t('the shape left {0} of the probability', inPercent(Math.exp(fitting)))]),
    ...(turns.length === 0 ? [] : [back]),
  ];
}
