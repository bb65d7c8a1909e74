/** JSON schemas as regular expressions, as far as they are regular: every nesting is finite. */
import {
  integerExpression,
  limitsOf,
  numberExpression,
  SCALAR,
  stringExpression,
  type Schema,
} from './schemaScalars';
import { either, literally } from './expressionText';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/** What says nothing about the text. */
const SILENT = [
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
];

/** Deeper schemas, or such as refer to themselves, are refused. */
const DEEPEST = 20;

/**
 * Makes a regular expression of a schema: the JSON texts that fit it, with at most one space after a comma and a
 * colon and none elsewhere, an object's properties in the order in which the schema names them and none beside.
 *
 * JSON Schema, draft 2020-12. What no regular expression can say, or this one does not, is refused by name rather
 * than left out.
 * @throws RangeError in words for a keyword that is not supported, a value that a keyword cannot have, a schema
 * that refers to itself, and one that nothing fits.
 */
export function expressionOfSchema(schema: unknown): string {
  return new Conversion(schema).of(schema, '#', 0);
}

class Conversion {
  constructor(readonly root: unknown) {}

  of(schema: unknown, at: string, depth: number): string {
    if (depth > DEEPEST) {
      throw new RangeError(
        t(
          'The schema at {0} lies more than {1} levels deep, or refers to itself; a shape must have an end.',
          at,
          asGiven(DEEPEST),
        ),
      );
    }
    if (schema === true) return SCALAR;
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      throw new RangeError(
        t('The schema at {0} is {1}; it must be an object, or true.', at, JSON.stringify(schema)),
      );
    }
    const given = schema as Schema;
    if ('const' in given) return this.#only(given, ['const', 'type'], at, literally(given['const']));
    if ('enum' in given) return this.#only(given, ['enum', 'type'], at, this.#enumerated(given['enum'], at));
    if ('$ref' in given) return this.#only(given, ['$ref'], at, this.#referred(given['$ref'], at, depth));
    for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
      if (!(keyword in given)) continue;
      return this.#only(given, [keyword], at, this.#combined(keyword, given[keyword], at, depth));
    }
    const types = given['type'] ?? IMPLIED.find(([keyword]) => keyword in given)?.[1];
    if (types === undefined) return this.#only(given, [], at, SCALAR);
    const each = Array.isArray(types) ? (types as unknown[]) : [types];
    const known = each.flatMap((type) => KEYWORDS[String(type)] ?? []);
    return this.#only(
      given,
      ['type', ...known],
      at,
      either(each.map((type) => this.#typed(type, given, at, depth))),
    );
  }

  #typed(type: unknown, given: Schema, at: string, depth: number): string {
    switch (type) {
      case 'string':
        return stringExpression(given, at);
      case 'integer':
        return integerExpression(given, at);
      case 'number':
        return numberExpression(given, at);
      case 'boolean':
        return '(?:true|false)';
      case 'null':
        return 'null';
      case 'array':
        return this.#array(given, at, depth);
      case 'object':
        return this.#object(given, at, depth);
      default:
        throw new RangeError(
          t(
            'type at {0} is {1}; it must be string, number, integer, boolean, null, array or object.',
            at,
            JSON.stringify(type),
          ),
        );
    }
  }

  /** The expression, where the schema says nothing that it does not follow. */
  #only(given: Schema, known: readonly string[], at: string, expression: string): string {
    const other = Object.keys(given).find((key) => !known.includes(key) && !SILENT.includes(key));
    if (other === undefined) return expression;
    throw new RangeError(
      t(
        '{0} at {1} cannot be followed here; leave it out, or say the same by {2}.',
        other,
        at,
        known.length > 0 ? known.join(', ') : 'type',
      ),
    );
  }

  #enumerated(values: unknown, at: string): string {
    if (Array.isArray(values) && values.length > 0) return either(values.map(literally));
    throw new RangeError(
      t('enum at {0} is {1}; it must be a list of at least one value.', at, JSON.stringify(values)),
    );
  }

  #referred(to: unknown, at: string, depth: number): string {
    const path = typeof to === 'string' && /^#(?:\/|$)/.test(to) ? to.slice(1).split('/').slice(1) : null;
    let found: unknown = path === null ? undefined : this.root;
    for (const step of path ?? []) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found =
        typeof found === 'object' && found !== null && Object.hasOwn(found, key)
          ? (found as Schema)[key]
          : undefined;
    }
    if (found === undefined) {
      throw new RangeError(
        t(
          '$ref at {0} is {1}; it must name a place in the schema itself, such as "#/$defs/name".',
          at,
          JSON.stringify(to),
        ),
      );
    }
    return this.of(found, to as string, depth + 1);
  }

  #combined(keyword: 'anyOf' | 'oneOf' | 'allOf', all: unknown, at: string, depth: number): string {
    if (!Array.isArray(all) || all.length === 0) {
      throw new RangeError(
        t('{0} at {1} is {2}; it must be a list of at least one schema.', keyword, at, JSON.stringify(all)),
      );
    }
    if (all.length > 1 && keyword !== 'anyOf') {
      throw new RangeError(
        t(
          '{0} at {1} has {2} schemas; only anyOf can have more than one here.',
          keyword,
          at,
          asGiven(all.length),
        ),
      );
    }
    return either(all.map((each, i) => this.of(each, `${at}/${keyword}/${i}`, depth + 1)));
  }

  #array(given: Schema, at: string, depth: number): string {
    const first = given['prefixItems'] ?? [];
    if (!Array.isArray(first)) throw new RangeError(t('prefixItems at {0} must be a list of schemas.', at));
    const fixed = first.map((item, i) => this.of(item, `${at}/prefixItems/${i}`, depth + 1));
    if (fixed.length > 0) {
      if (given['items'] !== false || 'minItems' in given || 'maxItems' in given) {
        throw new RangeError(
          t('prefixItems at {0} needs "items": false beside it, and no minItems or maxItems.', at),
        );
      }
      // Any number of the first few is a valid array.
      const rest = fixed.slice(1).reduceRight((after, item) => `(?:, ?${item}${after})?`, '');
      return String.raw`\[(?:${fixed[0]!}${rest})?\]`;
    }
    const item = this.of(given['items'] ?? true, `${at}/items`, depth + 1);
    const [least, most] = limitsOf(given, 'minItems', 'maxItems', at);
    if (most === 0) return String.raw`\[\]`;
    const more = `${item}(?:, ?${item}){${Math.max(0, least - 1)},${most === Infinity ? '' : most - 1}}`;
    return least === 0 ? String.raw`\[(?:${more})?\]` : String.raw`\[${more}\]`;
  }

  #object(given: Schema, at: string, depth: number): string {
    const { properties = {}, required = [], additionalProperties = false } = given;
    if (additionalProperties !== false) {
      throw new RangeError(
        t('additionalProperties at {0} must be false, or be left out: only named properties come.', at),
      );
    }
    if (typeof properties !== 'object' || properties === null || !Array.isArray(required)) {
      throw new RangeError(t('properties at {0} must be an object, and required a list of its names.', at));
    }
    const unknown: unknown = required.find((name) => !Object.hasOwn(properties, String(name)));
    if (unknown !== undefined)
      throw new RangeError(
        t('required at {0} names {1}, which properties does not.', at, JSON.stringify(unknown)),
      );
    const members = Object.entries(properties).map(([name, schema]) => ({
      text: `${literally(name)}: ?${this.of(schema, `${at}/properties/${name}`, depth + 1)}`,
      needed: required.includes(name),
    }));
    const after = (i: number): string =>
      members
        .slice(i)
        .map(({ text, needed }) => (needed ? `, ?${text}` : `(?:, ?${text})?`))
        .join('');
    // By the first that is there: everything before the first that must be can be missing.
    const firstNeeded = members.findIndex(({ needed }) => needed);
    const beginnings = members.slice(0, firstNeeded === -1 ? members.length : firstNeeded + 1);
    const ways = beginnings.map(({ text }, i) => text + after(i + 1));
    if (firstNeeded === -1) ways.push('');
    return String.raw`\{${either(ways)}\}`;
  }
}

/** What is meant where no type is named. */
const IMPLIED = [
  ['properties', 'object'],
  ['items', 'array'],
  ['prefixItems', 'array'],
  ['pattern', 'string'],
  ['format', 'string'],
] as const;

/** The keywords that are followed, by type. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['pattern', 'format', 'minLength', 'maxLength'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties'],
};
