/** JSON as people paste it, with comments, trailing commas and bare keys; literals of JavaScript are that too. */
import JSON5 from 'json5';
import { messageOf } from '../../core/messageOf';
import { written } from '../../l10n/numbers';
import { t } from '../../l10n/language';
import { isObject, type Json, type Settings } from '../settings';
import { closingOf } from './brackets';

/** Brackets within brackets. */
const DEEPEST = 100;

/** @throws RangeError in words where the text is no value, or nested too deeply to look at. */
function readValue(text: string): Json {
  const level = deepest(text);
  if (level > DEEPEST)
    throw new RangeError(
      t('This is nested {0} levels deep; at most {1} are read.', written(level), written(DEEPEST)),
    );
  try {
    return JSON5.parse(text);
  } catch (error) {
    throw new RangeError(t('This is not JSON: {0}.', messageOf(error).replace(/^JSON5: /, '')), {
      cause: error,
    });
  }
}

function deepest(text: string): number {
  let level = 0;
  let most = 0;
  for (const character of text) {
    if (character === '{' || character === '[') most = Math.max(most, ++level);
    else if (character === '}' || character === ']') level -= 1;
  }
  return most;
}

/** @returns an object's settings, or in words what is wrong with the text. */
export function readObject(text: string): Settings | string {
  try {
    const value = readValue(text);
    return isObject(value) ? value : t('This is JSON, but not an object with settings.');
  } catch (error) {
    return messageOf(error);
  }
}

/** The literal that begins where a mark ends; undefined where there is none that can be read. */
export function literalBehind(text: string, mark: RegExp): Json | undefined {
  const found = mark.exec(text);
  if (!found) return undefined;
  const start = found.index + found[0].length;
  if (!/["'[{]/.test(text.charAt(start))) return undefined;
  try {
    return readValue(text.slice(start, closingOf(text, start) + 1));
  } catch {
    return undefined;
  }
}
