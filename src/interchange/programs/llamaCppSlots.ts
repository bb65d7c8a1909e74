/** llama.cpp's samplers by their keys; see `llamaCpp.ts`. */
import { written } from '../../l10n/numbers';
import { t } from '../../l10n/language';
import { isList, shown, stepOf, type Slot, type Written } from '../settings';

const NAME = 'llama.cpp';

/** Other programs count all tokens where they are told none; llama.cpp says so by -1, and 0 is none. */
const lastN = (window = 0): number => (window === 0 ? -1 : window);
const windowOf = (count: number | undefined): { window?: number } =>
  count === undefined || count < 0 ? {} : { window: count };

export const PENALTIES = ['repetition-penalty', 'frequency-penalty', 'presence-penalty'] as const;

/** One sampler of llama.cpp: three penalties over one window. */
export const penaltiesSlot = (program: string, repeat: { readonly standard?: number } = {}): Slot => ({
  samplers: PENALTIES,
  keys: {
    repeat_penalty: { off: 1, ...repeat },
    frequency_penalty: { off: 0 },
    presence_penalty: { off: 0 },
    repeat_last_n: { standard: 64 },
  },
  write: (steps): Written => {
    const repetition = stepOf(steps, 'repetition-penalty');
    const frequency = stepOf(steps, 'frequency-penalty');
    const presence = stepOf(steps, 'presence-penalty');
    const present = [repetition, frequency, presence].filter((step) => step !== undefined);
    const { window } = present[0]!;
    const others = present.filter((step) => (step.window ?? 0) !== (window ?? 0));
    return {
      settings: {
        ...(repetition && { repeat_penalty: repetition.penalty }),
        ...(frequency && { frequency_penalty: frequency.penalty }),
        ...(presence && { presence_penalty: presence.penalty }),
        repeat_last_n: lastN(window),
      },
      notes: others.map(({ sampler }) =>
        t('{0}: {1} has one window for all penalties, that of {2}.', sampler, program, present[0]!.sampler),
      ),
    };
  },
  read: (given) => {
    const values = [
      ['repetition-penalty', given.number('repeat_penalty'), 1],
      ['frequency-penalty', given.number('frequency_penalty'), 0],
      ['presence-penalty', given.number('presence_penalty'), 0],
    ] as const;
    const on = values.filter(([, value, off]) => value !== undefined && value !== off);
    if (on.length === 0) return [];
    const count = given.number('repeat_last_n');
    if (count === 0) return [];
    return on.map(([sampler, penalty]) => ({ sampler, penalty, ...windowOf(count) }));
  },
});

/** What ends repetitions where nothing is said. */
const BREAKERS = ['\n', ':', '"', '*'];

function breakersNotes(count: number, none: boolean): readonly string[] {
  if (count > 0) {
    return [
      none
        ? t(
            'dry: its {0} sequence breakers are token ids here and texts in {1}; they are left out.',
            written(count),
            NAME,
          )
        : t(
            'dry: its {0} sequence breakers are token ids here and texts in {1}; they are left out, and line ends, colons, quotes and asterisks break repetitions there.',
            written(count),
            NAME,
          ),
    ];
  }
  return none
    ? []
    : [t('dry: in {0} line ends, colons, quotes and asterisks break repetitions; here nothing does.', NAME)];
}

/** @param none whether a user can say that nothing breaks repetitions: on the command line, not to the server. */
export const drySlot = (none: boolean): Slot => ({
  samplers: ['dry'],
  keys: {
    dry_multiplier: { off: 0 },
    dry_base: { standard: 1.75 },
    dry_allowed_length: { standard: 2 },
    dry_penalty_last_n: { standard: 64 },
    dry_sequence_breakers: { standard: BREAKERS },
  },
  write: (steps) => {
    const { multiplier, base, allowedLength, window, breakers = [] } = stepOf(steps, 'dry')!;
    return {
      settings: {
        dry_multiplier: multiplier,
        dry_base: base,
        dry_allowed_length: allowedLength,
        dry_penalty_last_n: lastN(window),
        ...(none && { dry_sequence_breakers: [] }),
      },
      notes: breakersNotes(breakers.length, none),
    };
  },
  read: (given) => {
    const multiplier = given.number('dry_multiplier');
    if (multiplier === undefined || multiplier === 0) return [];
    const count = given.number('dry_penalty_last_n');
    if (count === 0) return [];
    const breakers = given.given('dry_sequence_breakers');
    if (!isList(breakers) || breakers.length > 0) {
      given.problem(
        t(
          'dry_sequence_breakers is {0}: breakers are token ids here, so none is taken over.',
          shown(breakers ?? BREAKERS),
        ),
      );
    }
    return [
      {
        sampler: 'dry',
        multiplier,
        base: given.number('dry_base'),
        allowedLength: given.number('dry_allowed_length'),
        ...windowOf(count),
      },
    ];
  },
});

