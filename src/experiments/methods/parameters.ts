/** What Methods is asked. */
import { parseChain } from '../../core/samplers/chain';
import { listOf, parameterObject, realNumber, show, textValue, wholeNumber } from '../kit/checks';
import { chat, drawnBy, maxNewTokens, prompt, seed, stop } from '../kit/commonParameters';
import { choice, custom, declare, whole, type ParametersOf } from '../kit/parameters';
import { METHOD_CHOICES, METHOD_NUMBERS } from './list';
import type { MethodSpec } from './result';

const MOST_METHODS = 20;
/** Draws per method, over all trials. */
const MOST_DRAWS = 1_000_000;
/** New tokens of all texts together. */
const MOST_TOKENS = 1_000_000;

export const methodsParameters = declare(
  'Methods',
  {
    prompt,
    methods: custom<readonly MethodSpec[]>({
      name: 'The methods',
      default: METHOD_CHOICES.filter(({ chapter }) => chapter).map(({ spec }) => spec(METHOD_NUMBERS)),
      read: (value) => {
        const methods = listOf('The methods', value, MOST_METHODS, parseMethod);
        checkNames(methods);
        return methods;
      },
    }),
    /** Single next tokens, as in the chapter, or whole texts. */
    form: choice({
      name: 'The form',
      label: 'compare by',
      options: [
        { value: 'tokens', label: 'next tokens' },
        { value: 'continuations', label: 'whole texts' },
      ],
      default: 'tokens',
    }),
    /** Tokens or texts per trial. */
    samples: whole({
      name: 'The number of samples',
      label: 'samples per trial',
      least: 1,
      most: 10_000,
      default: 10,
    }),
    /** How often it is all done again, with other random numbers. */
    trials: whole({
      name: 'The number of trials',
      label: 'trials',
      term: 'trials',
      least: 1,
      most: 1000,
      default: 20,
    }),
    /** New tokens per text; without meaning for single tokens. */
    maxNewTokens: maxNewTokens({ default: 24 }),
    /** Texts that end a text as soon as it holds one; it is cut before that. */
    stop,
    seed,
    chat,
    drawnBy,
  },
  {
    check: ({ methods, form, samples, trials, maxNewTokens }) => {
      if (form === 'tokens') checkTokens(methods, samples, trials);
      else checkTexts(methods, samples, trials, maxNewTokens);
    },
  },
);
export type MethodsParameters = ParametersOf<typeof methodsParameters>;

function parseMethod(value: unknown, number: number): MethodSpec {
  const what = `Method ${number}`;
  const given = parameterObject(what.toLowerCase(), value);
  const name = textValue(`The name of ${what.toLowerCase()}`, given['name']);
  // Sentences and tables begin with it.
  if (name.trim() === '') {
    throw new RangeError(
      `The name of ${what.toLowerCase()} is ${show(name)}; give it a visible name, for example beam.`,
    );
  }
  const { kind } = given;
  switch (kind) {
    case 'sampling':
      return { name, kind, chain: parseChain(given['chain']) };
    case 'beam':
      return {
        name,
        kind,
        beams: parseBeams(name, given['beams']),
        lengthPenalty: parsePenalty(name, given),
      };
    case 'diverse-beam': {
      const beams = parseBeams(name, given['beams']);
      const groups = wholeNumber(`${name}: groups`, given['groups'], 1, beams);
      if (beams % groups !== 0) {
        throw new RangeError(`${name}: groups is ${groups}; it must divide the number of beams, ${beams}.`);
      }
      const diversity = realNumber(`${name}: diversity`, given['diversity'], { least: 0, most: 1000 });
      return { name, kind, beams, groups, diversity };
    }
    case 'contrastive':
      return {
        name,
        kind,
        k: wholeNumber(`${name}: k`, given['k'], 1, 64),
        alpha: realNumber(`${name}: alpha`, given['alpha'], { least: 0, most: 1 }),
      };
    default:
      throw new RangeError(
        `${what} has the kind ${show(kind)}; it must be sampling, beam, diverse-beam or contrastive.`,
      );
  }
}

const parseBeams = (name: string, value: unknown): number => wholeNumber(`${name}: beams`, value, 1, 64);

const parsePenalty = (name: string, given: Readonly<Record<string, unknown>>): number =>
  realNumber(`${name}: length penalty`, given['lengthPenalty'], { least: -10, most: 10 });

function checkNames(methods: readonly MethodSpec[]): void {
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new RangeError(`Two methods are named ${show(twice)}; give each a different name.`);
  }
}

const english = (n: number): string => n.toLocaleString('en-US');

function checkTokens(methods: readonly MethodSpec[], samples: number, trials: number): void {
  const search = methods.find(({ kind }) => kind !== 'sampling');
  if (search) {
    throw new RangeError(
      `${search.name} writes whole texts and draws no single tokens; compare by whole texts, or leave it out.`,
    );
  }
  if (samples * trials <= MOST_DRAWS) return;
  throw new RangeError(
    `${english(trials)} trials of ${english(samples)} tokens are ${english(samples * trials)} draws per method; the limit is ${english(MOST_DRAWS)}. Use fewer trials or samples.`,
  );
}

function checkTexts(
  methods: readonly MethodSpec[],
  samples: number,
  trials: number,
  maxNewTokens: number,
): void {
  wholeNumber('The number of samples', samples, 1, 64);
  wholeNumber('The number of trials', trials, 1, 100);
  const tokens = methods.length * samples * trials * maxNewTokens;
  if (tokens <= MOST_TOKENS) return;
  throw new RangeError(
    `${methods.length} methods with ${english(trials)} trials of ${samples} texts of ${english(maxNewTokens)} tokens are ${english(tokens)} tokens; the limit is ${english(MOST_TOKENS)}. Use fewer methods, trials, samples or new tokens.`,
  );
}
