import '../l10n/inFrench';
import { describe, expect, it } from 'vitest';
import { bundleOf } from '../../../l10n/bundles.mjs';
import { parseBoundedJson } from '../../../src/core/boundedJson';
import { catalog } from '../../../src/core/samplers/catalog';
import { parseChain, SamplerChain } from '../../../src/core/samplers/chain';
import { rangeInWords, type ParameterDescription } from '../../../src/core/samplers/parameters';
import { builtInPresets } from '../../../src/core/samplers/presets';
import { ToyModel } from '../../../src/core/toyModel';

const french = new Set(Object.values(bundleOf('fr')));
const refusal = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was taken.');
};

describe('in French', () => {
  it('presets have their names and descriptions', () => {
    for (const { name, description } of Object.values(builtInPresets)) {
      expect(name === 'Min-p' || french.has(name), name).toBe(true);
      expect(french, description).toContain(description);
    }
  });

  it('samplers and their parameters explain themselves', () => {
    for (const { about } of catalog) {
      const parameters: readonly ParameterDescription[] = about.parameters;
      for (const { explanation } of [about, ...parameters])
        expect(french, explanation).toContain(explanation);
    }
  });

  it('ranges are noun phrases with French numbers', () => {
    const said = catalog.flatMap(({ about }) =>
      about.parameters.flatMap((one) =>
        one.kind === 'number' || one.kind === 'integer' ? [rangeInWords(one)] : [],
      ),
    );
    expect(said).toContain('un nombre de 0 à 0,99');
    for (const words of said) expect(words).toMatch(/^un nombre (?:entier )?(?:de|d’au moins|supérieur à) /);
  });

  it('a refused value is quoted as it is typed', () => {
    expect(refusal(() => parseChain([{ sampler: 'top-k', k: 0.5 }]))).toBe(
      'top-k\u00a0: k doit être un nombre entier d’au moins 1\u00a0; valeur reçue\u00a0: 0,5.',
    );
    expect(refusal(() => parseChain([{ sampler: 'top-p', p: -2 }]))).toContain('valeur reçue\u00a0: -2.');
    expect(refusal(() => parseChain([{ sampler: 'top-k' }]))).toContain('valeur reçue\u00a0: absente.');
    expect(refusal(() => parseChain([{ sampler: 'top-k', k: 2, ties: 'some' }]))).toMatch(
      /ties doit être 'all' ou 'exact'\u00a0; valeur reçue/,
    );
  });

  it('a shape that takes too many tokens says how many', () => {
    const toy = new ToyModel({ words: ['a', 'b'], logits: [0, 0] });
    const chain = new SamplerChain(
      [{ sampler: 'regex', expression: '( a){1200}' }],
      toy.info.vocabularySize,
      toy.vocabulary,
    );
    const numbers = refusal(() => {
      chain.checkLength(5);
    });
    expect(numbers).toMatch(
      /^regex\u00a0: un texte qui convient demande au moins .+ jetons, mais le maximum/,
    );
  });

  it('what is wrong with a JSON text follows any name', () => {
    const wrong = (text: string): string =>
      refusal(() =>
        parseBoundedJson(text, (what) => new Error(`La réponse ${what}.`), { uniqueKeys: true, depth: 2 }),
      );
    expect(wrong('[[[1]]]')).toBe('La réponse a plus de 2 niveaux d’imbrication.');
    expect(wrong('{"a":1,"a":2}')).toBe('La réponse contient deux fois la clé "a".');
  });
});
