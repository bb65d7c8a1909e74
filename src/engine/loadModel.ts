/** From a model's source to the model. */
import type { LanguageModel } from '../core/languageModel';
import { ToyModel } from '../core/toyModel';
import { ModelFileError } from '../gpt2/modelFileError';
import { EngineError, type ModelSource } from './protocol';

/**
 * Loads a model.
 * @throws RangeError when a toy's words or logits cannot be used.
 * @throws EngineError with code `model` when a checkpoint is missing, damaged or of the wrong shape, or when
 * ONNX Runtime cannot be loaded on this machine.
 */
export async function loadModel(source: ModelSource): Promise<LanguageModel> {
  if (source.kind === 'toy') return new ToyModel(source);
  // Loaded at first use, so that the toy works where GPT-2 cannot.
  const [{ loadGpt2 }, { RuntimeError }] = await Promise.all([
    import('../onnx/loadGpt2'),
    import('../onnx/runtime'),
  ]);
  try {
    return await loadGpt2(source);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    // These two are sentences for people; anything else needs an introduction.
    const known = error instanceof ModelFileError || error instanceof RuntimeError;
    throw new EngineError('model', known ? what : `The model ${source.name} cannot be used: ${what}`);
  }
}
