import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { productFiles } from '../../../../scripts/l10n/sentences';
import { repository } from '../../../../scripts/lib/paths';
import { branchTerms } from '../../../../webview/experiments/branches/terms';
import { determinismTerms } from '../../../../webview/experiments/determinism/terms';
import { methodsTerms } from '../../../../webview/experiments/methods/terms';
import { modelsTerms } from '../../../../webview/experiments/models/terms';
import { temperatureTerms } from '../../../../webview/experiments/temperature/terms';
import { trainingTerms } from '../../../../webview/experiments/training/terms';
import { addTerms, termOf } from '../../../../webview/ui/glossary';

/** Every term that the code names: of a control, of a button, and of an answer's measures. */
function named(): string[] {
  return productFiles().flatMap((file) => {
    const code = readFileSync(join(repository, file), 'utf8');
    const controls = [...code.matchAll(/(?:\bterm: |\binfoButton\()'([\w-]+)'/gu)].map((match) => match[1]!);
    const measures = [...code.matchAll(/\bmeasures: \[('[^\]]*)\]/gu)].flatMap(
      (match) => match[1]!.match(/[\w-]+/gu) ?? [],
    );
    return [...controls, ...measures];
  });
}

describe('the glossary', () => {
  for (const own of [
    branchTerms,
    determinismTerms,
    methodsTerms,
    modelsTerms,
    temperatureTerms,
    trainingTerms,
  ])
    addTerms(own);

  it('explains every word that has a button', () => {
    const words = named();
    expect(words).toContain('weightDecay');
    expect(words).toContain('bitsPerCharacter');
    expect(words.filter((word) => termOf(word) === undefined)).toEqual([]);
  });
});
