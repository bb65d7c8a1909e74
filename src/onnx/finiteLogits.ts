import { allFinite } from '../gpt2/checkpoint/floats';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { t } from '../l10n/language';

/**
 * Refuses logits that are no numbers: whatever was drawn from them would look like a text.
 * @param name of the model, for the sentence.
 * @throws ModelFileError
 */
export function checkLogits(logits: Float32Array, name: string): void {
  if (allFinite(logits)) return;
  const at = logits.findIndex((value) => !Number.isFinite(value));
  throw new ModelFileError(
    t(
      "{0} gave the logit {1}, expected finite numbers: its weights are damaged, or their training failed. Verify the model's files, get them again, or choose another model.",
      name,
      String(logits[at]),
    ),
  );
}
