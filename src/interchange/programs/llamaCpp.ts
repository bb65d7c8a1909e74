/**
 * llama.cpp, by the keys of llama-server's `/completion`.
 *
 * Its samplers act in the order of the list `samplers`, and those that are not in it do not act at all. Logit biases
 * and grammars come before them; adaptive-p always comes last, in place of the plain draw; under Mirostat only the
 * temperature acts beside it. Sources: tools/server/README.md, common/sampling.cpp.
 */
import type { SamplerName, SamplerSpec } from '../../core/samplers/catalog';
import { t } from '../../l10n/language';
import type { Arrangement, Program } from '../program';
import {
  endOfText,
  minPSlot,
  schemaIn,
  schemaNote,
  schemaStep,
  topKSlot,
  topNSigmaSlot,
  topPSlot,
  typicalSlot,
} from '../slots';
import { biasSteps, summed, writtenIds } from '../tokenSlots';
import { isList, isObject, shown, stepOf, type Json, type Slot } from '../settings';
import { adaptiveP, drySlot, mirostat, PENALTIES, penaltiesSlot, temperature, xtc } from './llamaCppSlots';

const NAME = 'llama.cpp';

const bias: Slot = {
  samplers: ['logit-bias', 'banned-tokens'],
  keys: { logit_bias: {} },
  write: (steps) => {
    const biases = summed(stepOf(steps, 'logit-bias')?.bias ?? []);
    const banned = stepOf(steps, 'banned-tokens') ? writtenIds('banned-tokens', steps) : [];
    if (typeof banned === 'string') {
      return {
        settings: biases.length > 0 ? { logit_bias: biases } : {},
        notes: [banned],
        left: ['banned-tokens'],
      };
    }
    return { settings: { logit_bias: [...biases, ...banned.map((id) => [id, false])] } };
  },
  read: (given) => {
    const value = given.given('logit_bias');
    if (value === undefined || value === null) return [];
    if (isObject(value)) return biasSteps(given, 'logit_bias', Object.entries(value), -Infinity);
    if (isList(value) && value.every((entry) => isList(entry) && entry.length === 2)) {
      const pairs = value
        .filter(isList)
        .map(([id, added]): [Json | undefined, Json | undefined] => [id, added]);
      return biasSteps(given, 'logit_bias', pairs, -Infinity);
    }
    given.problem(
      t('{0} is {1}; it must be pairs of a token id and a number or false.', 'logit_bias', shown(value)),
    );
    return [];
  },
};

