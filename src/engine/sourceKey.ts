/** Which sources give the same model. */
import { createHash } from 'node:crypto';
import type { ModelSource } from './protocol';

/** Equal for sources that give the same model. */
export function keyOf(source: ModelSource): string {
  switch (source.kind) {
    case 'toy':
      return JSON.stringify(['toy', source.words, source.logits]);
    case 'gpt2':
      return JSON.stringify(['gpt2', source.id, source.directory, source.precision ?? 'fp32']);
    case 'remote': {
      const { id, server, model, tokenizer } = source;
      const { name, address, key } = server;
      return JSON.stringify(['remote', id, name, address, digestOf(key), model, tokenizer]);
    }
  }
}

/** What is equal for equal secrets, and does not tell them. */
function digestOf(secret: string | undefined): string | null {
  return secret === undefined ? null : createHash('sha256').update(secret).digest('hex');
}
