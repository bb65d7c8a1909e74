/** Steps of a chain that are set by lists or a text, in few characters. */
import { visibleText } from '../../src/core/visibleText';
import { count } from '../format/numbers';
import type { SamplerStep } from './samplerSteps';
import { t } from '../../src/l10n/language';
import { listed as inWords } from '../../src/l10n/numbers';

/** Characters of an expression that a line of a chain repeats. */
const SHORT = 24;

const tokens = (length: number): string => count(length, '{0} token', '{0} tokens');
const phrases = (length: number): string => count(length, '{0} phrase', '{0} phrases');

/** A step that is set by lists or a text, in few characters: `ban 3 tokens`; null for others. */
export function wordsOf({
  sampler,
  values,
  lists = {},
}: Pick<SamplerStep, 'sampler' | 'values' | 'lists'>): string | null {
  const listed = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (lists[name] ?? []).length, 0);
  const named = (
    sentence: (what: string) => string,
    counting: (length: number) => string,
    names: readonly string[],
  ): string => {
    const length = listed(...names);
    const pattern = String(values['pattern'] ?? '');
    const parts = [
      ...(length > 0 || pattern === '' ? [counting(length)] : []),
      ...(pattern === '' ? [] : [clipped(pattern)]),
    ];
    return sentence(inWords(parts));
  };
  switch (sampler) {
    case 'banned-tokens':
      return named((what) => t('ban {0}', what), tokens, ['ids', 'texts']);
    case 'allowed-tokens':
      return named((what) => t('allow only {0}', what), tokens, ['ids', 'texts']);
    case 'banned-phrases':
      return named((what) => t('ban {0}', what), phrases, ['phrases']);
    case 'logit-bias':
      return named((what) => t('bias {0}', what), tokens, ['bias']);
    case 'regex':
      return t('regex {0}', clipped(String(values['expression'] ?? '')));
    case 'json-schema':
      return t('JSON schema');
    default:
      return null;
  }
}

function clipped(text: string): string {
  const shown = visibleText(text);
  return shown.length > SHORT ? `${shown.slice(0, SHORT)}…` : shown;
}
