/** What the saved results of the fixtures say, by hand where a hand can compute it. */
import { softmax, TOY } from './toy';

export interface SavedResult {
  readonly id: string;
  readonly experiment: string;
  readonly model: string;
  readonly parameters: object;
  readonly conclusion: string;
  /** Of the answer on the page. */
  readonly answer: string;
  /** What controls hold once it is open. */
  readonly fields: Readonly<Record<string, string>>;
  /** A line of an exported table by its beginning, and what stands in one of its columns, from 0. */
  readonly figure: {
    readonly file: string;
    readonly line: string;
    readonly column: number;
    readonly is: number | string;
  };
  /** A line of the Markdown report. */
  readonly report: string;
}

const [PIZZA = 0, BURGER = 0, PASTA = 0] = softmax(TOY.logits);
const PROMPT = 'pizza pasta';
const TEXT =
  'The miller had three sons, his mill, a donkey and a cat; the sons had to grind, the donkey to fetch the corn. '.repeat(
    3,
  );
const WINDOWS = { context: 16, stride: 16, batchSize: 2, trainRatio: 0.8 };
const TYPED_WINDOWS = { context: '16', stride: '16', batchSize: '2', trainRatio: '0.8' };

/** In the order in which they were saved. */
export const SAVED: readonly SavedResult[] = [
  {
    id: '1795856400000-498b6c40',
    experiment: 'temperature',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      target: 'pizza pasta',
      leadingSpace: true,
      temperatures: [0.5, 1, 2],
      draws: 200,
      seed: 7,
    },
    conclusion: 'Colder is surer: "pizza" gains what *sushi* loses.\n\nSeen twice.',
    answer:
      '“·pizza·pasta” has probability 4.98 % at temperature 1, rises to 5.22 % at 2 and falls to 2.34 % at 0.5.',
    fields: {
      target: 'pizza pasta',
      leadingSpace: 'true',
      temperatures: '0.5, 1, 2',
      draws: '200',
      seed: '7',
      // It says nothing of its random numbers: all temperatures had the same ones.
      commonRandomNumbers: 'true',
    },
    figure: { file: 'temperature-target.csv', line: '1,', column: 1, is: PIZZA * PASTA },
    report: '| 1 | 4.98 % | 7 | 200 | 3.50 % | 1.71 % | 7.05 % | 4 | 16 | yes |',
  },
  {
    id: '1795856460000-28510c92',
    experiment: 'determinism',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      configurations: [
        ...['greedy', 'greedy-batch', 'temperature-0', 'temperature-tiny', 'top-k-1', 'top-p-tiny'],
        ...['min-p-1', 'fixed-seed', 'temperature-1', 'top-k-40', 'nucleus'],
      ],
      repeats: 2,
      maxNewTokens: 5,
      seed: 9,
    },
    conclusion: 'Greedy repeats, sampling with a seed too.',
    answer: '8 of 11 configurations gave the same text in all 2 runs, 7 of them the text of greedy decoding.',
    fields: { repeats: '2', maxNewTokens: '5', seed: '9', 'use-nucleus': 'true' },
    figure: {
      file: 'determinism-differences.csv',
      line: 'temperature 1,runs 1 and 2,2," pizza",',
      column: 4,
      is: PIZZA,
    },
    report:
      '| temperature 1 | no | 2 | from token 4: ·burger instead of ·pizza | At token 2 run 1 drew “·pizza” (47.2 %) and run 2 drew “·burger” (28.6 %) from 5 candidates. |',
  },
  {
    id: '1795856520000-8503c400',
    experiment: 'nucleus',
    model: 'toy',
    parameters: { prompt: PROMPT, temperatures: [0.7, 1], ps: [0.5, 0.8, 0.95] },
    conclusion: 'A nucleus of three words.',
    answer: 'The nucleus keeps 1 token at T = 0.7, p = 0.5, and 5 of 5 at T = 1, p = 0.95.',
    fields: { temperatures: '0.7, 1', ps: '0.5, 0.8, 0.95' },
    figure: { file: 'nucleus-cells.csv', line: '1,0.5,2,', column: 4, is: PIZZA + BURGER },
    report: '| 1 | 0.5 | 2 | ·pizza ·burger | 75.9 % | 24.1 % |',
  },
  {
    id: '1795856580000-73cf6178',
    experiment: 'grid',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      rows: { sampler: 'temperature', parameter: 'temperature', values: [0.5, 1] },
      columns: { sampler: 'top-k', parameter: 'k', values: [1, 3] },
      samples: 2,
      maxNewTokens: 6,
      seed: 11,
    },
    conclusion: 'k = 1 leaves nothing to the temperature.',
    answer: 'Use low temperature (0.5) and low top-k (1) for predictable text',
    fields: {
      rows: 'temperature temperature',
      rowsValues: '0.5, 1',
      columns: 'top-k k',
      columnsValues: '1, 3',
      samples: '2',
      maxNewTokens: '6',
      seed: '11',
    },
    figure: {
      file: 'grid-next-tokens.csv',
      line: '1,3," pizza",',
      column: 4,
      is: PIZZA / (PIZZA + BURGER + PASTA),
    },
    report: '| 0.5 | 3 | ·pizza | 47.2 % | 70.5 % |',
  },
  {
    id: '1795856640000-3cc976ec',
    experiment: 'methods',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      form: 'continuations',
      samples: 3,
      trials: 2,
      maxNewTokens: 4,
      seed: 13,
      methods: [
        { name: 'Greedy', kind: 'sampling' },
        { name: 'Stochastic', kind: 'sampling', chain: [{ sampler: 'temperature', temperature: 1.2 }] },
        { name: 'Nucleus', kind: 'sampling' },
        { name: 'Hybrid', kind: 'sampling' },
        { name: 'Beam search', kind: 'beam', beams: 2 },
      ],
    },
    conclusion: 'Beams agree with greedy here.',
    answer: 'Distinct-2 from lowest to highest: Greedy 11.1 %, Beam search 50.0 %',
    fields: {
      form: 'continuations',
      samples: '3',
      trials: '2',
      maxNewTokens: '4',
      seed: '13',
      temperature: '1.2',
      p: '0.8',
      k: '3',
      beams: '2',
      'use-beam': 'true',
      'use-top-k': 'false',
    },
    figure: {
      file: 'methods-next-tokens.csv',
      line: 'Stochastic," pizza",',
      column: 3,
      is: softmax(TOY.logits, 1.2)[0]!,
    },
    report: '| Stochastic | Distinct-2 |  | 0.888889 | 0.888889 | 0.888889 | 2 |',
  },
  {
    id: '1795856700000-7ffc5065',
    experiment: 'branches',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      start: { kind: 'greedy', length: 3 },
      alternatives: 3,
      edits: [
        { edit: 'expand', path: [0] },
        { edit: 'take', path: [0, 2], ahead: 2 },
        { edit: 'pin', path: [1] },
        { edit: 'prune', path: [2] },
      ],
    },
    conclusion: 'Pasta after pizza costs 1.5 nats.',
    answer: 'The most probable of 3 paths is “burger”, with probability 28.6 % (−1.25 nats).',
    fields: { start: 'greedy', length: '3', alternatives: '3' },
    figure: {
      file: 'branches-paths.csv',
      line: '" pizza pasta pizza pizza",4,',
      column: 2,
      is: PIZZA ** 3 * PASTA,
    },
    report: '|  pizza pasta pizza pizza | 4 | 1.11 % | −4.501 | −1.125 |',
  },
  {
    id: '1795856760000-91f22150',
    experiment: 'branches',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      start: { kind: 'exact', length: 2, count: 4, budget: 100 },
      alternatives: 3,
      edits: [],
    },
    conclusion: 'Exact.',
    answer:
      'The most probable continuation of 2 tokens is “pizza pizza”, with probability 22.3 % (−1.5 nats).',
    fields: { start: 'exact', exactLength: '2', best: '4', budget: '100', alternatives: '3' },
    figure: { file: 'branches-exact.csv', line: '2," pizza burger",', column: 2, is: PIZZA * BURGER },
    report: '| 2 |  pizza burger | 13.5 % | −2 | yes |  |',
  },
  {
    id: '1795856820000-a7d60b68',
    experiment: 'branches',
    model: 'toy',
    parameters: {
      prompt: PROMPT,
      start: { kind: 'beam', length: 3, beams: 2, lengthPenalty: 1 },
      alternatives: 3,
      edits: [],
    },
    conclusion: '',
    answer: 'Beam search finds “pizza pizza pizza”, with probability 10.5 % (−2.25 nats).',
    fields: { start: 'beam', length: '3', beams: '2', lengthPenalty: '1', alternatives: '3' },
    figure: {
      file: 'branches-beams.csv',
      line: '2," pizza pizza burger",',
      column: 4,
      is: Math.log(PIZZA ** 2 * BURGER),
    },
    report: '| 1 |  pizza pizza pizza | 3 | −0.7502 | −2.251 | full length |',
  },
  {
    id: '1795856880000-79922d0a',
    experiment: 'loss',
    model: 'small',
    parameters: { prompt: TEXT.slice(0, 200), text: TEXT, ...WINDOWS, shuffle: true, seed: 123 },
    conclusion: 'A model that has learnt nothing is near ln 257.',
    answer: 'Small has a training loss of 6.37 nats per token (perplexity 582)',
    fields: { ...TYPED_WINDOWS, shuffle: 'true', seed: '123' },
    figure: { file: 'loss-parts.csv', line: 'training,', column: 2, is: Math.exp(6.366192277021424) },
    report: '| training | 6.366 | 581.838 | 9.18447 | 264 | 264 | 16 | 0 | 8 |',
  },
  {
    id: '1795856940000-4f98fa60',
    experiment: 'models',
    model: 'small',
    parameters: {
      prompt: PROMPT,
      chain: [
        { sampler: 'temperature', temperature: 0.9 },
        { sampler: 'top-k', k: 20 },
        { sampler: 'top-p', p: 0.95 },
      ],
      trials: 2,
      samples: 2,
      maxNewTokens: 6,
      seed: 17,
      reference: 'The miller had three sons.',
      others: ['other'],
    },
    conclusion: 'Two strangers.',
    answer: 'After this prompt, Small and Other share 0 of their 10 most probable tokens',
    fields: {
      second: 'other',
      third: '',
      temperature: '0.9',
      topK: '20',
      topP: '0.95',
      trials: '2',
      samples: '2',
      maxNewTokens: '6',
      seed: '17',
      reference: 'The miller had three sons.',
    },
    // 8 different tokens among the 12 of two texts.
    figure: { file: 'models-trials.csv', line: 'Small,1,17,', column: 3, is: 8 / 12 },
    report: '| Distinct-1 | Small | 0.791667 | 0.176777 | 0.666667 | 0.916667 |',
  },
  {
    id: '1795857000000-16c251a0',
    experiment: 'training',
    model: 'small',
    parameters: {
      prompt: TEXT.slice(0, 200),
      action: 'start',
      text: TEXT,
      settings: {
        ...WINDOWS,
        epochs: 2,
        learningRate: 0.001,
        decay: 'cosine',
        clipNorm: 1,
        evaluateEvery: 3,
        evaluationBatches: 1,
        sampleTokens: 4,
        startText: 'The miller',
        seed: 7,
      },
      furtherEpochs: 1,
      checkpoints: { keep: 1, seconds: 60 },
    },
    conclusion: 'It falls.',
    answer: 'From step 0 to step 16 the training loss fell from 6.52 to 5.39',
    fields: {
      ...TYPED_WINDOWS,
      epochs: '2',
      learningRate: '0.001',
      clipNorm: '1',
      evaluateEvery: '3',
      evaluationBatches: '1',
      sampleTokens: '4',
      startText: 'The miller',
      seed: '7',
    },
    // 16 steps of 2 windows of 16 tokens.
    figure: { file: 'training-evaluations.csv', line: '16,', column: 1, is: 16 * 2 * 16 },
    report: '| 16 | 512 | 5.394 | 5.156 |',
  },
  {
    id: '1795857060000-6ddb1d45',
    experiment: 'training',
    model: 'small',
    parameters: { action: 'verify', text: TEXT, settings: { ...WINDOWS, epochs: 2, sampleTokens: 2 } },
    conclusion: 'Bit by bit.',
    answer:
      'Continuity holds: 6 steps in one go and 3 + 3 steps resumed from a checkpoint give the same 84 tensors, to the last bit.',
    fields: { ...TYPED_WINDOWS, epochs: '2', sampleTokens: '2' },
    figure: {
      file: 'training-continuity.csv',
      line: '3 + 3,',
      column: 1,
      is: '4f093e75928202a3d7181b0082c0fe4ca11c3d7ba74edbac8b9cc1874d5fb905',
    },
    report: '| 6 steps | 4f093e75928202a3d7181b0082c0fe4ca11c3d7ba74edbac8b9cc1874d5fb905 |',
  },
];
