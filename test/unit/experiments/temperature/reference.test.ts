/** A phrase on a reference server that lists 20 tokens, against the same model on this machine. */
import { expect, it } from 'vitest';
import { softmax } from '../../../../src/core/logits';
import { temperature } from '../../../../src/experiments/temperature';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { loadRemote } from '../../../../src/remote/loadRemote';
import { hasReference, startReference } from '../../remote/referenceServer';
import { runExperiment } from '../running';

const PROMPT = 'Once upon a time there was a king who';
const TARGET = ' pizza oven';
const TEMPERATURES = [0.5, 1, 2];

it.skipIf(!hasReference)(
  'scores a phrase that is not listed with the text, within 1e-4 of the local model',
  async () => {
    const local = await loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' });
    const server = await startReference('vllm', 'models/kindling');
    try {
      const model = await loadRemote(
        {
          ...{ kind: 'remote', id: 'r', name: 'Kindling', model: 'kindling' },
          ...{ server: { name: 'Rack 7', address: server.address }, tokenizer: { kind: 'gpt2' } },
        },
        {},
      );
      const asked = { prompt: PROMPT, target: TARGET.trim(), temperatures: TEMPERATURES, draws: 20, seed: 1 };
      const { result } = await runExperiment(temperature, model, { ...asked, leadingSpace: true });
      expect(result.listed!.scored).toBeGreaterThan(0);
      expect(result.provenance.drawnBy).toBe('server');
      const prompt = await local.encode(PROMPT);
      const ids = await local.encode(TARGET);
      for (const { temperature: t, least, most, draws } of result.listed!.rows) {
        let exact = 0;
        for (const [at, id] of ids.entries()) {
          const [next] = await local.next([{ tokens: [...prompt, ...ids.slice(0, at)] }]);
          exact += Math.log(softmax(Array.from(next!.logits, (logit) => logit / t))[id]!);
        }
        expect(draws).toBe(20);
        expect(Math.log(least)).toBeLessThanOrEqual(exact + 1e-3);
        expect(Math.log(most)).toBeGreaterThanOrEqual(exact - 1e-3);
        if (t === 1) expect(Math.abs(Math.log(most) - exact)).toBeLessThan(1e-4 * ids.length);
      }
    } finally {
      await server.stop();
      await local.dispose();
    }
  },
);
