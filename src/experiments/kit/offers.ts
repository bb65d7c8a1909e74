/** What can be done in place of what was refused: a button beside the sentence that says why. */
import * as v from 'valibot';
import { t } from '../../l10n/language';

export const offerSchema = v.object({
  /** What the button says. */
  label: v.pipe(v.string(), v.maxLength(200)),
  /** The experiment's parameters, as far as they change. */
  parameters: v.record(v.string(), v.unknown()),
  /** The model to use, where it is another one. */
  model: v.optional(v.string()),
  /** Whether the text is read anew; the one that was read serves again where left out. */
  anew: v.optional(v.boolean()),
});
export type Offer = v.InferOutput<typeof offerSchema>;

/** Parameters that cannot be run, and what can be run in their place. */
export class RefusedError extends RangeError {
  override readonly name = 'RefusedError';
  readonly offers: readonly Offer[];

  constructor(sentence: string, offers: readonly Offer[]) {
    super(sentence);
    this.offers = offers;
  }
}

/** What an error offers; nothing where it is another kind of error. */
export function offersOf(error: unknown): readonly Offer[] {
  return error instanceof RefusedError ? error.offers : [];
}

/** The text that comes with the extension, in place of one that does not serve. */
export const USE_THE_VERDICT: Offer = {
  label: t('Use The Verdict'),
  parameters: { source: 'verdict' },
  anew: true,
};
