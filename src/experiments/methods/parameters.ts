/** What Methods is asked. */
import { parseChain } from '../../core/samplers/chain';
import { counted, t, whole as grouped } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { listOf, parameterObject, realNumber, show, textValue, wholeNumber } from '../kit/checks';
import { chat, drawnBy, maxNewTokens, prompt, seed, stop } from '../kit/commonParameters';
import { declare, type ParametersOf } from '../kit/declaration';
import { choice, custom, whole } from '../kit/parameters';
import { METHOD_CHOICES, METHOD_NUMBERS, shownName } from './list';
import type { MethodSpec } from './result';

const MOST_METHODS = 20;
/** Draws per method, over all trials. */
const MOST_DRAWS = 1_000_000;
/** New tokens of all texts together. */
const MOST_TOKENS = 1_000_000;

export const methodsParameters = declare(
  t('Methods'),
  {
    prompt,
    methods: custom<readonly MethodSpec[]>({
      name: t('The methods'),
      default: METHOD_CHOICES.filter(({ chapter }) => chapter).map(({ spec }) => spec(METHOD_NUMBERS)),
      read: (value) => {
        const methods = listOf(t('The methods'), value, MOST_METHODS, parseMethod);
        checkNames(methods);
        return methods;
      },
    }),
    /** Single next tokens, as in the chapter, or whole texts. */
    form: choice({
      name: t('The form'),
      label: t('compare by'),
      options: [
        { value: 'tokens', label: t('next tokens') },
        { value: 'continuations', label: t('whole texts') },
      ],
      default: 'tokens',
    }),
    /** Tokens or texts per trial. */
    samples: whole({
      name: t('The number of samples'),
      label: t('samples per trial'),
      least: 1,
      most: 10_000,
      default: 10,
    }),
    /** How often it is all done again, with other random numbers. */
    trials: whole({
      name: t('The number of trials'),
      label: t('trials'),
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
  const place = written(number);
  const given = parameterObject(t('method {0}', place), value);
  const name = textValue(t('The name of method {0}', place), given['name']);
  // Sentences and tables begin with it.
  if (name.trim() === '') {
    throw new RangeError(
      t('The name of method {0} is {1}; give it a visible name, for example beam.', place, show(name)),
    );
  }
  const called = shownName(name);
  const { kind } = given;
  switch (kind) {
    case 'sampling':
      return { name, kind, chain: parseChain(given['chain']) };
    case 'beam':
      return {
        name,
        kind,
        beams: parseBeams(called, given['beams']),
        lengthPenalty: parsePenalty(called, given),
      };
    case 'diverse-beam': {
      const beams = parseBeams(called, given['beams']);
      const groups = wholeNumber(t('{0}: groups', called), given['groups'], 1, beams);
      if (beams % groups !== 0) {
        throw new RangeError(
          t(
            '{0}: groups is {1}; it must divide the number of beams, {2}.',
            called,
            written(groups),
            written(beams),
          ),
        );
      }
      const diversity = realNumber(t('{0}: diversity', called), given['diversity'], { least: 0, most: 1000 });
      return { name, kind, beams, groups, diversity };
    }
    case 'contrastive':
      return {
        name,
        kind,
        k: wholeNumber(t('{0}: k', called), given['k'], 1, 64),
        alpha: realNumber(t('{0}: alpha', called), given['alpha'], { least: 0, most: 1 }),
      };
    default:
      throw new RangeError(
        t(
          'Method {0} has the kind {1}; it must be sampling, beam, diverse-beam or contrastive.',
          place,
          show(kind),
        ),
      );
  }
}

const parseBeams = (name: string, value: unknown): number => wholeNumber(t('{0}: beams', name), value, 1, 64);

const parsePenalty = (name: string, given: Readonly<Record<string, unknown>>): number =>
  realNumber(t('{0}: length penalty', name), given['lengthPenalty'], { least: -10, most: 10 });

function checkNames(methods: readonly MethodSpec[]): void {
  const names = methods.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new RangeError(t('Two methods are named {0}; give each a different name.', show(shownName(twice))));
  }
}

function checkTokens(methods: readonly MethodSpec[], samples: number, trials: number): void {
  const search = methods.find(({ kind }) => kind !== 'sampling');
  if (search) {
    throw new RangeError(
      t(
        '{0} writes whole texts and draws no single tokens; compare by whole texts, or leave it out.',
        shownName(search.name),
      ),
    );
  }
  if (samples * trials <= MOST_DRAWS) return;
  throw new RangeError(
    t(
      '{0} trials of {1} tokens are {2} draws per method; the limit is {3}. Use fewer trials or samples.',
      ...[trials, samples, samples * trials, MOST_DRAWS].map(grouped),
    ),
  );
}

function checkTexts(
  methods: readonly MethodSpec[],
  samples: number,
  trials: number,
  maxNewTokens: number,
): void {
  wholeNumber(t('The number of samples'), samples, 1, 64);
  wholeNumber(t('The number of trials'), trials, 1, 100);
  const tokens = methods.length * samples * trials * maxNewTokens;
  if (tokens <= MOST_TOKENS) return;
  throw new RangeError(
    t(
      '{0} with {1} of {2} of {3} are {4}; the limit is {5}. Use fewer methods, trials, samples or new tokens.',
      counted(methods.length, '{0} method', '{0} methods'),
      counted(trials, '{0} trial', '{0} trials'),
      counted(samples, '{0} text', '{0} texts'),
      counted(maxNewTokens, '{0} token', '{0} tokens'),
      counted(tokens, '{0} token', '{0} tokens'),
      grouped(MOST_TOKENS),
    ),
  );
}
