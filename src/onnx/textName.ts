/** What sentences about one of several texts call it; asked only where there is something to say. */
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

export const theText = (): string => t('The text');

/** One of the contexts of a question, from 0. */
export const contextName = (index: number): string => t('Context {0}', asGiven(index));
