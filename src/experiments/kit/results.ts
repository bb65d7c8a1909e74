/** What the results of all experiments have in common. */
import * as v from 'valibot';
import { version } from '../../../package.json';
import type { LanguageModel, ModelServer } from '../../core/languageModel';
import { hexBytes } from '../../core/visibleText';
import { t } from '../../l10n/language';
import type { PromptTokens } from './prompt';

/** How far a run is; every experiment may send it. */
export const progressEventSchema = v.object({
  type: v.literal('progress'),
  /** Of `total`, in the unit that `what` names. */
  done: v.number(),
  total: v.number(),
  /** Plural noun for people, in their language: `draws`, `tokens`, `cells`. */
  what: v.string(),
  /** Milliseconds that the rest takes, where the experiment knows better than its pace so far. */
  left: v.optional(v.number()),
});
export type ProgressEvent = v.InferOutput<typeof progressEventSchema>;

/** Typed arrays over any kind of buffer, which is what the rest of the code speaks of. */
export const int32Array = v.custom<Int32Array>((value) => value instanceof Int32Array);
export const float32Array = v.custom<Float32Array>((value) => value instanceof Float32Array);
export const float64Array = v.custom<Float64Array>((value) => value instanceof Float64Array);

/** See `ListedTokens`. */
export const listedTokensSchema = v.object({ ids: int32Array, mass: v.number(), bound: v.number() });

/** See `ModelServer`. */
export const modelServerSchema = v.object({
  name: v.string(),
  address: v.string(),
  kind: v.picklist(['vllm', 'llama-server']),
  version: v.string(),
  listed: v.number(),
  readsTexts: v.picklist(['at once', 'token by token']),
  chat: v.boolean(),
});

/** A model's name among others, which may run elsewhere under the same one. */
export function nameWithServer({
  name,
  server,
}: {
  readonly name: string;
  readonly server?: Pick<ModelServer, 'name'> | undefined;
}): string {
  return server ? `${name} · ${server.name}` : name;
}

/** What is needed to replay a result, and to tell whether a replay can be expected to give the same. */
export const provenanceSchema = v.object({
  /** The model's id, its name for people, the digest of what determines its logits, its arithmetic. */
  model: v.string(),
  modelName: v.string(),
  fingerprint: v.string(),
  precision: v.string(),
  /** Where the model ran, if not here. */
  server: v.optional(modelServerSchema),
  /** Who drew the tokens of its texts, where a server could have. */
  drawnBy: v.optional(v.picklist(['server', 'here'])),
  /** Why the server did not, where it was asked to. */
  notDrawnThere: v.optional(v.string()),
  /** The prompt as the model was given it. */
  promptIds: v.array(v.number()),
  /** Where the text began before `promptIds` and its start did not fit. */
  promptTruncated: v.boolean(),
  /** Sentences about what was cut or replaced in the prompt. */
  promptNotes: v.array(v.string()),
  /** The parameters of the run as they were checked; running them again is a replay. */
  parameters: v.unknown(),
  /** null where nothing is drawn. */
  seed: v.nullable(v.number()),
  /** Name and version of the program. */
  software: v.string(),
});
export type Provenance = v.InferOutput<typeof provenanceSchema>;

/**
 * Fields of every result: spread into the schema of each experiment's own. Everything in a result is plain JSON
 * and, but for `milliseconds` and `provenance.software`, the same when it is run again.
 */
export const resultFields = {
  /** True when a user stopped it before it was done, or it broke off. */
  stopped: v.boolean(),
  /** Where the model failed before it was done: why, as a sentence. */
  brokeOff: v.optional(v.string()),
  /** Wall time, in milliseconds. */
  milliseconds: v.number(),
  provenance: provenanceSchema,
};

/** What is known of any experiment's result. */
export interface ExperimentResult {
  readonly stopped: boolean;
  readonly brokeOff?: string | undefined;
  readonly milliseconds: number;
  readonly provenance: Provenance;
}

/** Of all samplers the only one that asks how large a logit is, not how far apart two are. */
const PENALTY_NOTE = t(
  'Repetition penalty acts on logits, which the server does not give. What is computed here uses log-probabilities in their place, and can differ from what the server itself does.',
);

/** Whether a chain, or a side of a grid, has a repetition penalty. */
function penalises(parameters: unknown): boolean {
  return JSON.stringify(parameters).includes('"sampler":"repetition-penalty"');
}

export function provenanceOf(
  model: LanguageModel,
  prompt: PromptTokens,
  parameters: unknown,
  seed: number | null,
  drawing: Pick<Provenance, 'drawnBy' | 'notDrawnThere'> = {},
): Provenance {
  const { id, name, fingerprint, precision, server } = model.info;
  return {
    model: id,
    modelName: name,
    fingerprint,
    precision,
    ...(server && { server }),
    ...drawing,
    promptIds: Array.from(prompt.ids),
    promptTruncated: prompt.truncated,
    promptNotes: [...prompt.notes, ...(server && penalises(parameters) ? [PENALTY_NOTE] : [])],
    parameters,
    seed,
    software: `Decoding Lab ${version}`,
  };
}

/** A token in a result: results are drawn and exported without the model's vocabulary. */
export const tokenSchema = v.object({
  id: v.number(),
  /** Its text, leading space included; bytes that are no whole characters as `‹E2 82›`. */
  text: v.string(),
});
export type ResultToken = v.InferOutput<typeof tokenSchema>;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function resultToken(model: LanguageModel, id: number): ResultToken {
  return { id, text: wholeText(model, id) ?? `‹${hexBytes(bytesOf(model, id))}›` };
}

/** A token's text; null where its bytes are no whole characters. */
export function wholeText(model: LanguageModel, id: number): string | null {
  try {
    return decoder.decode(bytesOf(model, id));
  } catch {
    return null;
  }
}

function bytesOf({ vocabulary: { bytes, offsets } }: LanguageModel, id: number): Uint8Array {
  return bytes.subarray(offsets[id], offsets[id + 1]);
}
