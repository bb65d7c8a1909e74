/** What cannot be said in other programs' settings, and what is not understood of them, where VS Code speaks French. */
import '../l10n/inFrench';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPasted, SOURCES } from '../../../src/interchange/paste';
import { copyAs, TARGET_IDS } from '../../../src/interchange/targets';
import { depth } from '../depth';
import { leftInEnglish } from '../l10n/english';
import { frenchHoles } from '../l10n/holes';
import { anyChain, ORDINARY, run } from './chains';

const wrong = (sentences: readonly string[]): unknown[] =>
  sentences.flatMap((sentence) => [
    ...frenchHoles(sentence),
    ...(leftInEnglish(sentence) === undefined ? [] : [sentence]),
  ]);

describe('notes in French', () => {
  it.each(TARGET_IDS)('are whole for %s, whatever the chain', (id) => {
    fc.assert(
      fc.property(
        anyChain,
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        fc.subarray(['Fin.', 'STOP']),
        (chain, greedy, samples, stop) => {
          expect(wrong(copyAs(id, run(chain, { greedy, samples, stop })).notes)).toEqual([]);
        },
      ),
      { numRuns: depth(40, 400) },
    );
  });

  it('say of each sampler what a program lacks, in comments of the code as well', () => {
    for (const id of TARGET_IDS) {
      const chain = Object.values(ORDINARY);
      expect(wrong(copyAs(id, run(chain)).notes)).toEqual([]);
    }
    const { text } = copyAs('vllm', run([ORDINARY.dry]));
    expect(text).toContain('# Le modèle employé ici\u00a0: fireside.\n');
    expect(text).toContain(
      '# dry est laissé de côté\u00a0: vLLM n’a rien de semblable. Ses pénalités connaissent les jetons, pas les répétitions.\n',
    );
  });

  it('name what cannot be read of any program', () => {
    const odd = {
      ...{ temperature: 'warm', top_p: 3, top_k: -7, logit_bias: 5, samplers: 'x', grammar: 'root' },
      ...{
        seed: 0.5,
        stop: 7,
        prompt: [1],
        mirostat: 7,
        do_sample: 'maybe',
        response_format: {},
        nothing: 1,
      },
      ...{ bad_words_ids: [[1, 2]], sequence_bias: 3, structured_outputs: { choice: 1 }, format: 'xml' },
    };
    for (const { id } of SOURCES) {
      const read = readPasted(JSON.stringify(odd), { source: id });
      expect(wrong(typeof read === 'string' ? [read] : [...read.notUnderstood, ...read.assumed])).toEqual([]);
    }
    const none = readPasted('Il était une fois');
    expect(none).toMatch(/^Ce n’est aucun des types/);
  });
});
