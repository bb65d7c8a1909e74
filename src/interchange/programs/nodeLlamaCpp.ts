/**
 * node-llama-cpp, by the options of `LlamaCompletion.generateCompletion`. Its order is fixed: biases, penalties, DRY,
 * grammar, top-k, top-p, min-p, XTC and the temperature last. Source: llama/addon/AddonSampler.cpp, LlamaCompletion.
 */
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { Program } from '../program';
import { minPSlot, schemaIn, schemaNote, schemaStep, temperatureSlot, topKSlot, topPSlot } from '../slots';
import { biasSteps, summed, writtenIds } from '../tokenSlots';
import {
  isList,
  isObject,
  shown,
  stepOf,
  type GivenSettings,
  type Json,
  type Slot,
  type Written,
} from '../settings';

const NAME = 'node-llama-cpp';

/** Written in code as a `TokenBias`; here pairs of an id and a number, or `never`. */
const bias: Slot = {
  samplers: ['logit-bias', 'banned-tokens'],
  keys: { tokenBias: {} },
  write: (steps) => {
    const biases = summed(stepOf(steps, 'logit-bias')?.bias ?? []);
    const banned = stepOf(steps, 'banned-tokens') ? writtenIds('banned-tokens', steps) : [];
    const never = typeof banned === 'string' ? [] : banned.map((id): Json => [id, 'never']);
    const all = [...biases.map(([id, added]): Json => [id, { logit: added }]), ...never];
    return {
      settings: all.length > 0 ? { tokenBias: all } : {},
      notes: typeof banned === 'string' ? [banned] : [],
      left: typeof banned === 'string' ? ['banned-tokens'] : [],
    };
  },
  read: (given) => {
    const value = given.given('tokenBias');
    if (!isList(value)) {
      if (value !== undefined && value !== null)
        given.problem(t('{0} is {1}; it is not understood here.', 'tokenBias', shown(value)));
      return [];
    }
    const pairs = value.map((entry): [Json | undefined, Json | undefined] => {
      const [id, said] = isList(entry) ? entry : [];
      return [id, said === 'never' ? false : isObject(said) ? said['logit'] : said];
    });
    return biasSteps(given, 'tokenBias', pairs, -Infinity);
  },
};

/** What penalties look at. */
const generatedNote = (sampler: string): string =>
  t('{0}: in {1} only generated tokens count, here the prompt counts too.', sampler, NAME);

/** An object with three penalties, or false. */
const repeatPenalty: Slot = {
  samplers: ['repetition-penalty', 'frequency-penalty', 'presence-penalty'],
  keys: { repeatPenalty: { off: false, standard: { penalty: 1.1, lastTokens: 64 } } },
  write: (steps, { maxNewTokens }): Written => {
    const repetition = stepOf(steps, 'repetition-penalty');
    const frequency = stepOf(steps, 'frequency-penalty');
    const presence = stepOf(steps, 'presence-penalty');
    const present = [repetition, frequency, presence].filter((step) => step !== undefined);
    if (!repetition) {
      return {
        settings: { repeatPenalty: false },
        notes: present.map(({ sampler }) =>
          t('{0} is left out: {1} applies it only beside a repetition penalty.', sampler, NAME),
        ),
        left: present.map(({ sampler }) => sampler),
      };
    }
    const { window = 0 } = repetition;
    return {
      settings: {
        repeatPenalty: {
          penalty: repetition.penalty,
          ...(frequency && { frequencyPenalty: frequency.penalty }),
          ...(presence && { presencePenalty: presence.penalty }),
          lastTokens: window === 0 ? maxNewTokens : window,
        },
      },
      notes: present.map((step) =>
        (step.window ?? 0) === window
          ? generatedNote(step.sampler)
          : t(
              '{0}: in {1} only generated tokens count, here the prompt counts too, and all penalties have one window.',
              step.sampler,
              NAME,
            ),
      ),
    };
  },
  read: (given) => {
    const value = given.value('repeatPenalty');
    if (!isObject(value)) return [];
    const { penalty = 1.1, lastTokens = 64, frequencyPenalty = 0, presencePenalty = 0, ...rest } = value;
    tellOthers(given, 'repeatPenalty', rest);
    const window = { window: lastTokens };
    return [
      ...(penalty === 1 ? [] : [{ sampler: 'repetition-penalty', penalty, ...window }]),
      ...(frequencyPenalty === 0
        ? []
        : [{ sampler: 'frequency-penalty', penalty: frequencyPenalty, ...window }]),
      ...(presencePenalty === 0
        ? []
        : [{ sampler: 'presence-penalty', penalty: presencePenalty, ...window }]),
    ];
  },
};

