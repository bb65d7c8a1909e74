/** Every experiment the engine can run. */
import { register, type RegisteredExperiment } from './experiment';
import { explore } from './explore';

export const experiments: readonly RegisteredExperiment[] = [register(explore)];
