/** What all experiments say of parameters and prompts where VS Code speaks French. */
import '../../l10n/inFrench';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { realNumber, wholeNumber } from '../../../../src/experiments/kit/checks';
import { chain, seed, temperature, temperatures } from '../../../../src/experiments/kit/commonParameters';
import { checkParts } from '../../../../src/experiments/kit/fittingWindows';
import type { Parameter } from '../../../../src/experiments/kit/declaration';
import { costWords, endWords } from '../../../../src/experiments/report/ends';
import { leftInEnglish } from '../../l10n/english';
import { frenchHoles } from '../../l10n/holes';

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};
const plain = (text: string): string => text.replace(/\s/g, ' ');

it('a value that is refused is named with its limits', () => {
  expect(plain(refusal(() => wholeNumber('Le nombre', 0.5, 1, 1000)))).toBe(
    'Le nombre doit être un nombre entier de 1 à 1 000 ; valeur reçue : 0,5.',
  );
  expect(
    plain(refusal(() => realNumber('La part', undefined, { least: 0, leastExcluded: true, most: 1 }))),
  ).toBe('La part doit être un nombre supérieur à 0, d’au plus 1 ; valeur reçue : aucune.');
});

it('whatever is refused is refused in French', () => {
  const all: Parameter<unknown>[] = [
    seed,
    temperature,
    temperatures({ entries: 3, default: [1] }),
    chain([]),
  ];
  const value = fc.oneof(
    fc.constantFrom<unknown>(true, {}, -1, 0.5, 1e9),
    fc.array(fc.constantFrom(0, 1, 2000)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...all), value, (parameter, given) => {
      const sentence = refusal(() => parameter.read(given, {}));
      expect(frenchHoles(sentence)).toEqual([]);
      expect(leftInEnglish(sentence)).toBeUndefined();
    }),
  );
});

it('a part that is too short is said to be, with what it lacks', () => {
  const windows = { context: 256, stride: 256, batchSize: 2, trainRatio: 0.9 };
  const place = (): Record<string, unknown> => ({});
  fc.assert(
    fc.property(
      fc.nat(40),
      fc.option(fc.nat(40)),
      fc.constantFrom(1, 2),
      (training, validation, batchSize) => {
        const parts = { text: 'x', training, validation };
        const sentence = refusal(() => {
          checkParts(parts, { ...windows, batchSize }, place);
        });
        expect(sentence).toMatch(training < 2 ? /jeton, mais/ : /jetons, mais/);
        expect(frenchHoles(sentence)).toEqual([]);
        expect(leftInEnglish(sentence)).toBeUndefined();
      },
    ),
  );
});

it('and why a text ended, and what that cost', () => {
  expect(plain(endWords({ end: 'stop string', stop: '.' }).label)).toBe('arrêté à « . »');
  const turn = { place: 0, ids: [1], text: 'x', phrase: 'x', processed: 0.5, raw: 0.5 };
  expect(costWords({ turns: [turn] })).toEqual(['revenu une fois en arrière, au prix de 0,693 nats']);
});
