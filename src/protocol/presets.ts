/** Presets as settings, files and messages hold them; each is checked wherever it arrives. */
import * as v from 'valibot';
import { t } from '../l10n/language';
import { messageOf } from '../core/messageOf';
import { catalog } from '../core/samplers/catalog';
import { parseChain, type ChainSpec } from '../core/samplers/chain';

/** Longest name of a preset, in UTF-16 units. */
export const LONGEST_PRESET_NAME = 100;

const LONGEST_DESCRIPTION = 500;

/** Steps of the longest chain. */
const MOST_STEPS = 100;

export const chainSchema = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }): ChainSpec => {
    try {
      return parseChain(dataset.value);
    } catch (error) {
      addIssue({ message: messageOf(error) });
      return NEVER;
    }
  }),
);

/** Samplers that can be switched off, with their places. */
export const offSchema = v.pipe(
  v.array(
    v.object({
      sampler: v.picklist(
        catalog.filter(({ about }) => about.parameters.some(canBeOff)).map(({ name }) => name),
      ),
      at: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 * MOST_STEPS)),
    }),
  ),
  v.maxLength(MOST_STEPS),
);

function canBeOff(parameter: (typeof catalog)[number]['about']['parameters'][number]): boolean {
  return 'main' in parameter && parameter.main.off !== undefined;
}

export const presetSchema = v.object({
  name: v.pipe(v.string(), v.minLength(1, t('A preset needs a name.')), v.maxLength(LONGEST_PRESET_NAME)),
  description: v.optional(v.pipe(v.string(), v.maxLength(LONGEST_DESCRIPTION)), ''),
  greedy: v.optional(v.boolean(), false),
  chain: chainSchema,
  off: v.optional(offSchema, []),
});

/** A preset on its way to the page. */
export const listedPresetSchema = v.object({ id: v.string(), ...presetSchema.entries });
export type ListedPreset = v.InferOutput<typeof listedPresetSchema>;
