/** Entry of the process that looks at foreign models, `dist/inspector.js`; `Inspector` forks it. */
import '../l10n/ofProcess';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import type { InspectorAnswer, InspectorQuestion } from './inspector';
import { inspectTokenizerHere, inspectWithTokenizer } from './inspectTokenizer';
import { reason } from './libraryError';

const answer = async ({ directory, part }: InspectorQuestion): Promise<InspectorAnswer> => {
  try {
    if (part === 'tokenizer') return { notes: await inspectTokenizerHere(directory) };
    return { folder: await inspectWithTokenizer(directory) };
  } catch (error) {
    if (error instanceof ModelFileError) return { refusal: error.message };
    return {
      refusal: `The files in ${directory} are not those of a model (${reason(error)}). Get the model's files again.`,
    };
  }
};

process.on('message', (question: InspectorQuestion) => {
  void answer(question).then((told) => process.send?.(told));
});
// Nobody listens any more: whatever it is at is of no use.
process.on('disconnect', () => process.exit());
