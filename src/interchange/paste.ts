/** Texts of other programs, read as a chain and what a run has beside it. */
import { t, whole } from '../l10n/language';
import type { Program } from './program';
import { huggingFace } from './programs/huggingFace';
import { llamaCpp, llamaCppFlags } from './programs/llamaCpp';
import { nodeLlamaCpp } from './programs/nodeLlamaCpp';
import { ollama, ollamaModelfile } from './programs/ollama';
import { openAi } from './programs/openAi';
import { transformersJs } from './programs/transformersJs';
import { vllm } from './programs/vllm';
import { readRun, type ReadingOptions } from './reading';
import type { Reading } from './run';
import { isObject, type Settings } from './settings';
import { closingOf } from './syntax/brackets';
import { readFlags, wordsOfCommand } from './syntax/commandLine';
import { readOptions } from './syntax/javaScript';
import { readObject } from './syntax/json';
import { readModelfile } from './syntax/modelfile';
import { readArguments, readAssignments } from './syntax/python';

/** Most characters of a text: a request with a whole prompt is shorter. */
export const LONGEST_PASTE = 200_000;

interface Found {
  readonly settings: Settings;
  /** What was not understood before the settings could be read. */
  readonly problems?: readonly string[];
  readonly aside?: readonly string[];
}

export interface Source {
  readonly id: string;
  /** For people. */
  readonly label: string;
  readonly program: Program;
  /** How well a text fits; 0 for not at all. */
  readonly fits: (text: string) => number;
  /** @returns a sentence where the text is none of its kind. */
  readonly settings: (text: string) => Found | string;
}

