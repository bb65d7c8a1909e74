/**
 * A table of SentencePiece's normalizer, from its rules: a double array in which every node has a block of 256
 * units of its own, so that nothing ever collides.
 */
export function charsMap(rules: ReadonlyMap<string, string>): Buffer {
  const texts: string[] = [];
  const units: number[] = [];
  const grow = (): number => units.push(...new Array<number>(256).fill(0)) - 256;
  const values = new Map<string, number>();
  let length = 0;
  for (const [key, text] of rules) {
    values.set(Buffer.from(key, 'utf8').toString('latin1'), length);
    texts.push(`${text}\0`);
    length += Buffer.byteLength(text, 'utf8') + 1;
  }
  grow();
  // A unit's children lie at its base with their labels; offsets are from the unit itself, by exclusive or.
  const node = (unit: number, prefix: string): void => {
    const base = grow();
    const value = values.get(prefix);
    units[unit]! |= offset(unit ^ base) | (value === undefined ? 0 : 0x100);
    if (value !== undefined) units[base] = (value | 0x80000000) >>> 0;
    const next = new Set([...values.keys()].filter((k) => k.startsWith(prefix)).map((k) => k[prefix.length]));
    for (const label of next) {
      if (label === undefined) continue;
      units[base + label.charCodeAt(0)] = label.charCodeAt(0);
      node(base + label.charCodeAt(0), prefix + label);
    }
  };
  node(0, '');
  return table(units, Buffer.from(texts.join(''), 'utf8'));
}

/** An offset as a unit holds it. */
export const offset = (distance: number): number => distance << 10;

/** A table from its parts. @param size of the trie in bytes, as the table says. */
export function table(units: readonly number[], texts: Uint8Array, size = 4 * units.length): Buffer {
  const head = Buffer.alloc(4 + 4 * units.length);
  head.writeUInt32LE(size >>> 0, 0);
  units.forEach((unit, i) => head.writeUInt32LE(unit >>> 0, 4 + 4 * i));
  return Buffer.concat([head, texts]);
}
