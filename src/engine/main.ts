/** Entry of the engine process, `dist/engine.js`; the client forks it. */
import { experiments } from '../experiments/registry';
import { loadModel, modelMemory } from './loadModel';
import { serve } from './server';
import { training } from './training';

if (process.send) serve({ load: loadModel, memory: modelMemory, experiments, onFiles: [training] });
else {
  console.error(
    'This is the model process of Decoding Lab. The extension starts it; it does nothing by itself.',
  );
  process.exitCode = 1;
}
