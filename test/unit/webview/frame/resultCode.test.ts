/** A result's run as another program's text. */
import { expect, it } from 'vitest';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { explore } from '../../../../src/experiments/explore';
import { exploreParameters } from '../../../../src/experiments/explore/parameters';
import { codeOf } from '../../../../webview/frame/resultCode';
import { runExperiment } from '../../experiments/running';

it('names tokens by their ids where the model is at hand, and says that they are left out where it is not', async () => {
  const model = new ToyModel(TOY_DEFAULT);
  const parameters = exploreParameters.parse({
    ...{ prompt: 'pizza', greedy: false, seed: 1, samples: 1, maxNewTokens: 2 },
    chain: [{ sampler: 'allowed-tokens', texts: [' pasta', ' sushi'] }],
  });
  const { result } = await runExperiment(explore, model, parameters);
  const outcome = {
    order: { model: 'toy', toy: undefined, parameters },
    result,
    savedId: null,
    conclusion: '',
  };
  const request = (loaded: ToyModel | undefined): string =>
    codeOf('code-vllm-server', outcome, loaded)?.text.replace(/\s+/gu, '') ?? '';
  expect(request(model)).toContain('"allowed_token_ids":[2,4]');
  expect(request(undefined)).not.toContain('allowed_token_ids');
  expect(codeOf('code-vllm-server', outcome, undefined)?.notes.join()).toContain(
    'allowed-tokens is left out',
  );
});
