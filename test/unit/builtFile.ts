import { join } from 'node:path';
import { inject } from 'vitest';

/** Path of a bundle of `processBundles.ts`: the name of its source, with the ending of what it became. */
export const builtFile = (file: string): string => join(inject('bundles'), file);
