/** Entry of the engine process, `dist/engine.js`; the client forks it. */
import { experiments } from '../experiments/registry';
import { loadModel } from './loadModel';
import { serve } from './server';

if (process.send) serve({ load: loadModel, experiments });
else {
  console.error(
    'This is the model process of Decoding Lab. The extension starts it; it does nothing by itself.',
  );
  process.exitCode = 1;
}
