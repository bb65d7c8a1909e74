import { expect, it } from 'vitest';
import type { Context } from '../../../src/core/languageModel';
import { ToyModel } from '../../../src/core/toyModel';
import { readAhead } from '../../../src/engine/readAhead';
import { explore } from '../../../src/experiments/explore';
import { runExperiment } from '../experiments/running';

it.each([1, 63, 64, 65, 200])(
  'A text of %d tokens is read ahead as Explore begins to read it',
  async (length) => {
    const read: (readonly number[])[] = [];
    class Recording extends ToyModel {
      override next(contexts: readonly Context[]) {
        read.push(...contexts.map(({ tokens }) => [...tokens]));
        return super.next(contexts);
      }
    }
    const model = new Recording({ words: ['one', 'two', 'three'], logits: [1, 2, 3] });
    const text = Array.from({ length }, (_, i) => ['one', 'two', 'three'][i % 3]).join(' ');
    await readAhead(model, text);
    expect(read).toHaveLength(1);
    await runExperiment(explore, model, {
      prompt: text,
      chain: [],
      greedy: false,
      seed: 1,
      samples: 0,
      maxNewTokens: 40,
    });
    expect(read[1]).toEqual(read[0]);
  },
);