function tellOthers(given: GivenSettings, key: string, rest: Readonly<Record<string, Json>>): void {
  for (const [name, value] of Object.entries(rest)) {
    given.problem(t('{0}: {1} is {2}: there is nothing like it here.', key, name, shown(value)));
  }
}

const dry: Slot = {
  samplers: ['dry'],
  keys: { dryRepeatPenalty: {} },
  write: (steps) => {
    const { multiplier, base, allowedLength, window = 0, breakers = [] } = stepOf(steps, 'dry')!;
    return {
      settings: {
        dryRepeatPenalty: {
          strength: multiplier,
          base,
          allowedLength,
          lastTokens: window === 0 ? null : window,
          sequenceBreakers: [],
        },
      },
      notes: [
        generatedNote('dry'),
        ...(breakers.length > 0
          ? [
              t(
                'dry: its {0} sequence breakers are token ids here and texts there; they are left out.',
                written(breakers.length),
              ),
            ]
          : []),
      ],
    };
  },
  read: (given) => {
    const value = given.given('dryRepeatPenalty');
    if (!isObject(value)) return [];
    const {
      strength = 0,
      base = 1.75,
      allowedLength = 2,
      lastTokens = null,
      sequenceBreakers,
      ...rest
    } = value;
    tellOthers(given, 'dryRepeatPenalty', rest);
    if (strength === 0) return [];
    if (!isList(sequenceBreakers) || sequenceBreakers.length > 0) {
      given.problem(t('dryRepeatPenalty: sequenceBreakers are token ids here, so none is taken over.'));
    }
    return [
      {
        sampler: 'dry',
        multiplier: strength,
        base,
        allowedLength,
        ...(lastTokens !== null && { window: lastTokens }),
      },
    ];
  },
};

const xtc: Slot = {
  samplers: ['xtc'],
  keys: { xtc: {} },
  write: (steps) => {
    const { probability, threshold } = stepOf(steps, 'xtc')!;
    return { settings: { xtc: { probability, threshold } } };
  },
  read: (given) => {
    const value = given.given('xtc');
    if (!isObject(value)) return [];
    const { probability, threshold } = value;
    return probability === 0 ? [] : [{ sampler: 'xtc', probability, threshold }];
  },
};

/** Written in code as a grammar that is made of the schema. */
const grammar: Slot = {
  samplers: ['json-schema'],
  keys: { grammar: {} },
  write: (steps) => ({ settings: { grammar: schemaIn(steps) }, notes: [schemaNote(NAME)] }),
  read: (given) => {
    const value = given.given('grammar');
    return value === undefined || value === null ? [] : [schemaStep(given, value)];
  },
};

export const nodeLlamaCpp: Program = {
  name: NAME,
  slots: [
    bias,
    repeatPenalty,
    dry,
    grammar,
    topKSlot(NAME, 'topK', 'exact', { standard: 40 }),
    topPSlot('topP', { standard: 0.95 }),
    minPSlot('minP', { always: true }),
    xtc,
    temperatureSlot('temperature', { standard: 0 }),
  ],
  runKeys: { maxNewTokens: 'maxTokens', seed: 'seed', stop: 'customStopTriggers', prompt: 'prompt' },
  instead: { regex: t('A GBNF grammar can say what may come.') },
  aside: [
    'onTextChunk',
    'onToken',
    'signal',
    'trimWhitespaceSuffix',
    'evaluationPriority',
    'contextShiftSize',
  ],
};
