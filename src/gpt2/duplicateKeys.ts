/** Strings (with the colon that makes them keys) and brackets of a JSON text; the rest does not matter here. */
const MARKS = /"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/gs;

/**
 * The first key that an object of a JSON text has twice; undefined when there is none. `JSON.parse` keeps the
 * last of equal keys and says nothing, so that two readers of one file can see two different things.
 * @param json valid JSON.
 */
export function duplicateKey(json: string): string | undefined {
  /** Keys of the objects around the mark; arrays have none. */
  const around: Set<string>[] = [];
  for (const [mark, text, colon] of json.matchAll(MARKS)) {
    if (mark === '{' || mark === '[') around.push(new Set());
    else if (mark === '}' || mark === ']') around.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(`"${text!}"`) as string;
      const keys = around.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
