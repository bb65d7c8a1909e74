/** Every experiment the engine can run. */
import { register, registerComparing, type RegisteredExperiment } from './kit/experiment';
import { branches } from './branches';
import { determinism } from './determinism';
import { explore } from './explore';
import { grid } from './grid';
import { loss } from './loss';
import { models } from './models';
import { methods } from './methods';
import { nucleus } from './nucleus';
import { surprisal } from './surprisal';
import { temperature } from './temperature';

export const experiments: readonly RegisteredExperiment[] = [
  register(explore),
  register(surprisal),
  register(temperature),
  register(determinism),
  register(nucleus),
  register(grid),
  register(methods),
  register(branches),
  register(loss),
  registerComparing(models),
];
