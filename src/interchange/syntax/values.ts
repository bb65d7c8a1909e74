/** Values as Python and JavaScript write them. */
import { visibleText } from '../../core/visibleText';
import { isList, type Json } from '../settings';

export interface PythonKinds {
  /** Whether keys of its objects are numbers: of biases, token ids. */
  readonly numericKeys?: boolean;
  /** Whether its number is none of the whole ones, though it has no fraction: some programs tell them apart. */
  readonly float?: boolean;
}

/** A value of Python. */
export function python(value: Json, { numericKeys = false, float = false }: PythonKinds = {}): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (float && typeof value === 'number' && Number.isSafeInteger(value)) return `${value}.0`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map((entry) => python(entry)).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([key, entry]) => `${numericKeys ? key : JSON.stringify(key)}: ${python(entry)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** A value of JavaScript, its keys without quotes where they can be. */
export function javaScript(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(javaScript).join(', ')}]`;
  const entries = Object.entries(value).map(([key, entry]) => `${keyOf(key)}: ${javaScript(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

export const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));

/** JSON over several lines, of which those that fit on one stay on one. */
export function json(value: Json, indent = ''): string {
  const line = inLine(value);
  if (value === null || typeof value !== 'object' || (indent !== '' && indent.length + line.length <= 80))
    return line;
  const deeper = `${indent}  `;
  const list = isList(value);
  const entries = list
    ? value.map((entry) => json(entry, deeper))
    : Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${json(entry, deeper)}`);
  if (entries.length === 0) return line;
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  return `${open}\n${entries.map((entry) => deeper + entry).join(',\n')}\n${indent}${close}`;
}

function inLine(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(inLine).join(', ')}]`;
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${inLine(entry)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Sentences as lines of comment; what hides or breaks lines in them is shown. */
export function comment(mark: '#' | '//', sentences: readonly string[]): string {
  return sentences.map((sentence) => `${mark} ${visibleText(sentence)}\n`).join('');
}
