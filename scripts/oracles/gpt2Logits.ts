import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { argmax, logSoftmax, softmax } from '../../src/core/logits';
import { Gpt2Tokenizer } from '../../src/gpt2/tokenizer/tokenizer';

/** Next-token logits of the real GPT-2 124M, and the tokens of the prompts they follow. */
interface Gpt2Logits {
  readonly prompts: readonly Prompt[];
}

interface Prompt {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly vocab_size: number;
  readonly prompt: string;
  readonly tokens: readonly string[];
  readonly tokenIds: readonly number[];
}

async function check(file: string, json: unknown): Promise<string[]> {
  const tokenizer = new Gpt2Tokenizer();
  const results = (json as Gpt2Logits).prompts.map(async (prompt) => {
    const bytes = await readFile(join(dirname(file), prompt.file));
    return [...checkTokens(tokenizer, prompt), ...checkLogits(bytes, prompt)].map(
      (wrong) => `${prompt.id}: ${wrong}`,
    );
  });
  return (await Promise.all(results)).flat();
}

function checkTokens(tokenizer: Gpt2Tokenizer, { prompt, tokens, tokenIds }: Prompt): string[] {
  const ids = tokenizer.encode(prompt);
  if (ids.join() !== tokenIds.join()) return [`tokens are ${ids.join(' ')}, expected ${tokenIds.join(' ')}`];
  const pieces = ids.map((id) => tokenizer.decode([id]));
  return pieces.join('|') === tokens.join('|') ? [] : [`pieces are ${pieces.join('|')}`];
}

/** The file is the one that the samplers' references were computed from, and a distribution comes of it. */
function checkLogits(bytes: Buffer, { sha256, vocab_size: size }: Prompt): string[] {
  const wrong: string[] = [];
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    wrong.push('the digest of the file differs');
  if (bytes.byteLength !== 4 * size) return [...wrong, `${bytes.byteLength} bytes, expected ${4 * size}`];
  const logits = Float32Array.from({ length: size }, (_, i) => bytes.readFloatLE(4 * i));
  const probabilities = softmax(logits);
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (Math.abs(sum - 1) > 1e-12) wrong.push(`probabilities sum to ${sum}`);
  const best = argmax(logits);
  const difference = Math.abs(Math.exp(logSoftmax(logits)[best]!) - probabilities[best]!);
  if (!(difference <= 1e-12)) wrong.push(`softmax and log-softmax differ by ${difference}`);
  return wrong;
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'gpt2-logits/1': check,
};
