import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../library/temporaryFolder';
import { tryMutations } from './mutations';

const at = temporaryFolder();

describe('a model folder whose files were changed', () => {
  it('is taken or refused in a sentence: nothing that was not meant comes through', async () => {
    const { accepted, refused, raw } = await tryMutations(at('m'), 1, 60);
    expect(raw).toEqual([]);
    // Changes that nobody refuses, or that everybody does, would show nothing.
    expect(accepted).toBeGreaterThan(15);
    expect(refused).toBeGreaterThan(15);
  });
});
