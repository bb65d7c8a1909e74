/** Which tokens end a text and which one stands before its first, as a model's configuration files say. */
import type { ModelInfo } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** The part of a model's description that this file decides. */
export type TextEnds = Required<Pick<ModelInfo, 'endOfText' | 'startOfText' | 'remarks'>>;

type Fields = Readonly<Record<string, unknown>>;

/** What transformers' GPT2Config takes where a config.json does not have the key; a null in it means none. */
const GPT2_DEFAULT = 50256;

/** Ids that a remark lists. */
const LISTED = 5;

const CONFIG = 'config.json';
const GENERATION = 'generation_config.json';

/**
 * Reads `eos_token_id` (one id, several or none) and `bos_token_id` with the precedence that transformers'
 * `generate` gives them: where there is a generation_config.json, it alone decides what ends a text, and config.json
 * is asked only where there is none. Nothing is drawn before a text's first token, so for that one config.json is
 * asked also where generation_config.json is silent; a model without it starts from its first end of text, which for
 * GPT-2 is the same token.
 *
 * Ids that the vocabulary does not have can never be drawn: they are left out, with a remark.
 * @param generation the fields of generation_config.json; undefined where there is none.
 */
export function readTextEnds(
  config: Fields,
  generation: Fields | undefined,
  vocabularySize: number,
): TextEnds {
  const remarks: string[] = [];
  const limits = t('ids 0 to {0}', written(vocabularySize - 1));
  const isId = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < vocabularySize;

  const eosIn = generation ? GENERATION : CONFIG;
  const eos = (generation ?? config)['eos_token_id'];
  const named = eos === undefined && !generation ? GPT2_DEFAULT : eos;
  const all: unknown[] = Array.isArray(named) ? named : [named ?? []].flat();
  const endOfText = [...new Set(all.filter(isId))];
  const wrong = all.filter((id) => !isId(id));
  const none =
    endOfText.length === 0 ? [t('No token ends a text, so it goes on to the length that is asked for.')] : [];
  if (wrong.length > 0) {
    remarks.push(
      [
        eos === undefined
          ? t(
              '{0} names no eos_token_id, and that of GPT-2, {1}, is outside the vocabulary ({2}).',
              CONFIG,
              written(GPT2_DEFAULT),
              limits,
            )
          : t(
              'eos_token_id in {0} is {1}, which is no token of the vocabulary ({2}), and is left out.',
              eosIn,
              list(wrong),
              limits,
            ),
        ...none,
      ].join(' '),
    );
  }

  const bosIn = generation?.['bos_token_id'] === undefined ? CONFIG : GENERATION;
  const bos = bosIn === GENERATION ? generation!['bos_token_id'] : config['bos_token_id'];
  // A null in generation_config.json is what is written for a model whose config.json has none.
  const first = bos ?? config['bos_token_id'];
  const start = first === undefined ? GPT2_DEFAULT : first;
  if (first !== undefined && first !== null && !isId(first)) {
    remarks.push(
      t(
        'bos_token_id in {0} is {1}, which is no token of the vocabulary ({2}), and is left out.',
        bos === undefined || bos === null ? CONFIG : bosIn,
        list([first]),
        limits,
      ),
    );
  }
  return { endOfText, startOfText: isId(start) ? start : (endOfText[0] ?? null), remarks };
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, LISTED).map((value) => JSON.stringify(value).slice(0, 40));
  const more = values.length - shown.length;
  return more > 0 ? t('{0} and {1} more', shown.join(', '), written(more)) : shown.join(', ');
}
