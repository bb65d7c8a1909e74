/** Entry of the process that looks at foreign models, `dist/inspector.js`; `Inspector` forks it. */
import '../l10n/ofProcess';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { t } from '../l10n/language';
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
      refusal: t(
        "The files in {0} are not those of a model ({1}). Get the model's files again.",
        directory,
        reason(error),
      ),
    };
  }
};

process.on('message', (question: InspectorQuestion) => {
  void answer(question).then((told) => process.send?.(told));
});
// Nobody listens any more: whatever it is at is of no use.
process.on('disconnect', () => process.exit());
