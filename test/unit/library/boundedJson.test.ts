import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBounded } from '../../../src/library/boundedJson';
import '../fixedSeed';

describe('JSON of strangers', () => {
  it('is what JSON says, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), (value, indented) => {
        const text = JSON.stringify(value, null, indented ? 2 : undefined);
        expect(parseBounded(text, 'x')).toEqual(JSON.parse(text));
      }),
    );
    for (const string of ['[[[[', '\\', '\\\\"[', '"', '"[{', '\\"[', ']}']) {
      expect(parseBounded(JSON.stringify([string, [string]]), 'x', { depth: 2, containers: 2 })).toEqual([
        string,
        [string],
      ]);
    }
  });

  it('is refused one level deeper and one value more than its limits, with a sentence', () => {
    const limits = { depth: 3, containers: 5 };
    expect(parseBounded('[[[]],[{}]]', 'x', limits)).toEqual([[[]], [{}]]);
    expect(() => parseBounded('[[[[]]]]', 'config.json', limits)).toThrow(/config.json nests .* 3 deep/);
    expect(() => parseBounded('[{},{},{},{},{}]', 'x', limits)).toThrow(/more than 5 objects and lists/);
  });

  it('that never ends is refused before it becomes objects', () => {
    const before = process.memoryUsage().heapUsed;
    expect(() => parseBounded('['.repeat(20_000_000), 'x')).toThrow('deep');
    expect(() => parseBounded(`[${'{},'.repeat(5_000_000)}{}]`, 'x')).toThrow('objects and lists');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
    expect(() => parseBounded('{"a', 'x')).toThrow(SyntaxError);
    expect(() => parseBounded('"\\', 'x')).toThrow(SyntaxError);
  });
});
