/** Words that reports and pictures share. */
import { t } from '../../l10n/language';

/** In the place of what a run that goes on has not reached yet. */
export const TO_COME = t('still to come');
