/** Steps of a chain that are set by lists or a text, in few characters. */
import { visibleText } from '../../src/core/visibleText';
import { count } from '../format/numbers';
import type { SamplerStep } from './samplerSteps';

/** Characters of an expression that a line of a chain repeats. */
const SHORT = 24;

/** A step that is set by lists or a text, in few characters: `ban 3 tokens`; null for others. */
export function wordsOf({
  sampler,
  values,
  lists = {},
}: Pick<SamplerStep, 'sampler' | 'values' | 'lists'>): string | null {
  const listed = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (lists[name] ?? []).length, 0);
  const named = (
    verb: string,
    what: readonly [one: string, other: string],
    names: readonly string[],
  ): string => {
    const length = listed(...names);
    const pattern = String(values['pattern'] ?? '');
    const parts = [
      ...(length > 0 || pattern === '' ? [count(length, ...what)] : []),
      ...(pattern === '' ? [] : [clipped(pattern)]),
    ];
    return `${verb} ${parts.join(' and ')}`;
  };
  switch (sampler) {
    case 'banned-tokens':
      return named('ban', ['{0} token', '{0} tokens'], ['ids', 'texts']);
    case 'allowed-tokens':
      return named('allow only', ['{0} token', '{0} tokens'], ['ids', 'texts']);
    case 'banned-phrases':
      return named('ban', ['{0} phrase', '{0} phrases'], ['phrases']);
    case 'logit-bias':
      return named('bias', ['{0} token', '{0} tokens'], ['bias']);
    case 'regex':
      return `regex ${clipped(String(values['expression'] ?? ''))}`;
    case 'json-schema':
      return 'JSON schema';
    default:
      return null;
  }
}

function clipped(text: string): string {
  const shown = visibleText(text);
  return shown.length > SHORT ? `${shown.slice(0, SHORT)}…` : shown;
}
