import * as v from 'valibot';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { ServerConnection } from '../connection';
import { RemoteError } from '../remoteError';
import { wrongAnswers } from './problems';

const tokensSchema = v.object({ tokens: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.minLength(1)) });

/** The chat template that a server has for a model. */
export class ChatTemplate {
  constructor(
    private readonly connection: ServerConnection,
    private readonly model: string,
    private readonly vocabularySize: number,
  ) {}

  /** Whether there is one: base models have none, and the server says so only when it is asked. */
  async isThere(): Promise<boolean> {
    try {
      await this.apply('Hello');
      return true;
    } catch (error) {
      // A way that fails says nothing of the model; what the server answers, whatever its words, is that it has none.
      const isAnswered =
        error instanceof RemoteError && (error.code !== 'network' || error.said !== undefined);
      if (isAnswered) return false;
      throw error;
    }
  }

  /** Ids of a prompt in which the text is what a user says, and the model is to answer. @throws RemoteError */
  async apply(text: string): Promise<number[]> {
    const json = await this.connection.json({
      path: '/tokenize',
      body: {
        model: this.model,
        messages: [{ role: 'user', content: text }],
        add_generation_prompt: true,
        // The template has them.
        add_special_tokens: false,
      },
      what: t('the tokens of a chat'),
    });
    const read = v.safeParse(tokensSchema, json);
    const wrong = wrongAnswers(this.connection);
    if (!read.success) throw wrong(t('no tokens of a chat'));
    const { tokens } = read.output;
    const outside = tokens.find((id) => id < 0 || id >= this.vocabularySize);
    if (outside === undefined) return tokens;
    throw wrong(
      t(
        'token {0}, but the ids of its tokenizer are 0 to {1}',
        written(outside),
        written(this.vocabularySize - 1),
      ),
    );
  }
}
