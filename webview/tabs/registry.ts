import { createBranches } from './branches';
import { createCourse } from './course';
import { createDeterminism } from './determinism';
import { createExplore } from './explore';
import { createGrid } from './grid';
import { createLoss } from './loss';
import { createMethods } from './methods';
import { createModels } from './models';
import { createNucleus } from './nucleus';
import type { TabFactory } from './tab';
import { createTemperature } from './temperature';
import { createTraining } from './training';

/** Every tab, in the order in which they stand. */
export const tabFactories: readonly TabFactory[] = [
  createExplore,
  createTemperature,
  createGrid,
  createDeterminism,
  createNucleus,
  createMethods,
  createBranches,
  createModels,
  createLoss,
  createTraining,
  createCourse,
];
