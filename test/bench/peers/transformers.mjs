/** transformers.js with a plain ONNX export in float32: `transformers.mjs FOLDER NAME`. */
import { AutoModelForCausalLM, env, Tensor } from '@huggingface/transformers';

const [folder, name] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = folder;
const model = await AutoModelForCausalLM.from_pretrained(name, {
  dtype: 'fp32',
  device: 'cpu',
  session_options: { intraOpNumThreads: 1, extra: { session: { intra_op: { allow_spinning: '0' } } } },
});

async function generate(prompt, samples, tokens) {
  const count = samples * prompt.length;
  const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt(prompt[i % prompt.length]));
  const dims = [samples, prompt.length];
  const start = performance.now();
  await model.generate({
    inputs: new Tensor('int64', ids, dims),
    attention_mask: new Tensor('int64', new BigInt64Array(count).fill(1n), dims),
    max_new_tokens: tokens,
    min_new_tokens: tokens,
    do_sample: samples > 1,
    temperature: 1,
    top_k: 40,
    eos_token_id: null,
  });
  return performance.now() - start;
}

process.on('message', async ({ prompt, samples, tokens }) => {
  // The prompt alone, then with the tokens: the difference is the tokens.
  const read = await generate(prompt, 1, 1);
  const first = samples === 1 ? read : await generate(prompt, samples, 1);
  const grow = tokens === 0 ? 0 : (await generate(prompt, samples, 1 + tokens)) - first;
  process.send({ read, grow });
});
process.on('disconnect', () => process.exit());
process.send({ ready: performance.now() });
