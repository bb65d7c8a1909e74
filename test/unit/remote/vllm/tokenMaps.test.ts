import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../fixedSeed';
import { MAP, readTokenMap, splitAnswer } from '../../../../src/remote/vllm/tokenMaps';
import { depth } from '../../depth';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `JSON.parse` makes of an object of tokens, in the order of the text. */
function parsed(text: string): [number, number][] {
  const object = JSON.parse(text) as Record<string, number>;
  return Object.entries(object).map(([key, value]) => [Number(key.slice('token_id:'.length)), value]);
}

function read(text: string): [number, number][] | string {
  const map = readTokenMap(bytesOf(text));
  if (typeof map === 'string') return map;
  return Array.from(map.ids, (id, i) => [id, map.logProbabilities[i]!]);
}

const ids = fc.uniqueArray(fc.integer({ min: 0, max: 999_999_999 }), { minLength: 1, maxLength: 30 });
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(-9999),
);
/** Other ways to write a number of JSON. */
const written = fc.oneof(
  number.map(String).map((text) => text.replace('Infinity', '0')),
  number.map((value) => value.toExponential()),
  fc.tuple(fc.bigInt(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(fc.integer(), fc.integer({ min: -400, max: 400 })).map(([whole, e]) => `${whole}E${e}`),
);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n');

describe('the objects of tokens in a large answer', () => {
  it('have the numbers that JSON.parse makes of them, however these are written', () => {
    fc.assert(
      fc.property(
        ids,
        fc.array(written, { minLength: 30, maxLength: 30 }),
        space,
        space,
        (keys, values, a, b) => {
          const entries = keys.map((id, i) => `${a}"token_id:${id}"${b}:${a}${values[i]!}${b}`);
          const text = `{${entries.join(',')}}`;
          expect(read(text)).toEqual(parsed(text));
        },
      ),
      { numRuns: depth(300, 20_000) },
    );
  });

  it('are read as JSON.parse reads them or not at all, whatever bytes stand there', () => {
    const piece = fc.constantFrom(
      ...[
        '{"token_id:',
        '"token_id:',
        '5',
        '0',
        '-',
        '.',
        'e',
        'E',
        '+',
        '":',
        '"',
        ':',
        ',',
        '}',
        '{',
        ' ',
        '\\',
      ],
      ...['NaN', 'null', 'Infinity', '-1.5', '\u0000', 'é', '12":-3.25', ',"token_id:7":-1', '0x1'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = `{"token_id:${pieces.join('')}`;
        const found = read(text);
        // What is written twice is once in an object; whoever takes the tokens looks for that.
        if (typeof found !== 'string') expect(new Map(found)).toEqual(new Map(parsed(text)));
      }),
      { numRuns: depth(3000, 200_000) },
    );
  });

  it('are found wherever they stand, and nothing else is taken for one', () => {
    const map = fc.dictionary(
      fc.nat({ max: 99_999 }).map((id) => `token_id:${id}`),
      number,
      { minKeys: 1, maxKeys: 5 },
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.constantFrom('{"token_id:', '}', 'a{"token_id:5":1}b', '\\{"token_id:'),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        map,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, (json) => {
        const text = JSON.stringify(json);
        const { outline, maps } = splitAnswer(bytesOf(text));
        const whole = JSON.parse(outline, (_, found: unknown) => {
          const at = (found as Record<string, unknown> | null)?.[MAP];
          return typeof at === 'number'
            ? Object.fromEntries(
                (read(new TextDecoder().decode(maps[at])) as [number, number][]).map(([id, x]) => [
                  `token_id:${id}`,
                  x,
                ]),
              )
            : found;
        }) as unknown;
        expect(whole).toEqual(JSON.parse(text));
      }),
      { numRuns: depth(500, 20_000) },
    );
  });

  it('say what stands there where it is no token or no number', () => {
    expect(read('{"token_id:5":-1,"token_id:7":NaN}')).toBe('"token_id:7":NaN}');
    expect(read('{"token_id:5":null}')).toBe('"token_id:5":null}');
    expect(read('{"token_id:05":-1}')).toBe('"token_id:05":-1}');
    expect(read('{"token_id:5":-1')).toBe('"token_id:5":-1');
  });
});
