/** Entry of the engine process, `dist/engine.js`, which the client forks, and of its second thread. */
import { isMainThread } from 'node:worker_threads';
import { experiments } from '../experiments/registry';
import { loadModel, modelMemory } from './loadModel';
import { answerPulse } from './pulse';
import { serve } from './server';
import { training } from './training/training';

if (!isMainThread) answerPulse();
else if (process.send) serve({ load: loadModel, memory: modelMemory, experiments, onFiles: [training] });
else {
  console.error(
    'This is the model process of Decoding Lab. The extension starts it; it does nothing by itself.',
  );
  process.exitCode = 1;
}
