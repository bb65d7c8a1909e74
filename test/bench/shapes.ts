/** Masks of regular expressions and JSON schemas over the vocabulary of GPT-2, step by step along texts that follow them. */
import { randomStream } from '../../src/core/random';
import { SamplerChain } from '../../src/core/samplers/chain';
import { DEAD } from '../../src/core/shapes/byteAutomaton';
import { expressionOfSchema } from '../../src/core/shapes/jsonSchema';
import { compileExpression } from '../../src/core/shapes/regularExpression';
import { TokenMasks } from '../../src/core/shapes/tokenMasks';
import type { Vocabulary } from '../../src/core/languageModel';
import { loadTokenizer } from '../../src/gpt2/tokenizer/tokenizerFile';

const SIZE = 50_257;
const STEPS = 60;
/** Most milliseconds of a step, also where its mask is found for the first time. */
const GOAL = 5;

const CITY = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 60 },
    kind: { enum: ['town', 'city', 'village'] },
    founded: { type: 'integer', minimum: 800, maximum: 1799 },
    twins: { type: 'array', items: { type: 'string' }, maxItems: 4 },
    open: { type: 'boolean' },
  },
  required: ['name', 'kind'],
};

const PATTERNS: readonly (readonly [name: string, expression: string])[] = [
  ['any text', '[^]+'],
  ['a line', '.+'],
  ['letters', '\\p{L}+'],
  ['all but letters', '\\P{L}+'],
  ['lower-case words', '[a-z]+(?: [a-z]+)*\\.'],
  ['up to 200 letters or spaces', '[a-zA-Z ]{1,200}'],
  ['yes or no', '(?: yes| no)'],
  ['a date', '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])'],
  ['an address', '[\\w.]+@[\\w]+(?:\\.[a-z]{2,})+'],
  ['20 lines', '(?:[^\\n]+\\n){20}'],
  ['one of two scripts', '(?:[\\p{Script=Latin} ]+|[\\p{Script=Greek} ]+)'],
  ['no word twice as long', '(?:[^ ]{1,8} )*'],
  ['JSON: an object', expressionOfSchema(CITY)],
  ['JSON: a list of strings', expressionOfSchema({ type: 'array', items: { type: 'string' } })],
  ['JSON: strings of limited length', expressionOfSchema({ type: 'string', maxLength: 500 })],
];

/** Rounds over all expressions; of each step the fastest counts: what other work on the machine adds is not the code's. */
const ROUNDS = 5;

interface Walk {
  compiled: number;
  /** By step: the time of a mask that is found for the first time, of one that was found before, of a step of the chain. */
  readonly first: number[];
  readonly again: number[];
  readonly chain: number[];
}

const keepLeast = (times: number[], step: number, time: number): void => {
  times[step] = Math.min(times[step] ?? Infinity, time);
};

function timed<T>(work: () => T): [value: T, milliseconds: number] {
  const begin = performance.now();
  const value = work();
  return [value, performance.now() - begin];
}

/** Times the masks along a text of random tokens that follow the shape. */
function walk(expression: string, vocabulary: Vocabulary, logits: Float32Array, walked: Walk): void {
  // The automaton is a new one each time: there are more expressions than are kept.
  const [automaton, compiled] = timed(() => compileExpression(expression));
  if (typeof automaton === 'string') throw new Error(automaton);
  walked.compiled = Math.min(walked.compiled, compiled);
  const masks = new TokenMasks(automaton, vocabulary);
  const random = randomStream(7, 'bench');
  const chain = new SamplerChain([{ sampler: 'regex', expression }], SIZE, vocabulary);
  const seen = new Set<number>();
  const tokens: number[] = [];
  let state = automaton.start;
  for (let step = 0; step < STEPS && state !== DEAD; step++) {
    const [mask, time] = timed(() => masks.of(state));
    keepLeast(seen.has(state) ? walked.again : walked.first, step, time);
    seen.add(state);
    const allowed: number[] = [];
    for (let id = 0; id < SIZE; id++) if (mask[id] === 1) allowed.push(id);
    if (allowed.length === 0) break;
    const history = { tokens, promptLength: 0 };
    keepLeast(walked.chain, step, timed(() => chain.apply(logits, history))[1]);
    const id = allowed[Math.floor(random.next() * allowed.length)]!;
    tokens.push(id);
    state = masks.after(state, id);
  }
}

export async function run(): Promise<void> {
  const { vocabulary } = await loadTokenizer('models/fireside', SIZE);
  const random = randomStream(1, 'bench');
  const logits = Float32Array.from({ length: SIZE }, () => 8 * random.next());
  const walks = PATTERNS.map(([name, expression]) => {
    const walked: Walk = { compiled: Infinity, first: [], again: [], chain: [] };
    return { name, expression, walked };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { expression, walked } of walks) walk(expression, vocabulary, logits, walked);
  }

  const cells = (...[name, ...rest]: readonly string[]): void => {
    console.log(`  ${name!.padEnd(32)}${rest.map((cell) => cell.padStart(14)).join('')}`);
  };
  const sorted = (times: readonly number[]): number[] => times.filter(() => true).sort((a, b) => a - b);
  const ms = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(2)} ms`);
  const middle = (times: readonly number[]): string => ms(sorted(times)[sorted(times).length >> 1]);
  const worst = (times: readonly number[]): string => ms(sorted(times).at(-1));
  cells(
    `masks of ${SIZE} tokens`,
    'compiling',
    'first, median',
    'worst',
    'again, worst',
    'chain, median',
    'worst',
  );
  for (const { name, walked } of walks) {
    const { compiled, first, again, chain } = walked;
    cells(name, ms(compiled), middle(first), worst(first), worst(again), middle(chain), worst(chain));
  }
  const slowest = Math.max(...walks.flatMap(({ walked }) => sorted(walked.first)));
  console.log(`  slowest first mask ${ms(slowest)} (goal: at most ${GOAL} ms)`);
}
