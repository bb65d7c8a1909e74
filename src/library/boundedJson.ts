/** JSON from strangers: looked at before it is parsed, since a few megabytes of brackets become gigabytes of objects. */

export interface JsonLimits {
  /** Objects and arrays inside each other. */
  readonly depth: number;
  /** Objects and arrays in all. */
  readonly containers: number;
}

export const JSON_LIMITS: JsonLimits = { depth: 100, containers: 2_000_000 };

/**
 * Parses JSON that stays within limits.
 * @param what names the text in sentences, for example `config.json of me/my-gpt2`.
 * @throws Error with a sentence that names what was found and the limit; SyntaxError where it is no JSON.
 */
export function parseBounded(text: string, what: string, limits: JsonLimits = JSON_LIMITS): unknown {
  let depth = 0;
  let containers = 0;
  const marks = /["[\]{}]/g;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '"') marks.lastIndex = afterString(text, mark.index);
    else if (mark[0] === ']' || mark[0] === '}') depth--;
    else {
      containers++;
      if (++depth > limits.depth) {
        throw new Error(
          `${what} nests its values more than ${limits.depth} deep, which no such file needs; it is not read.`,
        );
      }
      if (containers > limits.containers) {
        throw new Error(`${what} has more than ${limits.containers} objects and lists; it is not read.`);
      }
    }
  }
  return JSON.parse(text) as unknown;
}

/** Index after the quote that ends a string; the text's length where none does. */
function afterString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}
