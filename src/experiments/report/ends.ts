/** Why a text ended, in words. */
import { visibleText } from '../../core/visibleText';
import type { Completion, End } from '../kit/decodingLoop';
import { costOf } from '../kit/turnBack';
import { counted } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';

interface EndWords {
  /** A few words, beside the text. */
  readonly label: string;
  /** One sentence. */
  readonly about: string;
}

const WORDS: Readonly<Record<End, EndWords>> = {
  length: { label: 'full length', about: 'It has as many tokens as max new tokens allows.' },
  'end of text': { label: 'end of text', about: 'The model ended the text.' },
  'stop string': { label: 'stop string', about: 'A stop string came; the text is cut before it.' },
  complete: {
    label: 'complete',
    about: 'It has the whole shape that the samplers ask for; nothing can follow.',
  },
  stuck: {
    label: 'stuck',
    about: 'No token of the vocabulary can go on to the shape that the samplers ask for.',
  },
  banned: {
    label: 'gave up',
    about:
      'Whatever came at this place completed a banned phrase and was taken back, until nothing was left to try.',
  },
  unlisted: {
    label: 'unlisted token',
    about: 'The next token is one of those that the server does not list, so it cannot be named.',
  },
  stopped: { label: 'stopped', about: 'The run was stopped before this text was finished.' },
};

const UNFINISHED: EndWords = {
  label: 'unfinished',
  about: 'Max new tokens ended it before it had the shape that the samplers ask for.',
};

/** @param completion its end, and what belongs to that */
export function endWords({
  end,
  stop,
  unfinished = false,
}: Pick<Completion, 'end' | 'stop' | 'unfinished'>): EndWords {
  const words = unfinished ? UNFINISHED : WORDS[end];
  return end === 'stop string' && stop !== undefined
    ? { ...words, label: `stopped at “${visibleText(stop)}”` }
    : words;
}

/** What being held to a shape, and going back, has cost a text; nothing where it was neither. */
export function costWords({ fitting, turns = [] }: Pick<Completion, 'fitting' | 'turns'>): readonly string[] {
  const cost = costOf(turns);
  const times = turns.length === 1 ? 'once' : counted(turns.length, '{0} time', '{0} times');
  const price = cost === null ? '' : `, which cost ${rounded(cost)} nats`;
  return [
    ...(fitting === undefined ? [] : [`the shape left ${inPercent(Math.exp(fitting))} of the probability`]),
    ...(turns.length === 0 ? [] : [`went back ${times}${price}`]),
  ];
}
