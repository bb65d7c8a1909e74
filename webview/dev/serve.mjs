// The panel without VS Code, for work on its looks: npx tsx webview/dev/serve.mjs [port] [--server URL]...
// Serves the page under the extension's content security policy, and answers it with the real engine. A server's models
// are taken to have GPT-2's tokens.
import { build } from 'esbuild';
import { first, page } from '../../esbuild.parts.mjs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { THE_VERDICT_PATH } from '../../src/experiments/kit/theVerdict.ts';
import { EngineClient } from '../../src/engine/client.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/messages.ts';
import { builtInPresets } from '../../src/core/samplers/presets.ts';
import { TOY_DEFAULT } from '../../src/core/toyModel.ts';
import { revive, strip } from './wire.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { server: { type: 'string', multiple: true, default: [] } },
});
const port = Number(positionals[0] ?? 8123);
const NONCE = 'development';

await build({
  entryPoints: { engine: 'src/engine/main.ts', pulseThread: 'src/engine/pulseThread.ts' },
  outdir: 'out/dev',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  external: ['onnxruntime-node'],
});
const engine = new EngineClient({
  entry: 'out/dev/engine.js',
  log: (line) => console.log(`engine: ${line}`),
  onState: (state) => post({ type: 'engine', state }),
});

const MODELS = [
  {
    id: 'fireside',
    name: 'fireside',
    kind: 'gpt2',
    description: 'GPT-2: 7.3 million parameters, 4 layers, 4 heads, width 128, context 256, 14.5 MB on disk',
    about:
      'A small GPT-2 of 7.3 million parameters, trained on English fairy tales and novels: for watching decoding, not for sense. It knows no other language and no code.',
    bundled: { kind: 'English fairy tales and novels', foreignAbove: 2.35 },
  },
  {
    id: 'kindling',
    name: 'kindling',
    kind: 'gpt2',
    description: 'GPT-2: 0.8 million parameters, 1 layer, 2 heads, width 16, context 256, 1.62 MB on disk',
    about:
      'A GPT-2 of 0.81 million parameters, a ninth of fireside’s size, trained on English novels and children’s books: for comparing two sizes, not for sense. It knows no other language and no code.',
    bundled: { kind: 'English novels and children’s books', foreignAbove: 2.33 },
  },
  { id: 'toy', name: 'toy vocabulary', kind: 'toy', description: '5 words with fixed logits, editable' },
];

/** What is on servers, by the ids of its models. */
const served = new Map();
for (const [index, address] of values.server.entries()) {
  const name = `gpu${index + 1}`;
  const { data } = await fetch(`${address}/v1/models`).then((answer) => answer.json());
  for (const { id: model } of data) {
    const id = `${name}/${model}`;
    const server = { name, address };
    served.set(id, { kind: 'remote', id, name: model, server, model, tokenizer: { kind: 'gpt2' } });
    MODELS.push({ id, name: model, kind: 'remote', server, description: `Runs on ${address}` });
  }
}

/** Streams to the pages that are open. */
const pages = new Set();
const post = (message) => {
  for (const page of pages) page.write(`data: ${JSON.stringify(strip(message))}\n\n`);
};

const running = new Map();
/** Presets saved from the page, for as long as this runs; VS Code would ask for their names. */
const presets = new Map();
const listed = () => ({
  type: 'presets',
  presets: [...Object.entries(builtInPresets), ...presets].map(([id, preset]) => ({ id, ...preset })),
});
/** Results kept as in the workspace's history, for as long as this runs. */
const saved = [];

const sourceOf = (id) => served.get(id) ?? { kind: 'gpt2', id, name: id, directory: `models/${id}` };

