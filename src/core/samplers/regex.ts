import { compileExpression } from '../shapes/regularExpression';
import { defineSampler } from './definition';
import { END_OF_TEXT, ShapeSampler } from './shape';
import { t } from '../../l10n/language';

/**
 * Regular expression: removes the tokens after which what follows the prompt can no longer match. Where it matches,
 * the end of text may come; where nothing more can follow, the text ends.
 *
 * Willard and Louf, Efficient Guided Generation for Large Language Models, 2023: masks of the vocabulary for the
 * states of an automaton. Here the automaton reads bytes, and a mask is found when its state is reached.
 *
 * - The whole text must match, as if the expression stood between ^ and $; its syntax is JavaScript's, flag u.
 * - A text that reaches its most tokens first is left unfinished.
 */
export const regex = defineSampler({
  name: 'regex',
  rank: { huggingFace: 82, llamaCpp: 32 },
  about: {
    label: t('Regular expression'),
    explanation: t('Removes tokens after which the text that follows the prompt can no longer match.'),
    formula: t('remove i where no text that begins with t · i matches'),
    paper: 'Willard and Louf, Efficient Guided Generation for Large Language Models, 2023',
    parameters: [
      {
        name: 'expression',
        label: t('Expression'),
        explanation: t('In JavaScript’s syntax; the whole text after the prompt must match it.'),
        kind: 'text',
        default: '[^]+',
        check: (value) => {
          const automaton = compileExpression(value);
          return typeof automaton === 'string' ? automaton : null;
        },
      },
      END_OF_TEXT,
    ],
  },
  create({ sampler, expression, endOfText = END_OF_TEXT.default }, context) {
    const automaton = compileExpression(expression);
    if (typeof automaton === 'string')
      throw new RangeError(t('{0}: expression must be {1}.', sampler, automaton));
    return new ShapeSampler(sampler, automaton, endOfText, context);
  },
});
