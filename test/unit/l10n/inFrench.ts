/** To be imported before all else: what a test file imports after it speaks French. */
import { bundleOf } from '../../../l10n/bundles.mjs';
import { speak } from '../../../src/l10n/place';

speak({ tag: 'fr', bundle: bundleOf('fr') });
