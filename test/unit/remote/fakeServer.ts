/** A server that says what a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openConnection } from '../../../src/remote/http';
import type { ServerConnection } from '../../../src/remote/connection';

type Body = Readonly<Record<string, unknown>>;

export interface FakeServer {
  readonly address: string;
  readonly connection: ServerConnection;
  /** What it was asked, in order. */
  readonly asked: { readonly path: string; readonly body: Body }[];
  stop(): Promise<void>;
}

/** What a path answers: JSON with a status of 200, or whatever the function writes itself, when it returns nothing. */
export type Answers = Readonly<
  Record<string, (body: Body, response: ServerResponse, request: IncomingMessage) => unknown>
>;

export async function startFake(answers: Answers): Promise<FakeServer> {
  const asked: { path: string; body: Body }[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const path = new URL(request.url!, 'http://x').pathname;
      const body = (parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {}) as Body;
      asked.push({ path, body });
      const answer = answers[path]?.(body, response, request);
      if (answer === undefined && answers[path]) return;
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: { code: 404, message: 'File Not Found' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    connection: openConnection({ name: 'Fake', address }),
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
