/** Milliseconds that a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3); 0 where it asks for none. */
export function retryAfter(value: string | null | undefined): number {
  if (value === null || value === undefined) return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
