/** A client that starts an engine, says its process id and then never ends by itself. */
import { EngineClient } from '../../../src/engine/client';

const client = new EngineClient({ entry: process.argv[2]!, log: () => undefined });
const toy = { kind: 'toy', words: ['a'], logits: [0] } as const;
void client.run('wait', toy, {}, { onEvent: () => undefined });
void client.status().then(() => {
  console.log(String(client.pid));
});
