import { dirname } from 'node:path';
import { argmax } from '../../src/core/logits';
import type { LanguageModel } from '../../src/core/languageModel';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { checkTraining, type TrainingReference } from './gpt2Training';
import { compare, greedy, sameIds } from './modelChecks';

interface TinyReference extends TrainingReference {
  readonly logits: readonly {
    readonly input_ids: readonly (readonly number[])[];
    readonly last_logits: readonly (readonly number[])[];
    readonly sum_all: number;
    readonly abs_max: number;
  }[];
  readonly greedy: readonly { readonly prompt: readonly number[]; readonly output: readonly number[] }[];
}

const LOGIT_TOLERANCE = 1e-4;

async function check(file: string, json: unknown): Promise<string[]> {
  const reference = json as TinyReference;
  const model = await loadGpt2({ id: 'tiny', name: 'gpt2-tiny', directory: dirname(file) });
  try {
    return [
      ...(await checkLogits(model, reference)),
      ...(await checkGreedy(model, reference)),
      ...(await checkTraining(dirname(file), model, reference)),
    ];
  } finally {
    await model.dispose();
  }
}

async function checkLogits(model: LanguageModel, reference: TinyReference): Promise<string[]> {
  const mismatches: string[] = [];
  for (const [i, { input_ids, last_logits, sum_all, abs_max }] of reference.logits.entries()) {
    const prefixes = input_ids.flatMap((ids) => ids.map((_, end) => ({ tokens: ids.slice(0, end + 1) })));
    const all = (await model.next(prefixes)).map(({ logits }) => logits);
    const length = input_ids[0]!.length;
    input_ids.forEach((_, row) => {
      const own = all[(row + 1) * length - 1]!;
      mismatches.push(...compare(`logits ${i}, row ${row}`, own, last_logits[row]!, LOGIT_TOLERANCE));
    });
    const flat = all.flatMap((logits) => [...logits]);
    const sum = flat.reduce((a, b) => a + b, 0);
    const largest = flat.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
    mismatches.push(...compare(`logits ${i}, sum`, [sum], [sum_all], LOGIT_TOLERANCE * flat.length));
    mismatches.push(...compare(`logits ${i}, largest`, [largest], [abs_max], LOGIT_TOLERANCE));
  }
  return mismatches;
}

async function checkGreedy(model: LanguageModel, reference: TinyReference): Promise<string[]> {
  const mismatches: string[] = [];
  for (const [i, { prompt, output }] of reference.greedy.entries()) {
    const steps = output.length - prompt.length;
    mismatches.push(...sameIds(`greedy ${i}, cached`, await greedy(model, prompt, steps), output));
    const uncached = [...prompt];
    while (uncached.length < output.length) {
      uncached.push(argmax((await model.next([{ tokens: uncached }]))[0]!.logits));
    }
    mismatches.push(...sameIds(`greedy ${i}, uncached`, uncached, output));
  }
  return mismatches;
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'gpt2-tiny/1': check,
};
