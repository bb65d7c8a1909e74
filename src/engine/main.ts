/** Entry of the engine process, `dist/engine.js`, which the client forks. */
import '../l10n/ofProcess';
import { useKernel } from '../core/vectorKernel';
import { registry } from '../experiments/registry';
import { loadModel, modelMemory, probeServer } from './loadModel';
import { serve } from './server';
import { trainingOnFiles } from './training/training';

if (process.send) {
  const { training: _, ...experiments } = registry;
  useKernel();
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
