/** The code of every tab but Explore's, which is there from the start; see `webview/whole.ts`. */
import { createAb } from './ab/page';
import { createBranches } from './branches/page';
import { createCourse } from '../course/page';
import { createDeterminism } from './determinism/page';
import { createGrid } from './grid/page';
import { createLoss } from './loss/page';
import { createMethods } from './methods/page';
import { createModels } from './models/page';
import { createNucleus } from './nucleus/page';
import type { TabFactory } from '../frame/tab';
import { createTemperature } from './temperature/page';
import { createTraining } from './training/page';

/** In the order in which they stand, behind Explore. */
export const laterTabs: readonly TabFactory[] = [
  createAb,
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
