/** Texts that follow a schema's shape, against a JSON-schema validator. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEAD, type ByteAutomaton } from '../../../../src/core/shapes/byteAutomaton';
import { expressionOfSchema } from '../../../../src/core/shapes/jsonSchema';
import { compileExpression } from '../../../../src/core/shapes/regularExpression';
import { depth } from '../../depth';
import { PROPERTY } from '../generators';

const ajv = new Ajv2020({ strict: false });
formats(ajv);

function automatonOf(schema: unknown): ByteAutomaton {
  const automaton = compileExpression(expressionOfSchema(schema));
  if (typeof automaton === 'string') throw new Error(automaton);
  return automaton;
}

const accepts = (automaton: ByteAutomaton, text: string): boolean =>
  automaton.accepts(
    new TextEncoder().encode(text).reduce((state, byte) => automaton.next(state, byte), automaton.start),
  );

/** A text that the automaton allows: bytes by turns, and from some length on the first that leads to an end. */
function walk(automaton: ByteAutomaton, choices: readonly number[]): string {
  const bytes: number[] = [];
  let state = automaton.start;
  const ways = (): number[] =>
    Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => automaton.next(state, byte) !== DEAD);
  for (const choice of choices) {
    const open = ways();
    if (open.length === 0) break;
    const byte = open[choice % open.length]!;
    bytes.push(byte);
    state = automaton.next(state, byte);
  }
  return new TextDecoder().decode(Uint8Array.from([...bytes, ...shortestEnd(automaton, state)]));
}

/** The fewest bytes that end a text: breadth first. */
function shortestEnd(automaton: ByteAutomaton, from: number): number[] {
  const seen = new Map<number, number[]>([[from, []]]);
  for (const [state, bytes] of seen) {
    if (automaton.accepts(state)) return bytes;
    for (let byte = 0; byte < 256; byte++) {
      const next = automaton.next(state, byte);
      if (next !== DEAD && !seen.has(next)) seen.set(next, [...bytes, byte]);
    }
  }
  throw new Error('Nothing ends it.');
}

const names = fc.constantFrom('name', 'age', 'a "quoted" one', 'été', 'x.y');
const schemas = fc.letrec<{ any: object }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<object[]>(
      { type: 'string' },
      { type: 'string', minLength: 1, maxLength: 3 },
      { type: 'string', pattern: '^[A-Z]{2}\\d$' },
      { type: 'integer' },
      { type: 'integer', minimum: 0 },
      { type: 'integer', minimum: -3, exclusiveMaximum: 12 },
      { type: 'integer', minimum: 5, exclusiveMinimum: 2, maximum: 9, exclusiveMaximum: 30 },
      { type: 'number', minimum: 0 },
      { type: 'number' },
      { type: 'boolean' },
      { type: ['null', 'boolean'] },
      { type: 'string', format: 'date' },
      { format: 'date-time' },
      { format: 'time' },
      { format: 'uuid' },
      { format: 'ipv4' },
      { enum: ['red', 'a "b" \\ c', 3, null, [1, { a: 2 }]] },
      { const: { fixed: [true] } },
      {},
    ),
    fc.record({ type: fc.constant('array'), items: tie('any') }),
    fc
      .record({
        items: tie('any'),
        minItems: fc.integer({ min: 0, max: 2 }),
        more: fc.integer({ min: 0, max: 2 }),
      })
      .map(({ items, minItems, more }) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
    fc
      .array(tie('any'), { minLength: 1, maxLength: 2 })
      .map((prefixItems) => ({ type: 'array', prefixItems, items: false })),
    fc.array(tie('any'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf })),
    fc
      .tuple(
        fc.uniqueArray(names, { maxLength: 3 }),
        fc.array(tie('any'), { minLength: 3, maxLength: 3 }),
        fc.nat(7),
      )
      .map(([keys, values, needed]) => ({
        type: 'object',
        properties: Object.fromEntries(keys.map((key, i) => [key, values[i]])),
        required: keys.filter((_, i) => (needed >> i) % 2 === 1),
        additionalProperties: false,
      })),
  ),
})).any;

interface Given {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly exclusiveMaximum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Given[];
  readonly items?: Given | false;
  readonly prefixItems?: readonly Given[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Given>>;
  readonly required?: readonly string[];
}

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  date: ['2024-02-28', '1999-12-01'],
  time: ['00:00:00Z', '23:59:59Z'],
  'date-time': ['2024-02-28T23:59:59Z'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000'],
  ipv4: ['0.0.0.0', '192.168.1.255'],
};

const letter = fc.constantFrom('a', 'Z', ' ', 'é', '€', '𝄞', '"', '\\', '/', '\n', '\t', '{', ',', ':');
const text = (minLength = 0, maxLength = 8): fc.Arbitrary<string> =>
  fc.string({ unit: letter, minLength, maxLength });
const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });
const scalar = fc.oneof(text(), anyNumber, fc.boolean(), fc.constant(null));

