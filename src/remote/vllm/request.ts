import type { Json } from '../../interchange/settings';

/** Most prompts of one request. */
export const MOST_PROMPTS = 1024;
/** Most texts of one prompt, unless the server was started with another limit. */
export const MOST_TEXTS = 16_384;

/**
 * Every field that decides which tokens are drawn, at what changes nothing, with the most probable token taken: what a
 * request leaves out, a server takes from the model's own files. Ends of texts are named by whoever asks, because what
 * the server takes for one may be another token than the tokenizer's.
 */
export const NEUTRAL: Readonly<Record<string, Json>> = {
  n: 1,
  temperature: 0,
  top_k: -1,
  top_p: 1,
  min_p: 0,
  repetition_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: null,
  allowed_token_ids: null,
  min_tokens: 0,
  stop: [],
  stop_token_ids: [],
  ignore_eos: true,
  echo: false,
  stream: false,
  skip_special_tokens: false,
  return_tokens_as_token_ids: true,
  return_token_ids: true,
};
