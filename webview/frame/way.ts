import * as v from 'valibot';

/** What one tab asks another to go on from: a text by its token ids after the prompt, and a place in it. */
const waySchema = v.object({
  prompt: v.string(),
  ids: v.array(v.number()),
  index: v.number(),
  /** The token at that place: the text's own, or another to go on with. */
  id: v.number(),
});
export type Way = v.InferOutput<typeof waySchema>;

/** The way in what a tab is opened with; null where there is none. */
export function wayIn(parameters: unknown): Way | null {
  const parsed = v.safeParse(v.object({ way: waySchema }), parameters);
  return parsed.success ? parsed.output.way : null;
}
