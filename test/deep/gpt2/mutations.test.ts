import { expect, it } from 'vitest';
import { temporaryFolder } from '../../unit/library/temporaryFolder';
import { tryMutations } from '../../unit/gpt2/mutations';

const at = temporaryFolder();

it('10,000 changed model folders are taken or refused in sentences', async () => {
  const { accepted, refused, raw } = await tryMutations(at('m'), 1_000, 10_000);
  expect(raw).toEqual([]);
  expect(accepted).toBeGreaterThan(1_000);
  expect(refused).toBeGreaterThan(1_000);
});
