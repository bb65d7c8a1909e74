/** Addresses of hubs. */
import { webAddress } from '../core/webAddress';
import { t } from '../l10n/language';
import { LibraryError } from './libraryError';

/** The Hugging Face hub. */
export const HUGGING_FACE = 'https://huggingface.co';

/**
 * The address of a hub in the one way in which it is compared and extended.
 * @throws LibraryError when it is none.
 */
export function parseEndpoint(text: string): string {
  const url = webAddress(text);
  if (!url) {
    throw new LibraryError(
      'name',
      t('The hub {0} cannot be asked, expected an address like {1}.', JSON.stringify(text), HUGGING_FACE),
    );
  }
  return url.href.replace(/\/+$/, '');
}
