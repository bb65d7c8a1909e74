/**
 * `npm run verify:remote -- --server URL`: checks a model server (vLLM, or llama.cpp's llama-server) as the extension
 * uses it, and prints what it finds, line by line; ends with 1 when something is not as it should be.
 *
 * --server URL       its address, such as http://localhost:8000
 * --model ID         the model, as the server calls it (the first that it serves)
 * --key-env NAME     the environment variable that holds its key
 * --tokenizer FOLDER the model's tokenizer.json, or its vocab.json and merges.txt (llama-server's own lists, else GPT-2's)
 * --reference FOLDER the same model on this disk, a GPT-2 checkpoint: answers are compared with its
 * --tolerance NATS   how far log-probabilities may be from each other (1e-4 for vLLM, which holds float32 to it;
 *                    2e-3 for llama-server, whose cache is float16 by default)
 */
import { runMain } from './lib/main';
import { verifyRemote } from './verify/verifyRemote';

runMain(() => verifyRemote(process.argv.slice(2), console.log));
