/** The tabs that stand behind Explore, in their order, as they are named before their code is there. */
import type { TabName } from '../frame/comingTab';

export const laterTitles: readonly TabName[] = [
  { id: 'ab', title: 'A/B' },
  { id: 'temperature', title: 'Temperature' },
  { id: 'grid', title: 'Grid' },
  { id: 'determinism', title: 'Determinism' },
  { id: 'nucleus', title: 'Nucleus' },
  { id: 'methods', title: 'Methods' },
  { id: 'branches', title: 'Branches' },
  { id: 'models', title: 'Models' },
  { id: 'loss', title: 'Loss' },
  { id: 'training', title: 'Training' },
  { id: 'course', title: 'Course' },
];