async function answer(message) {
  const { type, request } = message;
  const source =
    message.model === 'toy' ? { kind: 'toy', ...(message.toy ?? TOY_DEFAULT) } : sourceOf(message.model);
  switch (type) {
    case 'ready': {
      post(listed());
      const toy = { words: [...TOY_DEFAULT.words], logits: [...TOY_DEFAULT.logits] };
      return { type: 'welcome', version: PROTOCOL_VERSION, models: MODELS, defaultModel: 'fireside', toy };
    }
    case 'load':
      return { type: 'model', request, ...(await engine.load(source)) };
    case 'run': {
      const controller = new AbortController();
      running.set(request, controller);
      const onEvent = (event) => post({ type: 'event', request, event });
      const others = (message.others ?? []).map(sourceOf);
      const options = { onEvent, signal: controller.signal, ...(others.length > 0 && { others }) };
      const directory = { directory: `out/dev/trainings/${message.model}` };
      const parameters =
        message.experiment === 'training' ? { ...message.parameters, ...directory } : message.parameters;
      return {
        type: 'result',
        request,
        result: await engine.run(message.experiment, source, parameters, options),
      };
    }
    case 'cancel':
      running.get(request)?.abort();
      return null;
    case 'save-preset': {
      const { chain, off } = message;
      const id = `saved-${presets.size + 1}`;
      presets.set(id, { name: `Saved ${presets.size + 1}`, description: '', greedy: false, chain, off });
      post(listed());
      return { type: 'preset', request, id };
    }
    case 'save': {
      const line = { id: String(saved.length + 1), savedAt: Date.now(), ...message.entry };
      saved.unshift({ line, entry: message.entry });
      return { type: 'saved', request, id: line.id };
    }
    case 'history': {
      const lines = saved.map(({ line: { id, savedAt, experiment, title, model } }) => {
        return { id, savedAt, experiment, title, model };
      });
      return { type: 'history', request, lines };
    }
    case 'reopen': {
      const found = saved.find(({ line }) => line.id === message.id);
      if (!found) throw new Error('This saved result is no longer there.');
      return { type: 'entry', request, id: message.id, entry: found.entry };
    }
    case 'text': {
      const [name, file] =
        message.from === 'verdict' ? ['The Verdict', THE_VERDICT_PATH] : ['sample.md', 'media/sample.md'];
      return { type: 'text', request, name, text: await readFile(file, 'utf8') };
    }
    case 'log':
      console.log(`page: ${message.message}`);
      return null;
    default:
      return { type: 'done', request };
  }
}

async function handle(message) {
  try {
    const reply = await answer(message);
    if (reply) post(reply);
  } catch (error) {
    const failure = { code: error.code ?? 'internal', sentence: error.message, offers: error.offers ?? [] };
    post({ type: 'failure', request: message.request, failure });
  }
}

const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'nonce-${NONCE}'; connect-src 'self'">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="/vscode.css">
<link rel="modulepreload" nonce="${NONCE}" href="/chunk.js">
<link rel="stylesheet" href="/panel.css">
<title>Decoding Lab</title>
</head>
<body><main id="app"></main>
<script nonce="${NONCE}" src="/host.js"></script>
<script type="module" nonce="${NONCE}" src="/panel.js"></script>
</body>
</html>`;

/** The bundles, built afresh for every page so that a reload shows the latest code. */
let files = new Map();
async function bundle() {
  const common = { outdir: '/', write: false, sourcemap: 'inline' };
  const around = { host: 'webview/dev/host.ts', vscode: 'webview/dev/vscode.css' };
  const built = await Promise.all([
    build({ ...common, ...first }),
    build({ ...common, ...page }),
    build({ ...common, bundle: true, format: 'iife', target: 'es2022', entryPoints: around }),
  ]);
  files = new Map(
    built.flatMap(({ outputFiles }) => outputFiles).map(({ path, contents }) => [path, contents]),
  );
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    pages.add(response);
    request.on('close', () => {
      pages.delete(response);
      for (const controller of running.values()) controller.abort();
      running.clear();
    });
  } else if (pathname === '/message') {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.end();
      void handle(revive(JSON.parse(Buffer.concat(chunks).toString())));
    });
  } else if (pathname === '/') {
    bundle().then(
      () => response.writeHead(200, { 'content-type': 'text/html' }).end(html),
      (error) => response.writeHead(500).end(error.message),
    );
  } else if (files.has(pathname)) {
    const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
    response.writeHead(200, { 'content-type': type }).end(files.get(pathname));
  } else {
    response.writeHead(404).end();
  }
}).listen(port, '127.0.0.1', () => {
  console.log(
    `http://127.0.0.1:${port}/?prompt=Once%20upon%20a%20time%20there%20was%20a%20king%20who&theme=dark`,
  );
});

process.on('SIGINT', () => {
  void engine.dispose().then(() => process.exit(0));
});
process.on('SIGTERM', () => {
  void engine.dispose().then(() => process.exit(0));
});
