/** Which tokens end a served model's texts, and which stands before them, as the files beside its tokenizer say. */
import { findModelJson, isJsonObject, SETTINGS_BYTES } from '../gpt2/checkpoint/boundedFile';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';

type Fields = Readonly<Record<string, unknown>>;

export interface ServedEnds {
  readonly endOfText: readonly number[];
  readonly startOfText: number | null;
  /** Tokens of the model's vocabulary by its config.json; undefined where that does not say. */
  readonly vocabularySize: number | undefined;
  readonly remarks: readonly string[];
}

/**
 * What ends a text is what `generation_config.json` says, as for every program that draws from the model; else what
 * `config.json` says, else the token that `tokenizer_config.json` names. What stands before one likewise. Where
 * nothing says, there is none.
 * @param idOf id of a token by its text.
 * @throws ModelFileError when a file is damaged.
 */
export async function readServedEnds(
  directory: string,
  idOf: (text: string) => number | undefined,
  tokens: number,
): Promise<ServedEnds> {
  const read = (name: string): Promise<Fields | undefined> =>
    findModelJson(directory, name, { bytes: SETTINGS_BYTES });
  const generation = (await read('generation_config.json')) ?? {};
  const all = (await read('config.json')) ?? {};
  // Models that see and hear have their language model's part in a field of its own.
  const config: Fields = { ...(isJsonObject(all['text_config']) ? all['text_config'] : {}), ...all };
  const tokenizer = (await read('tokenizer_config.json')) ?? {};
  const named = (key: string): unknown => {
    const token = tokenizer[key];
    const text = isJsonObject(token) ? token['content'] : token;
    return typeof text === 'string' ? idOf(text) : undefined;
  };
  const size = config['vocab_size'];
  const vocabularySize = Number.isSafeInteger(size) && (size as number) >= 1 ? (size as number) : undefined;
  const most = Math.max(tokens, vocabularySize ?? 0);
  const remarks: string[] = [];
  const idsOf = (key: string): number[] => {
    const said = generation[`${key}_id`] ?? config[`${key}_id`] ?? named(key) ?? [];
    const ids: unknown[] = [said].flat();
    const isId = (id: unknown): id is number =>
      Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) < most;
    const wrong = ids.filter((id) => !isId(id));
    if (wrong.length > 0) {
      remarks.push(
        t(
          '{0} in {1} is {2}, which is no token of the vocabulary (ids 0 to {3}), and is left out.',
          `${key}_id`,
          directory,
          JSON.stringify(wrong).slice(0, 80),
          written(most - 1),
        ),
      );
    }
    return [...new Set(ids.filter(isId))];
  };
  const endOfText = idsOf('eos_token');
  if (endOfText.length === 0) {
    remarks.push(
      t(
        "Nothing in {0} says which token ends a text, so every text goes on to the length that is asked for. Put the model's generation_config.json beside its tokenizer.",
        directory,
      ),
    );
  }
  return { endOfText, startOfText: idsOf('bos_token')[0] ?? null, vocabularySize, remarks };
}
