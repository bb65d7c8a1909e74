import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBoundedJson, type JsonRules } from '../../../src/core/boundedJson';
import '../fixedSeed';

const parse = (text: string, rules?: JsonRules): unknown =>
  parseBoundedJson(text, (what, cause) => cause ?? new Error(`x ${what}.`), rules);

describe('JSON of strangers', () => {
  it('is what JSON says, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), (value, indented) => {
        const text = JSON.stringify(value, null, indented ? 2 : undefined);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
    for (const string of ['[[[[', '\\', '\\\\"[', '"', '"[{', '\\"[', ']}']) {
      expect(parse(JSON.stringify([string, [string]]), { depth: 2, containers: 2 })).toEqual([
        string,
        [string],
      ]);
    }
  });

  it('is refused one level deeper and one value more than its limits, with a sentence', () => {
    const limits = { depth: 3, containers: 5 };
    expect(parse('[[[]],[{}]]', limits)).toEqual([[[]], [{}]]);
    expect(() => parse('[[[[]]]]', limits)).toThrow(/x is nested more than 3 levels deep/);
    expect(() => parse('[{},{},{},{},{}]', limits)).toThrow(/more than 5 objects and lists/);
  });

  it('that never ends is refused before it becomes objects', () => {
    const before = process.memoryUsage().heapUsed;
    expect(() => parse('['.repeat(20_000_000))).toThrow('deep');
    expect(() => parse(`[${'{},'.repeat(5_000_000)}{}]`)).toThrow('objects and lists');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
    expect(() => parse('{"a')).toThrow(SyntaxError);
    expect(() => parse('"\\')).toThrow(SyntaxError);
  });
});