/** An expression between slashes, and the inverse. */
const escaped = (expression: string): string =>
  expression.replace(/\\[^]|\//g, (found) => (found === '/' ? '\\/' : found));
const unescaped = (expression: string): string =>
  expression.replace(/\\[^]/g, (found) => (found === '\\/' ? '/' : found));

const schema: Slot = {
  samplers: ['json-schema', 'regex'],
  keys: { json_schema: {}, grammar: {} },
  write: (steps) =>
    stepOf(steps, 'json-schema')
      ? {
          settings: { json_schema: schemaIn(steps) },
          notes: [
            schemaNote(NAME),
            ...(stepOf(steps, 'regex')
              ? [t('regex is left out: {0} follows one shape at a time.', NAME)]
              : []),
          ],
          left: stepOf(steps, 'regex') ? ['regex'] : [],
        }
      : {
          settings: {
            grammar: `%llguidance {}\nstart: /${escaped(stepOf(steps, 'regex')!.expression)}/`,
          },
          notes: [
            t(
              'regex: {0} reads this grammar only if it was built with LLAMA_LLGUIDANCE; the syntax of its expressions is that of Rust.',
              NAME,
            ),
          ],
        },
  read: (given) => {
    const value = given.given('json_schema');
    const grammar = given.given('grammar');
    const expression =
      typeof grammar === 'string' ? /^%llguidance \{\}\nstart: \/(.*)\/$/s.exec(grammar) : null;
    if (expression) {
      return [{ sampler: 'regex', expression: unescaped(expression[1]!), ...endOfText(given) }];
    }
    if (grammar !== undefined && grammar !== null && grammar !== '') {
      given.problem(
        t('{0} is {1}: grammars are not followed here, only JSON schemas.', 'grammar', shown(grammar)),
      );
    }
    return value === undefined || value === null ? [] : [schemaStep(given, value)];
  },
};

/** The names in `samplers`, and what they stand for here. */
const LISTED: Readonly<Record<string, readonly SamplerName[]>> = {
  penalties: PENALTIES,
  dry: ['dry'],
  top_n_sigma: ['top-n-sigma'],
  top_k: ['top-k'],
  typ_p: ['typical'],
  top_p: ['top-p'],
  min_p: ['min-p'],
  xtc: ['xtc'],
  temperature: ['temperature', 'dynamic-temperature'],
  adaptive_p: ['adaptive-p'],
};

const STANDARD_ORDER = Object.keys(LISTED).filter((name) => name !== 'adaptive_p');

const listed = ({ sampler }: SamplerSpec): string | undefined =>
  Object.keys(LISTED).find((name) => LISTED[name]!.includes(sampler));

const isMirostat = ({ sampler }: SamplerSpec): boolean =>
  sampler === 'mirostat-1' || sampler === 'mirostat-2';

/** What acts before the list. */
const isFirst = (step: SamplerSpec): boolean => !isMirostat(step) && listed(step) === undefined;

const arrange: Arrangement = {
  chosen: (steps) => {
    const first = steps.find(isMirostat);
    if (!first) return { steps, notes: [] };
    const acts = (step: SamplerSpec): boolean =>
      step === first || isFirst(step) || step.sampler === 'temperature';
    return {
      steps: steps.filter(acts),
      notes: steps
        .filter((step) => !acts(step))
        .map(({ sampler }) =>
          t('{0} is left out: beside {1} {2} applies only the temperature.', sampler, first.sampler, NAME),
        ),
    };
  },
  write: (steps) => {
    const before = steps.filter(isFirst).map(({ sampler }) => sampler);
    const after = steps.filter((step) => isMirostat(step) || step.sampler === 'adaptive-p');
    const middle = steps.filter((step) => !isFirst(step) && !after.includes(step));
    const names = [...new Set(middle.map((step) => listed(step)!))];
    const order = names.flatMap((name) =>
      LISTED[name]!.filter((sampler) => middle.some((step) => step.sampler === sampler)),
    );
    const all = [...names, ...(after.some(({ sampler }) => sampler === 'adaptive-p') ? ['adaptive_p'] : [])];
    return {
      settings: all.length > 0 && !after.some(isMirostat) ? { samplers: all } : {},
      order: [...before, ...order, ...after.map(({ sampler }) => sampler)],
    };
  },
  read: (steps, given) => {
    const names = given.given('samplers') ?? STANDARD_ORDER;
    const first = steps.find(isMirostat);
    if (first) {
      const acts = steps.filter((step) => isFirst(step) || step.sampler === 'temperature' || step === first);
      for (const { sampler } of steps.filter((step) => !acts.includes(step))) {
        given.problem(
          t('{0} is not taken over: beside {1} {2} does not apply it.', sampler, first.sampler, NAME),
        );
      }
      return acts;
    }
    if (!isList(names)) {
      given.problem(t('{0} is {1}; it must be a list of names.', 'samplers', shown(names)));
      return steps;
    }
    for (const name of names) {
      if (typeof name !== 'string' || !Object.hasOwn(LISTED, name)) {
        given.problem(t('{0} names {1}: there is nothing like it here.', 'samplers', shown(name)));
      }
    }
    const place = (step: SamplerSpec): number => {
      const name = listed(step);
      return name === undefined
        ? -1
        : name === 'adaptive_p' && names.includes(name)
          ? Infinity
          : names.indexOf(name);
    };
    const acts = (step: SamplerSpec): boolean => isFirst(step) || place(step) !== -1;
    for (const { sampler } of steps.filter((step) => !acts(step))) {
      given.problem(
        t('{0} is not taken over: samplers does not name it, so {1} does not apply it.', sampler, NAME),
      );
    }
    const rank = (step: SamplerSpec): number => (isFirst(step) ? -1 : place(step));
    return steps.filter(acts).sort((a, b) => rank(a) - rank(b) || 0);
  },
};

const program = (none: boolean): Program => ({
  name: NAME,
  slots: [
    bias,
    schema,
    penaltiesSlot(NAME),
    drySlot(none),
    topNSigmaSlot('top_n_sigma'),
    topKSlot(NAME, 'top_k', 'exact', { standard: 40 }),
    typicalSlot('typical_p'),
    topPSlot('top_p', { standard: 0.95 }),
    minPSlot('min_p', { standard: 0.05 }),
    xtc,
    temperature,
    mirostat,
    adaptiveP,
  ],
  runKeys: { maxNewTokens: 'n_predict', seed: 'seed', stop: 'stop', prompt: 'prompt' },
  instead: {
    'no-repeat-ngram': t('DRY comes nearest.'),
    'allowed-tokens': t('A grammar can say what may come.'),
    'min-length': t('Only ignore_eos is there, which never lets a text end by itself.'),
    'banned-phrases': t('KoboldCpp, which builds on it, has banned_strings.'),
  },
  arrange,
  aside: [
    'model',
    'stream',
    'cache_prompt',
    'n_probs',
    'post_sampling_probs',
    'return_tokens',
    'id_slot',
    'n_keep',
    't_max_predict_ms',
    'timings_per_token',
    'n_indent',
    'response_fields',
    'lora',
    'min_keep',
  ],
});

/** By its server's keys. */
export const llamaCpp = program(false);

/** By the same keys, where they are flags. */
export const llamaCppFlags = program(true);
