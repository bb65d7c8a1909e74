/** The data of the events of a stream (`text/event-stream`). */
import type { ParseError } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import { nonsense, saidError, type Asked } from './problems';

/** The event after which OpenAI's protocol has nothing to say. */
const DONE = '[DONE]';

/**
 * What each event holds, up to `[DONE]` or the end. A field `error:` of llama-server's older versions is an error.
 * @param mostBytes of one event, and of all that comes between two.
 * @throws RemoteError
 */
export async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  asked: Asked,
  mostBytes: number,
): AsyncGenerator<string> {
  const events: string[] = [];
  let problem: Error | undefined;
  const tooMuch = (): Error => nonsense(asked, t('more than {0} without an event', inBytes(mostBytes)));
  const parser = createParser({
    maxBufferSize: mostBytes,
    onEvent: ({ data }) => events.push(data),
    onError: ({ type, field, value }: ParseError) => {
      if (type === 'max-buffer-size-exceeded') problem = tooMuch();
      if (type === 'unknown-field' && field === 'error') problem ??= saidError(asked, errorOf(value ?? ''));
    },
  });
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of chunks) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    bytes = events.length > 0 ? 0 : bytes + chunk.length;
    let done = false;
    for (const data of events.splice(0)) {
      done ||= data.trim() === DONE;
      if (!done) yield data;
    }
    if (bytes > mostBytes) throw tooMuch();
    if (problem) throw problem;
    if (done) return;
  }
}

function errorOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
