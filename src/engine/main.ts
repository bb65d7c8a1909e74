/** Entry of the engine process, `dist/engine.js`; the client forks it. */
import { experiments } from '../experiments/registry';
import { loadModel, modelMemory } from './loadModel';
import { serve } from './server';

if (process.send) serve({ load: loadModel, memory: modelMemory, experiments });
else {
  console.error(
    'This is the model process of Decoding Lab. The extension starts it; it does nothing by itself.',
  );
  process.exitCode = 1;
}