/** Values that fit a schema, by the schema alone; properties in its order. */
function valuesOf(schema: Given): fc.Arbitrary<unknown> {
  const { type, format, pattern, properties, prefixItems, anyOf } = schema;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) return fc.oneof(...anyOf.map(valuesOf));
  if (Array.isArray(type)) return fc.oneof(...type.map((one: string) => valuesOf({ ...schema, type: one })));
  if (format) return fc.constantFrom(...EXAMPLES[format]!);
  if (pattern) return fc.stringMatching(new RegExp(pattern, 'u'));
  if (prefixItems) {
    return fc
      .tuple(fc.tuple(...prefixItems.map(valuesOf)), fc.nat(prefixItems.length))
      .map(([all, length]) => all.slice(0, length));
  }
  if (properties) {
    const requiredKeys = [...(schema.required ?? [])];
    const ordered = Object.keys(properties);
    const each = Object.fromEntries(ordered.map((key) => [key, valuesOf(properties[key]!)]));
    return fc
      .record(each, { requiredKeys })
      .map((found) =>
        Object.fromEntries(ordered.filter((key) => key in found).map((key) => [key, found[key]])),
      );
  }
  switch (type) {
    case 'string':
      return text(schema.minLength, schema.maxLength);
    case 'integer': {
      const most = Math.min(schema.maximum ?? 1e9, (schema.exclusiveMaximum ?? 1e9) - 1);
      return fc.integer({ min: schema.minimum ?? -1e9, max: most });
    }
    case 'number':
      return schema.minimum === 0 ? anyNumber.map(Math.abs) : anyNumber;
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items || {}), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems ?? 3,
      });
    default:
      return scalar;
  }
}

describe('a schema', () => {
  it('allows every value that fits, as JSON writes it, with and without spaces', () => {
    fc.assert(
      fc.property(
        schemas.chain((schema) => fc.tuple(fc.constant(schema), valuesOf(schema))),
        ([schema, value]) => {
          expect(ajv.compile(schema)(value), 'the value fits').toBe(true);
          const automaton = automatonOf(schema);
          const spaced = JSON.stringify(value, null, 1).replace(/\n */g, (_, at: number, whole: string) =>
            whole[at - 1] === ',' ? ' ' : '',
          );
          for (const written of [JSON.stringify(value), spaced]) {
            expect(accepts(automaton, written), `${JSON.stringify(schema)}: ${written}`).toBe(true);
          }
        },
      ),
      { ...PROPERTY, numRuns: depth(60, 2000) },
    );
  });

  it('allows only texts that a validator accepts', () => {
    fc.assert(
      fc.property(schemas, fc.array(fc.nat(), { maxLength: 60 }), (schema, choices) => {
        const text = walk(automatonOf(schema), choices);
        const validate = ajv.compile(schema);
        expect(validate(JSON.parse(text)), `${JSON.stringify(schema)}: ${text}`).toBe(true);
      }),
      { ...PROPERTY, numRuns: depth(40, 2000) },
    );
  });

  const person = {
    $defs: { year: { type: 'integer', minimum: 1900, maximum: 2100 } },
    type: 'object',
    properties: {
      name: { type: 'string', description: 'As on the passport' },
      born: { $ref: '#/$defs/year' },
      tags: { type: 'array', items: { enum: ['old', 'new'] } },
    },
    required: ['name'],
  };

  it.each([
    ['{"name": "Ada"}', true],
    ['{"name":"Ada","born":1815}', false],
    ['{"name":"Ada","born":1915}', true],
    ['{"name": "Ada", "born": 1915, "tags": ["old", "new"]}', true],
    ['{"name": "Ada", "tags": []}', true],
    ['{"born": 1915}', false],
    ['{"name": "Ada", "tags": [], "born": 1915}', false],
    ['{"name": "line\nend"}', false],
    ['{"name": "line\\nend \\"quoted\\""}', true],
    ['{"name": "Ada", }', false],
  ])('takes %s as it should', (text, wanted) => {
    expect(accepts(automatonOf(person), text)).toBe(wanted);
  });

  it('of optional properties alone allows every choice of them, in order', () => {
    const flags = ['a', 'b', 'c'];
    const automaton = automatonOf({
      properties: Object.fromEntries(flags.map((name) => [name, { const: 1 }])),
    });
    for (let choice = 0; choice < 8; choice++) {
      const chosen = flags.filter((_, i) => (choice >> i) % 2 === 1);
      expect(accepts(automaton, `{${chosen.map((name) => `"${name}":1`).join(',')}}`)).toBe(true);
    }
    expect(accepts(automaton, '{"b":1,"a":1}')).toBe(false);
    expect(accepts(automaton, '{,"a":1}')).toBe(false);
  });

  it.each([
    [{ $ref: '#' }, /levels deep, or refers to itself/],
    [{ type: 'strin' }, /type at # is "strin"; it must be string/],
    [{ type: 'object', patternProperties: {} }, /patternProperties at # cannot be followed/],
    [{ type: 'array', items: { not: {} } }, /not at #\/items cannot be followed/],
    [{ oneOf: [{ type: 'string' }, { type: 'number' }] }, /oneOf at # has 2 schemas; only anyOf/],
    [{ type: 'integer', minimum: 0, maximum: 5000 }, /from 0 to 5000; .* at most 1000 values/],
    [{ type: 'integer', minimum: 3, maximum: 2 }, /No integer at # is at least 3 and at most 2/],
    [{ type: 'string', pattern: 'abc' }, /must begin with \^ and end with \$/],
    [{ type: 'string', pattern: '^.*$' }, /also matches quotes, backslashes/],
    [{ type: 'string', format: 'email' }, /format at # is "email"; it must be one of date, time/],
    [{ $ref: '#/$defs/none' }, /must name a place in the schema itself/],
    [{ $ref: 'https://example.org/schema' }, /must name a place/],
    [{ type: 'object', properties: {}, required: ['a'] }, /names "a", which properties does not/],
    [{ type: 'array', minItems: 3, maxItems: 1 }, /minItems at # is 3 and maxItems 1/],
    [{ enum: [] }, /at least one value/],
    [[], /must be an object, or true/],
  ])('%o is refused by name', (schema, reason) => {
    expect(() => expressionOfSchema(schema)).toThrow(reason);
  });
});
