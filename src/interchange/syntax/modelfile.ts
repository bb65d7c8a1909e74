/** Ollama's Modelfile: one instruction a line, texts in one or three quotation marks. */
import { isList, type Json, type Settings } from '../settings';

/** The parameter's lines: a list has one for each entry. */
export function writeParameters(settings: Settings): readonly string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    (isList(value) ? value : [value]).map((one) => `PARAMETER ${key} ${written(one)}`),
  );
}

function written(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.includes('\n') || value.includes('"') ? `"""${value}"""` : `"${value}"`;
}

/** Lists, which grow by a line each; the others are numbers. */
const LISTS = ['stop'];

export function readModelfile(text: string): Settings {
  const settings: Record<string, Json> = {};
  const instruction =
    /^[ \t]*(?:PARAMETER[ \t]+(\w+)|(FROM|TEMPLATE|SYSTEM|LICENSE|MESSAGE|ADAPTER))[ \t]+(?:"""([^]*?)"""|"([^\n]*)"|([^\n]*?))[ \t]*(?=\r?\n|$(?![^]))/gim;
  for (const [, key, other, long, quoted, bare = ''] of text.matchAll(instruction)) {
    const value = long ?? quoted ?? bare;
    if (key === undefined) settings[other!.toUpperCase()] = value;
    else if (LISTS.includes(key)) {
      const earlier = settings[key];
      settings[key] = [...(isList(earlier) ? earlier : []), value];
    } else settings[key] = value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return settings;
}