/** A text by its outer form, which decides what it can be. */
const isJson = (text: string): boolean => /^(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*\{/.test(text);

/** Programs whose settings come as a JSON object, from that with the fewest keys on: it is meant where several fit. */
const jsonSource = (
  id: string,
  label: string,
  program: Program,
  settings = (object: Settings): Settings => object,
): Source => ({
  id,
  label,
  program,
  fits: (text) => {
    const object = isJson(text) ? readObject(text) : '';
    if (typeof object === 'string') return 0;
    const keys = keysOf(program);
    const inner = settings(object);
    return 1 + (inner === object ? 0 : 1) + Object.keys(inner).filter((key) => keys.has(key)).length;
  },
  settings: (text) => {
    const object = readObject(text);
    return typeof object === 'string' ? object : { settings: settings(object) };
  },
});

function keysOf({ slots, runKeys, aside, arrange }: Program): ReadonlySet<string> {
  return new Set([
    ...slots.flatMap(({ keys }) => Object.keys(keys)),
    ...Object.values<string>({ ...runKeys }),
    ...aside,
    ...(arrange ? ['samplers'] : []),
  ]);
}

/** Ollama's options stand within the request. */
function unfolded(object: Settings): Settings {
  const { options, ...rest } = object;
  return isObject(options) ? { ...rest, ...options } : object;
}

/** vLLM has had other names for a few keys. */
function withNewNames(object: Settings): Settings {
  const { max_completion_tokens: most, ...rest } = object;
  return most === undefined ? object : { max_tokens: most, ...rest };
}

const python = (id: string, label: string, program: Program, call: RegExp, bare: number): Source => ({
  id,
  label,
  program,
  fits: (text) => {
    if (isJson(text)) return 0;
    return call.test(text) ? 100 : /^[ \t]*\w+[ \t]*=(?!=)/m.test(text) ? bare : 0;
  },
  settings: (text) => {
    const assigned = readAssignments(text);
    const found = call.exec(text);
    if (!found) return { settings: assigned };
    const start = text.indexOf('(', found.index);
    const { settings, others } = readArguments(text.slice(start + 1, closingOf(text, start)));
    const seed = /\b(?:set_seed|manual_seed)\((\d+)\)/.exec(text)?.[1];
    return {
      settings: {
        ...(typeof assigned['prompt'] === 'string' && { prompt: assigned['prompt'] }),
        ...(seed !== undefined && { seed: Number(seed) }),
        ...settings,
      },
      problems: others
        .filter(([key]) => !program.aside.includes(key))
        .map(([key, written]) =>
          t('{0} is {1}: only values that are written out are read.', key, written.slice(0, 80)),
        ),
    };
  },
});

const javaScript = (id: string, label: string, program: Program, sign: RegExp): Source => ({
  id,
  label,
  program,
  fits: (text) => (!isJson(text) && sign.test(text) ? 100 : 0),
  settings: (text) => {
    const settings = readOptions(text);
    return settings
      ? { settings }
      : t(
          'This has no options that can be read; they must be an object of plain values in a call of {0}.',
          label,
        );
  },
});

/** A request that `curl` sends is its JSON. */
function sentBy(words: readonly string[]): string | null {
  if (words[0] !== 'curl') return null;
  const flag = words.findIndex((word) => /^(?:-d|--data|--data-raw|--json)$/.test(word));
  return flag === -1 ? null : (words[flag + 1] ?? null);
}

/** In the order in which they are preferred where several fit as well. */
export const SOURCES: readonly Source[] = [
  jsonSource('openai', t('OpenAI-compatible request (JSON)'), openAi, withNewNames),
  jsonSource('vllm-server', t('vLLM request (JSON)'), vllm, withNewNames),
  jsonSource('generation-config', t('Hugging Face generation_config.json'), huggingFace),
  jsonSource('llama-server', t('llama-server request (JSON)'), llamaCpp),
  jsonSource('ollama', t('Ollama request (JSON)'), ollama, unfolded),
  python('vllm', t('vLLM SamplingParams (Python)'), vllm, /\bSamplingParams\s*\(/, 0),
  python(
    'hugging-face',
    t('Hugging Face generate (Python)'),
    huggingFace,
    /\b(?:GenerationConfig|\.generate|generate)\s*\(/,
    2,
  ),
  javaScript(
    'node-llama-cpp',
    t('node-llama-cpp (JavaScript)'),
    nodeLlamaCpp,
    /node-llama-cpp|\bgenerateCompletion\(/,
  ),
  javaScript(
    'transformers-js',
    t('transformers.js (JavaScript)'),
    transformersJs,
    /@(?:huggingface|xenova)\/transformers|\bpipeline\(/,
  ),
  {
    id: 'ollama-modelfile',
    label: t('Ollama Modelfile'),
    program: ollamaModelfile,
    fits: (text) => (/^[ \t]*PARAMETER[ \t]+\w+[ \t]/im.test(text) ? 50 : 0),
    settings: (text) => ({ settings: readModelfile(text) }),
  },
  {
    id: 'llama-cli',
    label: t('llama.cpp command line'),
    program: llamaCppFlags,
    fits: (text) => (!isJson(text) && /(?:^|\s)--?[a-z][\w-]*/i.test(text) ? 1 : 0),
    settings: (text) => readFlags(wordsOfCommand(text)),
  },
];

export interface Pasted extends Reading {
  /** What the text was taken for. */
  readonly source: Source;
}

/**
 * Reads a text of another program.
 * @param source id of what it is; chosen by its looks where left out.
 * @returns a sentence where nothing of it can be read.
 */
export function readPasted(
  text: string,
  { source: id, ...options }: ReadingOptions & { readonly source?: string | undefined } = {},
): Pasted | string {
  if (text.length > LONGEST_PASTE) {
    return t(
      'The text has {0} characters; at most {1} are read. Paste the settings without the prompt.',
      whole(text.length),
      whole(LONGEST_PASTE),
    );
  }
  const sent = /^\s*curl\b/.test(text) ? sentBy(wordsOfCommand(text)) : null;
  const read = sent ?? text;
  const source = SOURCES.find((one) => one.id === id) ?? likeliest(read);
  if (!source) {
    return t(
      'This is none of the kinds of text that can be read here. Paste JSON, a command line with flags, a Modelfile, or a call in Python or JavaScript.',
    );
  }
  const found = source.settings(read);
  if (typeof found === 'string') return found;
  const reading = readRun(source.program, found.settings, options);
  if (Object.keys(found.settings).length === 0 && (found.problems ?? []).length === 0) {
    return t('Nothing in this is a setting of {0}.', source.program.name);
  }
  return {
    ...reading,
    notUnderstood: [...(found.problems ?? []), ...reading.notUnderstood],
    aside: [...(found.aside ?? []), ...reading.aside],
    source,
  };
}

function likeliest(text: string): Source | undefined {
  const scores = SOURCES.map((source) => source.fits(text));
  const best = Math.max(...scores);
  return best > 0 ? SOURCES[scores.indexOf(best)] : undefined;
}
