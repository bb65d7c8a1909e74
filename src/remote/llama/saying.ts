/** Chains as llama-server's requests say them, where what it then draws is what would be drawn here. */
import type { ModelInfo, OwnDrawing, Vocabulary } from '../../core/languageModel';
import type { SamplerSpec } from '../../core/samplers/catalog';
import { llamaCpp } from '../../interchange/programs/llamaCpp';
import { stepOf } from '../../interchange/settings';
import { tiesNote } from '../../interchange/slots';
import { writeChain } from '../../interchange/writing';
import { t } from '../../l10n/language';
import { namedTokens, type SaidChain } from '../saidChain';

/** Samplers that builds have had for less than two years, by the keys that the others do not name in `/props`. */
const NEWER: Partial<Readonly<Record<SamplerSpec['sampler'], string>>> = {
  xtc: 'xtc_probability',
  'top-n-sigma': 'top_n_sigma',
  'adaptive-p': 'adaptive_target',
};

/**
 * Says a chain.
 * @param known the settings that the server names as its own.
 * @returns a sentence where llama-server would draw something else.
 */
export function sayChain(
  { chain, greedy, seed, samples, maxNewTokens, stop }: Omit<OwnDrawing, 'prompt'>,
  info: ModelInfo,
  vocabulary: Vocabulary,
  known: ReadonlySet<string>,
): SaidChain | string {
  if (greedy) return { settings: { temperature: 0 }, greedy };
  const lacking = chain.find(
    ({ sampler }) => !llamaCpp.slots.some(({ samplers }) => samplers.includes(sampler)),
  );
  if (lacking) return t('{0} has no sampler like {1}.', 'llama.cpp', lacking.sampler);
  const newer = chain.find(({ sampler }) => NEWER[sampler] !== undefined && !known.has(NEWER[sampler]));
  if (newer) return t('{0}: this build of llama.cpp does not say that it has it.', newer.sampler);
  const named = chain.map((step) => withIds(step, info, vocabulary));
  const sentence = named.find((step) => typeof step === 'string');
  if (sentence !== undefined) return sentence;
  const { settings, notes } = writeChain(llamaCpp, {
    chain: named.filter((step) => typeof step !== 'string'),
    ...{ greedy, seed, samples, maxNewTokens, stop, endOfText: info.endOfText[0] ?? -1 },
    ...{ prompt: '', model: info.name },
  });
  // Two logits that a model computes are hardly ever the same number.
  const note = notes.find((one) => one !== tiesNote(llamaCpp.name, 'exact'));
  if (note !== undefined) return note;
  return { settings, greedy: stepOf(chain, 'temperature')?.temperature === 0 };
}

/** Banned tokens by their ids; a sentence where they are too many. */
function withIds(
  step: SamplerSpec,
  { vocabularySize }: ModelInfo,
  vocabulary: Vocabulary,
): SamplerSpec | string {
  if (step.sampler !== 'banned-tokens') return step;
  const ids = namedTokens(step, vocabularySize, vocabulary, 'llama.cpp');
  return typeof ids === 'string' ? ids : { sampler: 'banned-tokens', ids };
}
