/** The programs' texts that a run can be copied as. */
import { written } from '../l10n/numbers';
import { t } from '../l10n/language';
import type { Program } from './program';
import { huggingFace } from './programs/huggingFace';
import { llamaCpp, llamaCppFlags } from './programs/llamaCpp';
import { nodeLlamaCpp } from './programs/nodeLlamaCpp';
import { ollama, ollamaModelfile } from './programs/ollama';
import { openAi } from './programs/openAi';
import { transformersJs } from './programs/transformersJs';
import { vllm } from './programs/vllm';
import type { DocumentLanguage } from './languages';
import type { Run } from './run';
import { isList, isObject, type Json, type Settings } from './settings';
import { writeFlags } from './syntax/commandLine';
import { writeParameters } from './syntax/modelfile';
import { comment, javaScript, json, keyOf, python } from './syntax/values';
import { writeRun, type WrittenRun } from './writing';

export const TARGET_IDS = [
  'hugging-face',
  'llama-cli',
  'llama-server',
  'vllm',
  'vllm-server',
  'openai',
  'ollama',
  'ollama-modelfile',
  'transformers-js',
  'node-llama-cpp',
] as const;
export type TargetId = (typeof TARGET_IDS)[number];

export interface Target {
  readonly id: TargetId;
  /** For people. */
  readonly label: string;
  readonly program: Program;
  /** As VS Code names languages. */
  readonly language: 'python' | 'shellscript' | 'json' | 'dockerfile' | 'javascript';
  /** What begins a comment; null where the text has none, so that notes stand beside it. */
  readonly comment: '#' | '//' | null;
  readonly code: (settings: Settings, run: Run) => string;
  /** Further sentences, about what the text leaves to the program. */
  readonly notes?: (run: Run) => readonly string[];
}

export interface Copied {
  /** The text without its notes. */
  readonly code: string;
  /** What can be pasted where it is to be used: with its notes where it can have comments. */
  readonly text: string;
  /** The same with its notes, to be read in an editor of that language. */
  readonly document: string;
  readonly language: DocumentLanguage;
  readonly notes: readonly string[];
}

const MODEL = 'path/to/model';

const pretty = (value: Json): string => `${json(value)}\n`;

const modelLine = (run: Run): string => t('The model here: {0}.', run.model);

/** Transformers and vLLM refuse whole numbers for some of these. */
const FLOATS = [
  ...['temperature', 'top_p', 'min_p', 'typical_p', 'top_h', 'epsilon_cutoff', 'eta_cutoff'],
  ...['repetition_penalty', 'presence_penalty', 'frequency_penalty'],
];

function pythonArguments(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `    ${key}=${pythonArgument(key, value)},\n`)
    .join('');
}

function pythonArgument(key: string, value: Json): string {
  if (key !== 'sequence_bias')
    return python(value, { numericKeys: key === 'logit_bias', float: FLOATS.includes(key) });
  const pairs = (isList(value) ? value : [])
    .filter(isList)
    .map(([sequence = null, bias = null]) => `[${python(sequence)}, ${python(bias, { float: true })}]`);
  return `[${pairs.join(', ')}]`;
}

function jsOptions(settings: Settings): string {
  const lines = Object.entries(settings).map(([key, value]) => `  ${keyOf(key)}: ${javaScript(value)},\n`);
  return `const options = {\n${lines.join('')}};\n`;
}

/** The settings without some keys. */
function without(settings: Settings, ...keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}

function huggingFaceCode(settings: Settings, run: Run): string {
  const { prefix_allowed_tokens_fn: allowed, seed, stop_strings: stop } = settings;
  const given = without(settings, 'seed', 'prompt', 'prefix_allowed_tokens_fn');
  return `from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

tokenizer = AutoTokenizer.from_pretrained("${MODEL}")
model = AutoModelForCausalLM.from_pretrained("${MODEL}")

${seed === undefined ? '' : `set_seed(${python(seed)})\n`}prompt = ${python(run.prompt)}
inputs = tokenizer(prompt, return_tensors="pt")
outputs = model.generate(
    **inputs,
${pythonArguments(given)}${allowed === undefined ? '' : `    prefix_allowed_tokens_fn=lambda batch, ids: ${python(allowed)},\n`}${stop === undefined ? '' : '    tokenizer=tokenizer,\n'})
for output in outputs:
    print(tokenizer.decode(output[inputs["input_ids"].shape[1]:]))
`;
}

function vllmCode(settings: Settings, run: Run): string {
  const shape = settings['structured_outputs'];
  const given = without(settings, 'prompt', 'structured_outputs');
  const entries = isObject(shape) ? Object.entries(shape) : [];
  const kept = entries.map(([key, value]) => `${key}=${python(value)}`).join(', ');
  return `from vllm import LLM, SamplingParams
${shape === undefined ? '' : 'from vllm.sampling_params import StructuredOutputsParams\n'}
llm = LLM(model="${MODEL}", generation_config="vllm")
prompt = ${python(run.prompt)}
params = SamplingParams(
${pythonArguments(given)}${shape === undefined ? '' : `    structured_outputs=StructuredOutputsParams(${kept}),\n`})
for request in llm.generate([prompt], params):
    for output in request.outputs:
        print(output.text)
`;
}

function commandLine(settings: Settings): string {
  const words = [`llama-completion -m ${MODEL}.gguf`, '-no-cnv --no-escape', ...writeFlags(settings)];
  return `${words.join(' \\\n  ')}\n`;
}

function ollamaRequest(settings: Settings, run: Run): string {
  const { format } = settings;
  return pretty({
    model: run.model,
    prompt: run.prompt,
    raw: true,
    stream: false,
    ...(format !== undefined && { format }),
    options: without(settings, 'prompt', 'format'),
  });
}

