import { describe, expect, it } from 'vitest';
import { HubTokens } from '../../../../src/extension/models/hubTokens';

/** VS Code's secret storage, as far as it is used. */
function storage(start?: string): {
  secrets: ConstructorParameters<typeof HubTokens>[0];
  kept: Map<string, string>;
} {
  const kept = new Map(start === undefined ? [] : [['decodingLab.hubToken', start]]);
  return {
    kept,
    secrets: {
      get: (key) => Promise.resolve(kept.get(key)),
      store: (key, value) => Promise.resolve(void kept.set(key, value)),
      delete: (key) => Promise.resolve(void kept.delete(key)),
    },
  };
}

describe('access tokens', () => {
  it('belong to the address that they were given for', async () => {
    const { secrets, kept } = storage();
    const tokens = new HubTokens(secrets);
    await tokens.set('https://hub.example/', 'hf_a');
    await tokens.set('https://mirror.example/hf', 'hf_b');
    expect(await tokens.tokenFor('https://hub.example')).toBe('hf_a');
    expect(await tokens.tokenFor('HTTPS://HUB.example//')).toBe('hf_a');
    expect(await tokens.tokenFor('https://mirror.example/hf')).toBe('hf_b');
    for (const elsewhere of [
      'https://mirror.example',
      'https://mirror.example/hf2',
      'http://hub.example',
      'https://hub.example:8443',
      'https://hub.example.org',
      'https://huggingface.co',
    ]) {
      expect(await tokens.tokenFor(elsewhere)).toBeUndefined();
    }
    await tokens.set('https://hub.example', '');
    expect(await tokens.tokenFor('https://hub.example')).toBeUndefined();
    expect(await tokens.tokenFor('https://mirror.example/hf')).toBe('hf_b');
    await tokens.set('https://mirror.example/hf/', '');
    expect(kept.size).toBe(0);
  });

  it.each(['hf_old', '12345', '"hf"', '{"a":1}'])(
    'that were kept without an address (%s) are those of the hub, and of no mirror',
    async (old) => {
      const tokens = new HubTokens(storage(old).secrets);
      expect(await tokens.tokenFor('https://huggingface.co')).toBe(old);
      expect(await tokens.tokenFor('https://mirror.example')).toBeUndefined();
    },
  );
});
