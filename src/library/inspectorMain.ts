/** Entry of the process that looks at foreign models, `dist/inspector.js`; `Inspector` forks it. */
import { ModelFileError } from '../gpt2/modelFileError';
import { inspectHere } from './inspect';
import type { InspectorAnswer } from './inspector';
import { reason } from './libraryError';

const answer = async (directory: string): Promise<InspectorAnswer> => {
  try {
    return { folder: await inspectHere(directory) };
  } catch (error) {
    if (error instanceof ModelFileError) return { refusal: error.message };
    return {
      refusal: `The files in ${directory} are not those of a model (${reason(error)}). Get the model's files again.`,
    };
  }
};

process.on('message', (directory: string) => {
  void answer(directory).then((told) => process.send?.(told));
});
// Nobody listens any more: whatever it is at is of no use.
process.on('disconnect', () => process.exit());
