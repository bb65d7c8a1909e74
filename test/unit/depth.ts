/**
 * How much of a long test is done: the unit tests take a part of the cases, `npm run test:deep` runs the same tests
 * with all of them.
 */
export const isDeep = process.env['DECODING_LAB_DEEP'] === '1';

/** One of two numbers of cases, lengths or the like. */
export const depth = <T>(unit: T, deep: T): T => (isDeep ? deep : unit);
