/** What is remembered of servers between windows, by their addresses: what answered there last, and what was agreed to. */
import * as v from 'valibot';
import type { ServerDescription } from '../../remote/source';

/** Under these names it is kept in VS Code's storage of the extension. */
const DESCRIPTIONS = 'decodingLab.servers.descriptions';
const AGREED = 'decodingLab.servers.agreed';

/** A server that lists without end must not fill the storage. */
const MOST_MODELS = 1_000;

const whole = v.pipe(v.number(), v.integer(), v.minValue(1));

const descriptionSchema = v.object({
  kind: v.picklist(['vllm', 'llama-server']),
  version: v.string(),
  models: v.array(
    v.object({ id: v.string(), contextLength: v.optional(whole), vocabularySize: v.optional(whole) }),
  ),
  /** Left out where the server sets no limit: JSON has no infinity. */
  mostListed: v.optional(v.number()),
  needsKey: v.boolean(),
});

const descriptionsSchema = v.record(v.string(), v.unknown());
const agreedSchema = v.array(v.string());

/** VS Code's storage of the extension, as far as it is used. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export class RememberedServers {
  constructor(private readonly memory: Memory) {}

  /** What answered at an address last. */
  description(address: string): ServerDescription | undefined {
    const parsed = v.safeParse(descriptionSchema, this.#descriptions()[address]);
    if (!parsed.success) return undefined;
    const { models, mostListed = Infinity, ...known } = parsed.output;
    return {
      ...known,
      mostListed,
      models: models.map(({ id, contextLength, vocabularySize }) => ({
        id,
        ...(contextLength !== undefined && { contextLength }),
        ...(vocabularySize !== undefined && { vocabularySize }),
      })),
    };
  }

  async describe(address: string, { mostListed, models, ...known }: ServerDescription): Promise<void> {
    const description = {
      ...known,
      models: models.slice(0, MOST_MODELS),
      ...(Number.isFinite(mostListed) && { mostListed }),
    };
    await this.memory.update(DESCRIPTIONS, { ...this.#descriptions(), [address]: description });
  }

  /** Whether its user has been told, and where it is not encrypted has agreed, that texts go to an address. */
  agreed(address: string): boolean {
    return this.#agreed().includes(address);
  }

  async agree(address: string): Promise<void> {
    if (!this.agreed(address)) await this.memory.update(AGREED, [...this.#agreed(), address]);
  }

  async forget(address: string): Promise<void> {
    const { [address]: _, ...others } = this.#descriptions();
    await this.memory.update(DESCRIPTIONS, others);
    await this.memory.update(
      AGREED,
      this.#agreed().filter((one) => one !== address),
    );
  }

  #descriptions(): Readonly<Record<string, unknown>> {
    const parsed = v.safeParse(descriptionsSchema, this.memory.get(DESCRIPTIONS));
    return parsed.success ? parsed.output : {};
  }

  #agreed(): readonly string[] {
    const parsed = v.safeParse(agreedSchema, this.memory.get(AGREED));
    return parsed.success ? parsed.output : [];
  }
}
