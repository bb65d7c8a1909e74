/** Messages as JSON: typed arrays travel as base64 with the name of their type. */

const TYPES = { Uint8Array, Int32Array, Uint32Array, Float32Array, Float64Array };
type TypeName = keyof typeof TYPES;

/** Replaces typed arrays by plain values. */
export function strip(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let binary = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return { $type: value.constructor.name, base64: btoa(binary) };
  }
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strip(item)]));
}

/** The inverse of `strip`. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('$type' in value && 'base64' in value) {
    const bytes = Uint8Array.from(atob(String(value.base64)), (character) => character.charCodeAt(0));
    return new TYPES[value.$type as TypeName](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revive(item)]));
}
