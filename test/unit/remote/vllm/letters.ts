/** A fake model of letters, of which a server says whatever a test wants. */
import type { LanguageModel, Vocabulary } from '../../../../src/core/languageModel';
import type { RemoteTokenizer } from '../../../../src/remote/tokenizer';
import { connectVllm } from '../../../../src/remote/vllm';
import { startFake, type Answers, type FakeServer } from '../fakeServer';

export type Body = Readonly<Record<string, unknown>>;

/** Tokens of one byte each, of which many are the same. */
function letters(size: number): RemoteTokenizer {
  const vocabulary: Vocabulary = {
    bytes: Uint8Array.from({ length: size }, (_, id) => 97 + (id % 26)),
    offsets: Uint32Array.from({ length: size + 1 }, (_, id) => id),
  };
  return {
    vocabulary,
    encode: (text) => Array.from(text, (letter) => letter.charCodeAt(0) - 97),
    decode: (ids) => ids.map((id) => String.fromCharCode(97 + (id % 26))).join(''),
    endOfText: [25],
    startOfText: null,
    before: [],
  };
}

export interface ServedLetters {
  readonly model: LanguageModel;
  readonly fake: FakeServer;
}

/** A model with so many tokens whose completions are what `answer` makes of a request. */
export async function serveLetters(
  size: number,
  answer: Answers[string],
  mostListed = size,
  more: Answers = {},
): Promise<ServedLetters> {
  const fake = await startFake({ '/v1/completions': answer, ...more });
  const server = { name: 'Fake', address: fake.address };
  const model = await connectVllm(
    fake.connection,
    { kind: 'remote', id: 'm', name: 'letters', server, model: 'letters', tokenizer: { kind: 'gpt2' } },
    {
      kind: 'vllm',
      version: '',
      models: [{ id: 'letters', contextLength: 64 }],
      mostListed,
      needsKey: false,
    },
    letters(size),
  );
  return { model, fake };
}
