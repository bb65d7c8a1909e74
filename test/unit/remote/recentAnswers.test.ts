import { expect, it } from 'vitest';
import { RecentAnswers } from '../../../src/remote/recentAnswers';
import { RemoteError } from '../../../src/remote/remoteError';

it('forgets its answers when the server cannot be reached, which may be started anew', async () => {
  const recent = new RecentAnswers(1e6);
  let asked = 0;
  const next = (): Promise<unknown> =>
    recent.answersTo([{ tokens: [1] }], (questions) => {
      for (const { answered } of questions) {
        asked++;
        answered({ logits: Float32Array.of(0), cache: { length: 1 } });
      }
      return Promise.resolve();
    });
  await next();
  await next();
  expect(asked).toBe(1);
  const lost = recent.answersTo([{ tokens: [2] }], () =>
    Promise.reject(new RemoteError('network', 'Box cannot be reached.')),
  );
  await expect(lost).rejects.toThrow('cannot be reached');
  await next();
  expect(asked).toBe(2);
});
