/** The forms in which a model's weights can be used, and how each is named. */
import { t } from '../l10n/language';
import { PRECISIONS, type Precision } from './memory';

interface Variant {
  /** For people. */
  readonly label: string;
  /** What to expect of it. */
  readonly about: string;
}

export const VARIANTS: Readonly<Record<Precision, Variant>> = {
  fp32: { label: t('32-bit'), about: t('the weights as they were published') },
  int8: {
    label: t('8-bit exact'),
    about: t('a third of the memory; a sample is the same whatever is drawn beside it'),
  },
  'int8-fast': {
    label: t('8-bit fast'),
    about: t('the fastest for many samples; drawn beside others, a sample may differ in its last digits'),
  },
  int4: { label: t('4-bit'), about: t('the smallest; further from the published model') },
};

/** Id of a model in one of its forms: the model's own for 32-bit, else `ID@PRECISION`. */
export function variantId(id: string, precision: Precision): string {
  return precision === 'fp32' ? id : `${id}@${precision}`;
}

/** The model and the form that an id means. */
export function readVariantId(id: string): { readonly base: string; readonly precision: Precision } {
  const at = id.lastIndexOf('@');
  const precision = PRECISIONS.find((p) => p !== 'fp32' && p === id.slice(at + 1));
  return at > 0 && precision ? { base: id.slice(0, at), precision } : { base: id, precision: 'fp32' };
}