export const xtc: Slot = {
  samplers: ['xtc'],
  keys: { xtc_probability: { off: 0 }, xtc_threshold: { standard: 0.1 } },
  write: (steps) => {
    const { probability, threshold } = stepOf(steps, 'xtc')!;
    return {
      settings: { xtc_probability: probability, xtc_threshold: threshold },
      notes:
        threshold > 0.5
          ? [
              t(
                'xtc: {0} switches it off where the threshold, {1}, is above {2}.',
                NAME,
                written(threshold),
                written(0.5),
              ),
            ]
          : [],
    };
  },
  read: (given) => {
    const probability = given.number('xtc_probability');
    if (probability === undefined || probability <= 0) return [];
    const threshold = given.number('xtc_threshold');
    return threshold !== undefined && threshold > 0.5 ? [] : [{ sampler: 'xtc', probability, threshold }];
  },
};

/** A fixed temperature, or one within a range around it that follows the entropy. */
export const temperature: Slot = {
  samplers: ['temperature', 'dynamic-temperature'],
  keys: {
    temperature: { off: 1, standard: 0.8 },
    dynatemp_range: { off: 0 },
    dynatemp_exponent: { standard: 1 },
  },
  write: (steps): Written => {
    const fixed = stepOf(steps, 'temperature');
    const dynamic = stepOf(steps, 'dynamic-temperature');
    if (fixed) {
      return {
        settings: { temperature: fixed.temperature },
        ...(dynamic && {
          notes: [t('dynamic-temperature is left out: {0} has it in place of the fixed temperature.', NAME)],
          left: ['dynamic-temperature'] as const,
        }),
      };
    }
    const { min, max, exponent } = dynamic!;
    if (max < min) {
      return {
        settings: {},
        notes: [
          t(
            'dynamic-temperature is left out: in {0} the temperature cannot fall as the entropy rises.',
            NAME,
          ),
        ],
        left: ['dynamic-temperature'],
      };
    }
    const middle = rounded((min + max) / 2);
    return {
      settings: {
        temperature: middle,
        dynatemp_range: rounded(max - middle),
        dynatemp_exponent: exponent,
      },
    };
  },
  read: (given) => {
    const middle = given.number('temperature');
    const range = given.number('dynatemp_range');
    if (middle !== undefined && range !== undefined && range > 0) {
      return [
        {
          sampler: 'dynamic-temperature',
          min: Math.max(0, rounded(middle - range)),
          max: rounded(middle + range),
          exponent: given.number('dynatemp_exponent'),
        },
      ];
    }
    return middle === undefined || middle === 1
      ? []
      : [{ sampler: 'temperature', temperature: Math.max(0, middle) }];
  },
};

/** Without the digits that halving and doubling leave behind. */
const rounded = (value: number): number => Number(value.toPrecision(12));

export const mirostat: Slot = {
  samplers: ['mirostat-1', 'mirostat-2'],
  keys: { mirostat: { off: 0 }, mirostat_tau: { standard: 5 }, mirostat_eta: { standard: 0.1 } },
  write: (steps) => {
    const step = stepOf(steps, 'mirostat-1') ?? stepOf(steps, 'mirostat-2')!;
    return {
      settings: {
        mirostat: step.sampler === 'mirostat-1' ? 1 : 2,
        mirostat_tau: step.tau,
        mirostat_eta: step.eta,
      },
      notes: [
        t(
          '{0}: {1} measures the surprise of a token after the cut, here it is measured before.',
          step.sampler,
          NAME,
        ),
      ],
    };
  },
  read: (given) => {
    const version = given.number('mirostat');
    if (version === undefined || version === 0) return [];
    if (version !== 1 && version !== 2) {
      given.problem(t('{0} is {1}; it must be 0, 1 or 2.', 'mirostat', String(version)));
      return [];
    }
    return [
      {
        sampler: `mirostat-${version}`,
        tau: given.number('mirostat_tau'),
        eta: given.number('mirostat_eta'),
      },
    ];
  },
};

export const adaptiveP: Slot = {
  samplers: ['adaptive-p'],
  keys: { adaptive_target: { off: -1 }, adaptive_decay: { standard: 0.9 } },
  write: (steps) => {
    const { target, decay = 0.9 } = stepOf(steps, 'adaptive-p')!;
    return { settings: { adaptive_target: target, adaptive_decay: decay } };
  },
  read: (given) => {
    const target = given.number('adaptive_target');
    if (target === undefined || target < 0) return [];
    const decay = given.number('adaptive_decay');
    return [{ sampler: 'adaptive-p', target, ...(decay !== 0.9 && { decay }) }];
  },
};
