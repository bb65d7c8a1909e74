/** Chains as vLLM's requests say them, where what it then draws is what would be drawn here. */
import type { ModelInfo, OwnDrawing, Vocabulary } from '../../core/languageModel';
import type { SamplerSpec } from '../../core/samplers/catalog';
import { sameInEffect } from '../../interchange/order';
import { vllm } from '../../interchange/programs/vllm';
import { isObject, stepOf, type Json } from '../../interchange/settings';
import { writeChain } from '../../interchange/writing';
import { t } from '../../l10n/language';
import { namedTokens, type SaidChain } from '../saidChain';

/** The bias that removes a token but for one draw in e^50, at the highest temperature. */
const BAN = -100;

/**
 * Says a chain.
 * @returns a sentence where vLLM would draw something else.
 */
export function sayChain(
  { chain, greedy, seed, samples, maxNewTokens, stop }: Omit<OwnDrawing, 'prompt'>,
  info: ModelInfo,
  vocabulary: Vocabulary,
): SaidChain | string {
  if (greedy) return { settings: { temperature: 0 }, greedy };
  const lacking = chain.find(({ sampler }) => !vllm.slots.some(({ samplers }) => samplers.includes(sampler)));
  if (lacking) return t('{0} has no sampler like {1}.', 'vLLM', lacking.sampler);
  const lists = chain.filter(isList);
  const others = chain.filter((step) => !isList(step));
  const late = chain.find(
    (step, i) => isList(step) && !chain.slice(0, i).every((other) => changePlaces(other, step)),
  );
  if (late) {
    return t(
      '{0}: vLLM removes tokens that are named before all others, and what is left can differ.',
      late.sampler,
    );
  }
  const tokens = sayLists(lists, info, vocabulary);
  if (typeof tokens === 'string') return tokens;
  const [endOfText = -1, ...furtherEnds] = info.endOfText;
  if (furtherEnds.length > 0 && stepOf(chain, 'min-length')) {
    return t(
      'min-length: vLLM holds back every token that ends a text, {0}, not one of them.',
      info.endOfText.join(', '),
    );
  }
  const { settings, notes } = writeChain(vllm, {
    chain: others,
    ...{ greedy, seed, samples, maxNewTokens, stop, endOfText },
    ...{ prompt: '', model: info.name },
  });
  const [note] = notes;
  if (note !== undefined) return note;
  const { bans, allowed } = tokens;
  const given = settings['logit_bias'];
  const biases = { ...(isObject(given) && given), ...bans };
  return {
    settings: {
      ...settings,
      ...(Object.keys(biases).length > 0 && { logit_bias: biases }),
      ...(allowed && { allowed_token_ids: allowed }),
      // More than all tokens cannot be asked for.
      min_tokens: Math.min(stepOf(chain, 'min-length')?.length ?? 0, maxNewTokens),
    },
    greedy: stepOf(chain, 'temperature')?.temperature === 0,
  };
}

const isList = ({ sampler }: SamplerSpec): boolean =>
  sampler === 'allowed-tokens' || sampler === 'banned-tokens';

/** Whether a list of tokens may come before a step that it stands behind. */
function changePlaces(other: SamplerSpec, list: SamplerSpec): boolean {
  return isList(other) || sameInEffect([other.sampler, list.sampler], [list.sampler, other.sampler]);
}

interface Lists {
  readonly bans: Readonly<Record<string, number>>;
  readonly allowed: readonly Json[] | undefined;
}

/** Banned and allowed tokens by their ids. */
function sayLists(
  lists: readonly SamplerSpec[],
  { vocabularySize }: ModelInfo,
  vocabulary: Vocabulary,
): Lists | string {
  const banned = new Set<number>();
  let allowed: number[] | undefined;
  for (const step of lists) {
    if (step.sampler !== 'banned-tokens' && step.sampler !== 'allowed-tokens') continue;
    const ids = namedTokens(step, vocabularySize, vocabulary, 'vLLM');
    if (typeof ids === 'string') return ids;
    if (step.sampler === 'banned-tokens') ids.forEach((id) => banned.add(id));
    else allowed = allowed ? allowed.filter((id) => ids.includes(id)) : ids;
  }
  const left = allowed?.filter((id) => !banned.has(id));
  if (left?.length === 0) return t('allowed-tokens allows no token, which vLLM refuses.');
  return { bans: Object.fromEntries([...banned].map((id) => [id, BAN])), allowed: left };
}
