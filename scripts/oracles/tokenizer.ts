import { readFile } from 'node:fs/promises';
import { THE_VERDICT_PATH } from '../../src/experiments/kit/theVerdict';
import { Gpt2Tokenizer } from '../../src/gpt2/tokenizer/tokenizer';

interface TokenizerReference {
  readonly the_verdict_token_count: number;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

async function check(_file: string, json: unknown): Promise<string[]> {
  const reference = json as TokenizerReference;
  const tokenizer = new Gpt2Tokenizer();
  const mismatches = reference.cases.flatMap(({ text, ids }, i) => {
    const shown = `case ${i}, ${JSON.stringify(text.slice(0, 40))}`;
    const own = tokenizer.encode(text);
    if (own.join() !== ids.join()) return [`${shown}: ids ${own.join(' ')}, expected ${ids.join(' ')}`];
    return tokenizer.decode(own) === text ? [] : [`${shown}: its ids do not give the text back`];
  });
  const count = tokenizer.encode(await readFile(THE_VERDICT_PATH, 'utf8')).length;
  const expected = reference.the_verdict_token_count;
  if (count !== expected) mismatches.push(`The Verdict has ${count} tokens, expected ${expected}`);
  return mismatches;
}

export const schemas: Record<string, (file: string, json: unknown) => Promise<string[]>> = {
  'tokenizer/1': check,
};
