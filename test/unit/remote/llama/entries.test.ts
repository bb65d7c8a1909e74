import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameOfModel, readFirstEntry, UnreadableAnswer } from '../../../../src/remote/llama/entries';
import { hasRecordings, recordings, wholeAnswer, type RecordedEntry } from './recordings';

interface Listed {
  readonly id: number;
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
}

const listed = fc.record({
  id: fc.nat(300_000),
  token: fc.oneof(
    fc.string(),
    fc.constantFrom('"', '\\', '"logprob":1', '{[', '}]', '"completion_probabilities":['),
  ),
  bytes: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 6 }),
  logprob: fc.oneof(
    fc.double({ min: -800, max: 0, noNaN: true }),
    fc.constantFrom(0, -0, -1e-7, -1.5e-320, -17, -123456789012345680000),
  ),
});

/** The keys of an entry in any order, with others among them. */
function shuffled(entry: object, further: object, turn: number): object {
  const pairs = Object.entries({ ...further, ...entry });
  return Object.fromEntries([...pairs.slice(turn % pairs.length), ...pairs.slice(0, turn % pairs.length)]);
}

function read(text: string): { chosen: unknown; list: unknown[] } {
  const list: unknown[] = [];
  const chosen = readFirstEntry(
    Buffer.from(text),
    (id, logProbability, bytes) => list.push({ id, logProbability, bytes: [...bytes!] }),
    true,
  );
  return { chosen, list };
}

describe('an entry of llama-server', () => {
  it('is read as JSON is, whatever is in it, in any order and with white space', () => {
    fc.assert(
      fc.property(
        listed,
        fc.array(listed, { maxLength: 5 }),
        fc.nat(5),
        fc.constantFrom(undefined, 1, '\t'),
        fc.dictionary(fc.string({ minLength: 13 }), fc.jsonValue(), { maxKeys: 2 }),
        (outer: Listed, inner: readonly Listed[], turn, indent, further) => {
          const list = inner.map((one) => shuffled(one, further, turn));
          const entry = shuffled({ ...outer, top_logprobs: list }, further, turn);
          const answer = { content: '"completion_probabilities":[{', completion_probabilities: [entry, 7] };
          const near = ({ id, logprob }: Listed): object => ({
            id,
            logProbability: expect.closeTo(logprob, logprob < -1e6 ? -6 : 11) as unknown,
          });
          expect(read(JSON.stringify(answer, null, indent))).toEqual({
            chosen: near(outer),
            list: inner.map((one) => ({ ...near(one), bytes: one.bytes })),
          });
        },
      ),
    );
  });

  it('is refused where it breaks off, at every byte', () => {
    const whole = JSON.stringify({
      completion_probabilities: [
        {
          ...{ id: 12, token: 'é"\\', bytes: [195, 169], logprob: -1.25e-3 },
          top_logprobs: [{ id: 7, token: 'x', bytes: [120], logprob: -2 }],
        },
      ],
    });
    const key = whole.indexOf(':') + 1;
    for (let length = key; length < whole.length - 2; length++) {
      expect(() => read(whole.slice(0, length))).toThrow(UnreadableAnswer);
    }
    expect(read(whole).list).toHaveLength(1);
  });

  it('is none where the answer has none', () => {
    expect(read('{"content":"x"}').chosen).toBeUndefined();
    expect(read('{"completion_probabilities":[]}').chosen).toBeUndefined();
  });

  it.skipIf(!hasRecordings)('is read as recorded, a whole vocabulary with its bytes', () => {
    const body = recordings().find(({ response }) => response.body.length > 1e6)!.response.body;
    const [entry] = wholeAnswer().completion_probabilities as [RecordedEntry];
    const { chosen, list } = read(body);
    expect(chosen).toEqual({ id: entry.id, logProbability: expect.closeTo(entry.logprob, 13) as unknown });
    const differing = entry.top_logprobs.filter(({ id, logprob, bytes }, i) => {
      const own = list[i] as { id: number; logProbability: number; bytes: number[] };
      const isNear = Math.abs(own.logProbability - logprob) <= 1e-14 * Math.abs(logprob);
      return own.id !== id || !isNear || own.bytes.join() !== bytes.join();
    });
    expect(list).toHaveLength(50_257);
    expect(differing).toEqual([]);
    expect(nameOfModel(Buffer.from(body))).toBe('fireside');
  });
});
