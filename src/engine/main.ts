/** Entry of the engine process, `dist/engine.js`, which the client forks, and of its second thread. */
import { isMainThread } from 'node:worker_threads';
import { registry } from '../experiments/registry';
import { loadModel, modelMemory, probeServer } from './loadModel';
import { answerPulse } from './pulse';
import { serve } from './server';
import { trainingOnFiles } from './training/training';

if (!isMainThread) answerPulse();
else if (process.send) {
  const { training: _, ...experiments } = registry;
  serve({
    load: loadModel,
    memory: modelMemory,
    probe: probeServer,
    experiments,
    onFiles: { training: trainingOnFiles },
  });
} else {
  console.error(
    'This is the model process of Decoding Lab. The extension starts it; it does nothing by itself.',
  );
  process.exitCode = 1;
}
