/** Words that reports and pictures share. */
import { AS_SERVED } from '../../core/languageModel';
import { t } from '../../l10n/language';

/** In the place of what a run that goes on has not reached yet. */
export const TO_COME = t('still to come');

/** The arithmetic of a result's weights in words: of a served model its server does not say which it is. */
export const precisionWords = (precision: string): string =>
  precision === AS_SERVED ? t('as served') : precision;
