import { messageOf } from '../messageOf';
import type { ByteAutomaton } from '../shapes/byteAutomaton';
import { expressionOfSchema } from '../shapes/jsonSchema';
import { compileExpression } from '../shapes/regularExpression';
import { defineSampler } from './definition';
import { END_OF_TEXT, ShapeSampler } from './shape';
import { t } from '../../l10n/language';

/**
 * JSON schema: removes the tokens after which what follows the prompt can no longer become a JSON text that fits the
 * schema. See `expressionOfSchema` for what of a schema is followed; the rest is refused by name.
 *
 * Willard and Louf, Efficient Guided Generation for Large Language Models, 2023.
 *
 * - No white space comes before the text: a prompt that ends in a line end, say, suits it best.
 */
export const jsonSchema = defineSampler({
  name: 'json-schema',
  rank: { huggingFace: 84, llamaCpp: 34 },
  about: {
    label: t({ message: 'JSON schema', comment: 'a sampler' }),
    explanation: t('Removes tokens after which the text can no longer become JSON that fits the schema.'),
    formula: t('remove i where no text that begins with t · i fits the schema'),
    paper: 'Willard and Louf, Efficient Guided Generation for Large Language Models, 2023',
    parameters: [
      {
        name: 'schema',
        label: t('Schema'),
        explanation: t('A JSON schema; objects have the properties that it names, in that order.'),
        kind: 'text',
        default: '{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}}}',
        check: (value) => {
          const automaton = automatonOf(value);
          return typeof automaton === 'string' ? automaton : null;
        },
      },
      END_OF_TEXT,
    ],
  },
  create({ sampler, schema, endOfText = END_OF_TEXT.default }, context) {
    const automaton = automatonOf(schema);
    if (typeof automaton === 'string')
      throw new RangeError(t('{0}: schema must be {1}.', sampler, automaton));
    return new ShapeSampler(sampler, automaton, endOfText, context);
  },
});

/** @returns the automaton of the texts that fit, or in words what the schema must be that it is not. */
function automatonOf(text: string): ByteAutomaton | string {
  let expression: string;
  try {
    expression = expressionOfSchema(JSON.parse(text));
  } catch (error) {
    return error instanceof SyntaxError
      ? t('a JSON schema, which is JSON itself: {0}', messageOf(error))
      : t('a JSON schema that can be followed. {0}', messageOf(error).replace(/\.$/, ''));
  }
  const automaton = compileExpression(expression);
  return typeof automaton === 'string' ? t('smaller: written out, it takes too many states') : automaton;
}
