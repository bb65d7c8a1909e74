/** What answers at an address. */
import * as v from 'valibot';
import { t } from '../l10n/language';
import type { ServerConnection, ServerRequest } from './connection';
import { nonsense, titleOf } from './problems';
import { RemoteError } from './remoteError';
import { saidSafely } from './serverWords';
import type { ServedModel, ServerAddress, ServerDescription } from './source';

/** Milliseconds for which a server may be silent when it is asked what it is. */
const QUIET_MS = 15_000;
const MOST_MODELS = 1000;
/** More tokens than any vocabulary has: a server that lists fewer says how many when it is asked for so many. */
const ABSURD = 10_000_000;
/** What vLLM lists unless it is told, for versions that refuse in other words. */
const USUALLY_LISTED = 20;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const shortText = v.pipe(v.string(), v.maxLength(500));
/** A field that matters only where it is as expected. */
const where = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);

const modelsSchema = v.object({
  data: v.pipe(
    v.array(
      v.object({
        id: v.pipe(shortText, v.minLength(1)),
        owned_by: where(shortText),
        max_model_len: where(count),
        meta: where(v.object({ n_vocab: where(count), n_ctx: where(count), n_ctx_train: where(count) })),
      }),
    ),
    v.maxLength(MOST_MODELS),
  ),
});
const versionSchema = v.object({ version: shortText });
const propsSchema = v.object({
  default_generation_settings: v.object({ n_ctx: where(count) }),
  build_info: where(shortText),
});
const healthSchema = v.object({ status: v.string() });

type Listed = v.InferOutput<typeof modelsSchema>['data'];

/**
 * Asks a server what it is. Where it asks for a key and none was given, it is described as far as it says, mostly
 * without models.
 * @throws RemoteError also where something else answers than vLLM or llama-server, and `access` where a key is needed
 * to see even which of them it is.
 */
export async function probe(
  connection: ServerConnection,
  server: ServerAddress,
  signal?: AbortSignal,
): Promise<ServerDescription> {
  const asking = new Asking(connection, server, signal);
  // While a model is loaded, this alone may tell.
  const health = await asking.maybe('/health');
  const { listed, refused } = await asking.models();
  const owner = listed[0]?.owned_by;
  if (owner !== 'vllm') {
    const props = v.safeParse(propsSchema, await asking.maybe('/props'));
    const isLlama = owner === 'llamacpp' || props.success || (refused && v.is(healthSchema, health));
    if (isLlama) return asking.llama(listed, props.success ? props.output : undefined);
  }
  const version = v.safeParse(versionSchema, await asking.maybe('/version'));
  if (owner === 'vllm' || (owner === undefined && version.success)) {
    return asking.vllm(listed, version.success ? version.output.version : '', refused !== undefined);
  }
  throw refused ?? unsupported(server, owner);
}

class Asking {
  readonly #connection: ServerConnection;
  readonly #server: ServerAddress;
  readonly #always: Pick<ServerRequest, 'what' | 'quietMs' | 'signal'>;

  constructor(connection: ServerConnection, server: ServerAddress, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#server = server;
    this.#always = { what: t('a description of itself'), quietMs: QUIET_MS, signal };
  }

  /** What a path answers; undefined where that is none of this server's, or no JSON. @throws RemoteError `network` */
  async maybe(path: string): Promise<unknown> {
    try {
      return await this.#connection.json({ ...this.#always, path });
    } catch (error) {
      if (error instanceof RemoteError && error.code !== 'network') return undefined;
      throw error;
    }
  }

  /** The models, or the refusal of a server that asks for a key where none was given. */
  async models(): Promise<{ readonly listed: Listed; readonly refused?: RemoteError }> {
    try {
      const answer = await this.#connection.json({ ...this.#always, path: '/v1/models' });
      const parsed = v.safeParse(modelsSchema, answer);
      if (parsed.success) return { listed: parsed.output.data };
      throw nonsense({ server: this.#server, what: t('its list of models') }, t('something else'));
    } catch (error) {
      if (this.#lacksKey(error)) return { listed: [], refused: error };
      throw error;
    }
  }

  #lacksKey(error: unknown): error is RemoteError {
    return error instanceof RemoteError && error.code === 'access' && this.#server.key === undefined;
  }

  async llama(
    listed: Listed,
    props: v.InferOutput<typeof propsSchema> | undefined,
  ): Promise<ServerDescription> {
    const context = props?.default_generation_settings.n_ctx;
    return {
      kind: 'llama-server',
      version: this.#connection.safely(props?.build_info ?? ''),
      models: listed.map(({ id, meta }) =>
        served(id, context ?? meta?.n_ctx ?? meta?.n_ctx_train, meta?.n_vocab),
      ),
      mostListed: Infinity,
      needsKey: this.#server.key !== undefined || (await this.#asksForKey()),
    };
  }

  /** llama-server lists its models for everybody. */
  async #asksForKey(): Promise<boolean> {
    try {
      await this.#connection.json({ ...this.#always, path: '/tokenize', body: { content: '' } });
      return false;
    } catch (error) {
      if (this.#lacksKey(error)) return true;
      throw error;
    }
  }

  async vllm(listed: Listed, version: string, refused: boolean): Promise<ServerDescription> {
    const [first] = listed;
    return {
      ...{ kind: 'vllm', version: this.#connection.safely(version) },
      models: listed.map(({ id, max_model_len }) => served(id, max_model_len)),
      mostListed: first === undefined ? 0 : await this.#mostListed(first.id),
      needsKey: this.#server.key !== undefined || refused,
    };
  }

  /** vLLM says how many log-probabilities it lists only when it is asked for more. */
  async #mostListed(model: string): Promise<number> {
    const body = { model, prompt: [0], max_tokens: 1, temperature: 0, logprobs: ABSURD };
    try {
      await this.#connection.json({ ...this.#always, path: '/v1/completions', body });
      return Infinity;
    } catch (error) {
      if (!(error instanceof RemoteError && error.code === 'refused')) throw error;
      const most = /max(?:imum)? allowed\D{0,20}(\d{1,9})\b/i.exec(error.said ?? '')?.[1];
      return most === undefined ? USUALLY_LISTED : Number(most);
    }
  }
}

function served(id: string, contextLength?: number, vocabularySize?: number): ServedModel {
  return {
    id,
    ...(contextLength !== undefined && { contextLength }),
    ...(vocabularySize !== undefined && { vocabularySize }),
  };
}

function unsupported(server: ServerAddress, owner: string | undefined): RemoteError {
  const title = titleOf(server);
  return new RemoteError(
    'missing',
    owner === undefined
      ? t(
          "{0} is neither vLLM nor llama-server. Only these two are supported: other servers do not say enough of their models' probabilities.",
          title,
        )
      : t(
          "{0} is neither vLLM nor llama-server (its models are owned by “{1}”). Only these two are supported: other servers do not say enough of their models' probabilities.",
          title,
          saidSafely(server, owner, 60),
        ),
  );
}
