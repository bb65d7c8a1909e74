/** Options in JavaScript: an object of plain values, and what stands beside it in a call of node-llama-cpp. */
import { isObject, type Json, type Settings } from '../settings';
import { literalBehind } from './json';

const OPTIONS = [/\boptions\s*=\s*(?=\{)/, /\b(?:generateCompletion|generator|generate)\([^{]*(?=\{)/];

/** @returns null where there are no options that can be read. */
export function readOptions(text: string): Settings | null {
  const options = OPTIONS.map((mark) => literalBehind(text, mark)).find(isObject);
  if (options === undefined) return null;
  const prompt = literalBehind(text, /\bprompt\s*=\s*/);
  const grammar = literalBehind(text, /\bcreateGrammarForJsonSchema\(/);
  const biases = [...text.matchAll(/\btokenBias\.set\((\d+)(?: as Token)?,\s*/g)].map(
    ({ 0: call, 1: token, index }): Json => [
      Number(token),
      literalBehind(text.slice(index + call.length), /^/) ?? null,
    ],
  );
  return {
    ...options,
    ...(typeof prompt === 'string' && { prompt }),
    ...(grammar !== undefined && { grammar }),
    ...(biases.length > 0 && { tokenBias: biases }),
  };
}