function transformersJsCode(settings: Settings, run: Run): string {
  return `import { pipeline } from '@huggingface/transformers';

const generator = await pipeline('text-generation', '${MODEL}');
const prompt = ${javaScript(run.prompt)};
${jsOptions(without(settings, 'prompt'))}const [output] = await generator(prompt, options);
console.log(output.generated_text.slice(prompt.length));
`;
}

function nodeLlamaCppCode(settings: Settings, run: Run): string {
  const { tokenBias, grammar } = settings;
  const pairs = (isList(tokenBias) ? tokenBias : []).filter(isList);
  const biases = pairs.map(
    ([id = null, said = null]) => `tokenBias.set(${javaScript(id)}, ${javaScript(said)});\n`,
  );
  const extra = [...(biases.length > 0 ? ['tokenBias'] : []), ...(grammar === undefined ? [] : ['grammar'])];
  const options = extra.length === 0 ? 'options' : `{ ...options, ${extra.join(', ')} }`;
  return `import { getLlama, LlamaCompletion${biases.length > 0 ? ', TokenBias' : ''} } from 'node-llama-cpp';

const llama = await getLlama();
const model = await llama.loadModel({ modelPath: '${MODEL}.gguf' });
const context = await model.createContext();
const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
const prompt = ${javaScript(run.prompt)};
${biases.length > 0 ? `const tokenBias = TokenBias.for(model);\n${biases.join('')}` : ''}${
    grammar === undefined
      ? ''
      : `const grammar = await llama.createGrammarForJsonSchema(${javaScript(grammar)});\n`
  }${jsOptions(without(settings, 'prompt', 'tokenBias', 'grammar'))}console.log(await completion.generateCompletion(prompt, ${options}));
`;
}

/** What models bring along applies where a call does not say otherwise. */
const generationConfig = (): readonly string[] => [
  t('What else the model’s generation_config.json sets applies too.'),
];

export const TARGETS: readonly Target[] = [
  {
    id: 'hugging-face',
    label: t('Hugging Face generate (Python)'),
    program: huggingFace,
    language: 'python',
    comment: '#',
    code: huggingFaceCode,
    notes: (run) => [
      ...generationConfig(),
      ...(run.stop.length > 0 ? [t('A stop text stays at the end of the output.')] : []),
    ],
  },
  {
    id: 'llama-cli',
    label: t('llama.cpp command line'),
    program: llamaCppFlags,
    language: 'shellscript',
    comment: '#',
    code: commandLine,
    notes: (run) => [
      t('llama-completion continues a text; builds that lack it have llama-cli with the same flags.'),
      ...(run.stop.length > 0 ? [t('A stop text stays at the end of the output.')] : []),
    ],
  },
  {
    id: 'llama-server',
    label: t('llama-server /completion (JSON)'),
    program: llamaCpp,
    language: 'json',
    comment: null,
    code: (settings) => pretty(settings),
  },
  {
    id: 'vllm',
    label: t('vLLM SamplingParams (Python)'),
    program: vllm,
    language: 'python',
    comment: '#',
    code: vllmCode,
  },
  {
    id: 'vllm-server',
    label: t('vLLM /v1/completions (JSON)'),
    program: vllm,
    language: 'json',
    comment: null,
    code: (settings, run) => pretty({ model: run.model, ...settings }),
    notes: () => [
      t(
        'The server takes what is not stated from the model’s generation_config.json, unless it was started with --generation-config vllm.',
      ),
    ],
  },
  {
    id: 'openai',
    label: t('OpenAI-compatible /v1/completions (JSON)'),
    program: openAi,
    language: 'json',
    comment: null,
    code: (settings, run) => pretty({ model: run.model, ...settings }),
    notes: (run) =>
      run.stop.length > 4 ? [t('OpenAI takes at most 4 stop texts, not {0}.', written(run.stop.length))] : [],
  },
  {
    id: 'ollama',
    label: t('Ollama /api/generate (JSON)'),
    program: ollama,
    language: 'json',
    comment: null,
    code: ollamaRequest,
  },
  {
    id: 'ollama-modelfile',
    label: t('Ollama Modelfile'),
    program: ollamaModelfile,
    language: 'dockerfile',
    comment: '#',
    code: (settings) => `FROM ./model.gguf\n${writeParameters(settings).join('\n')}\n`,
    notes: () => [t('A Modelfile has no prompt: it is part of each request.')],
  },
  {
    id: 'transformers-js',
    label: 'transformers.js',
    program: transformersJs,
    language: 'javascript',
    comment: '//',
    code: transformersJsCode,
    notes: generationConfig,
  },
  {
    id: 'node-llama-cpp',
    label: 'node-llama-cpp',
    program: nodeLlamaCpp,
    language: 'javascript',
    comment: '//',
    code: nodeLlamaCppCode,
  },
];

export function targetOf(id: TargetId): Target {
  return TARGETS.find((target) => target.id === id)!;
}

/** A run as a text of another program, with sentences about what that does otherwise. */
export function copyAs(id: TargetId, run: Run): Copied {
  const target = targetOf(id);
  const { settings, notes }: WrittenRun = writeRun(target.program, run);
  const differs = [...notes, ...(target.notes?.(run) ?? [])];
  const all = [modelLine(run), ...differs];
  const code = target.code(settings, run);
  const mark = target.comment;
  return {
    code,
    text: mark === null ? code : comment(mark, all) + code,
    document: comment(mark ?? '//', all) + code,
    language: target.language === 'json' ? 'jsonc' : target.language,
    notes: differs,
  };
}
