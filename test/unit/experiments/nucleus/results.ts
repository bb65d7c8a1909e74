/** Random results of Nucleus: of one cell and of several, of one token, of all, stopped. */
import fc from 'fast-check';
import type { NucleusCell, NucleusResult } from '../../../../src/experiments/nucleus/result';
import { ending, probability, provenanceOf, token } from '../said';

const named = fc.array(fc.record({ token, probability }), { maxLength: 7 });

function cellAt(temperature: number, p: number): fc.Arbitrary<NucleusCell> {
  return fc
    .record({
      kept: fc.constantFrom(1, 2, 1000, 50_257),
      keptMass: probability,
      nucleus: named,
      outside: named,
    })
    .map((cell) => ({
      ...{ temperature, p, ...cell, distance: cell.keptMass - p, entropy: 1 },
      tenDraws: { distinct: 2, mode: null },
    }));
}

export const nucleusResults: fc.Arbitrary<NucleusResult> = fc
  .record({
    temperatures: fc.constantFrom([1], [0.7, 1], [0.001, 1, 1000]),
    ps: fc.constantFrom([0.9], [0.5, 1]),
    reached: fc.constantFrom(0, 1, 9),
    named,
    ending,
    provenance: provenanceOf({}, null),
  })
  .chain(({ temperatures, ps, reached, named: tokens, ...result }) => {
    const places = temperatures.flatMap((t) => ps.map((p) => [t, p] as const)).slice(0, reached);
    return fc.tuple(...places.map(([t, p]) => cellAt(t, p))).map((cells): NucleusResult => ({
      ...{ experiment: 'nucleus', vocabularySize: 50_257, cells, ...result.ending },
      provenance: result.provenance,
      curves: temperatures.map((temperature) => ({
        ...{ temperature, ranks: [1, 2], cumulative: [0.5, 1] },
        tokens: tokens.map((one) => ({ ...one, cumulative: 0.5 })),
      })),
    }));
  });
