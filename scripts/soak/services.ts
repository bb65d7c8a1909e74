/** What the window gets its models from beside this disk: a model server and a hub, each of which can fail. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubServer } from '../../test/unit/library/hubServer';
import { sendWhole, startTiny, type Spoil, type TinyServer } from '../../test/unit/remote/tinyServer';
import { inRepository } from '../lib/paths';

/** The model at the hub, and its files, which are those of a small model that comes with the extension. */
export const TALE = 'soak-tale';
export const WEIGHTS = 'model.safetensors';
const TALE_FILES = ['config.json', WEIGHTS];
const SOURCE = inRepository('models', 'kindling');

const REPOSITORY = 'soak/tale';

/** Pieces of a stream that come before one that is held back breaks off. */
const BEFORE_HELD = 3;

/** Sends the beginning of a stream and nothing more; all other answers are whole. */
const held: Spoil = (answer, response, request) => {
  if (answer.type !== 'text/event-stream') {
    sendWhole(answer, response, request);
    return;
  }
  response.writeHead(answer.status, { 'content-type': answer.type });
  for (const piece of answer.pieces.slice(0, BEFORE_HELD)) response.write(piece);
};

/** A server of the protocol of llama-server, which can go and come back at the same address. */
export class ModelServer {
  #server: TinyServer;

  private constructor(server: TinyServer) {
    this.#server = server;
  }

  static async start(): Promise<ModelServer> {
    return new ModelServer(await startTiny('llama'));
  }

  get address(): string {
    return this.#server.address;
  }

  /** From now on streams begin and do not go on. */
  hold(): void {
    this.#server.spoil = held;
  }

  /** Goes, with every connection. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** Comes back and answers whole. */
  async comeBack(): Promise<void> {
    this.#server = await startTiny('llama', Number(new URL(this.address).port));
  }
}

export interface Services {
  readonly server: ModelServer;
  readonly hub: HubServer;
  /** Settings by which the window knows the hub. */
  readonly settings: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function startServices(): Promise<Services> {
  const server = await ModelServer.start();
  const hub = await HubServer.start();
  hub.add(REPOSITORY, await taleFiles());
  return {
    server,
    hub,
    settings: {
      'decodingLab.library.endpoints': [hub.endpoint],
      'decodingLab.library.catalog': [{ id: TALE, repo: REPOSITORY }],
    },
    stop: async () => {
      await Promise.all([server.stop(), hub.stop()]);
    },
  };
}

/** The files of the model at the hub, by their names. */
export async function taleFiles(): Promise<Record<string, Buffer>> {
  const entries = TALE_FILES.map(async (name) => [name, await readFile(join(SOURCE, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}
