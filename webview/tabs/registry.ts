import { createExplore } from './explore';
import type { TabFactory } from './tab';

/** Every tab, in the order in which they stand. */
export const tabFactories: readonly TabFactory[] = [createExplore];
