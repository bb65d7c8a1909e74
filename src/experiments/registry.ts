/** Every experiment the engine can run. */
import { register, type RegisteredExperiment } from './experiment';
import { explore } from './explore';
import { surprisal } from './surprisal';

export const experiments: readonly RegisteredExperiment[] = [register(explore), register(surprisal)];
