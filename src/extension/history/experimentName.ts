import { t } from '../../l10n/language';

const NAMES: Readonly<Record<string, string>> = {
  explore: t('Explore'),
  ab: t('A/B'),
  temperature: t('Temperature'),
  grid: t('Grid'),
  determinism: t('Determinism'),
  nucleus: t('Nucleus'),
  methods: t('Methods'),
  branches: t('Branches'),
  models: t('Models'),
  loss: t('Loss'),
  training: t('Training'),
};

/** What the experiment of a saved result is called, as on its tab; one of another version as it is stored. */
export const experimentName = (experiment: string): string =>
  Object.hasOwn(NAMES, experiment) ? NAMES[experiment]! : experiment;
