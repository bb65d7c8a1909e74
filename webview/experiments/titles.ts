/** The tabs that stand behind Explore, in their order, as they are named before their code is there. */
import { t } from '../../src/l10n/language';
import type { TabName } from '../frame/comingTab';

export const laterTitles: readonly TabName[] = [
  { id: 'ab', title: 'A/B' },
  { id: 'temperature', title: t('Temperature') },
  { id: 'grid', title: t('Grid') },
  { id: 'determinism', title: t('Determinism') },
  { id: 'nucleus', title: t('Nucleus') },
  { id: 'methods', title: t('Methods') },
  { id: 'branches', title: t('Branches') },
  { id: 'models', title: t('Models') },
  { id: 'loss', title: t('Loss') },
  { id: 'training', title: t('Training') },
  { id: 'course', title: t('Course') },
];
