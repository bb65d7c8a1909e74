import { t } from '../l10n/language';

/** A file of a model, for sentences. */
export const fileOf = (path: string, repo: string): string =>
  t({ message: '{0} of {1}', comment: 'a file of a model' }, path, repo);
