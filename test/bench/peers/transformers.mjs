/**
 * transformers.js with a plain ONNX export: `model` is its folder, and `precision` transformers.js' word for its
 * weights.
 */
import { dirname, basename } from 'node:path';
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';
import { InferenceSession } from 'onnxruntime-node';
import { serve } from './serve.mjs';

await serve(async ({ model: folder, precision, threads }) => {
  const options = { intraOpNumThreads: threads, extra: { session: { intra_op: { allow_spinning: '0' } } } };
  // Its sampler has sessions of its own, which would take every processor, whatever the model is told.
  const { create } = InferenceSession;
  InferenceSession.create = (source, own) => create.call(InferenceSession, source, { ...options, ...own });
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const model = await AutoModelForCausalLM.from_pretrained(basename(folder), {
    dtype: precision,
    device: 'cpu',
    session_options: options,
    use_external_data_format: precision === 'fp32',
  });

  return async ({ prompt, samples, tokens, topK }) => {
    const count = samples * prompt.length;
    const dims = [samples, prompt.length];
    const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt(prompt[i % prompt.length]));
    const input_ids = new Tensor('int64', ids, dims);
    const attention_mask = new Tensor('int64', new BigInt64Array(count).fill(1n), dims);
    if (tokens === 0) {
      await model({ input_ids, attention_mask });
      return;
    }
    const written = await model.generate({
      inputs: input_ids,
      attention_mask,
      max_new_tokens: tokens,
      min_new_tokens: tokens,
      do_sample: topK !== null,
      ...(topK !== null && { temperature: 1, top_k: topK }),
      eos_token_id: null,
    });
    if (written.dims[0] !== samples || written.dims[1] !== prompt.length + tokens)
      throw new Error(`transformers.js wrote [${written.dims}]`);
  };
});
