/** Where each setting may be set, and that none of a workspace that is not trusted acts. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly configuration: readonly {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    }[];
  };
}

/**
 * Every setting, by who decides on it.
 *
 * - `machine`: the user alone. Where files lie, what is asked over the network, what the machine gives.
 * - `machine-overridable`, `window`, `resource`: a workspace too, once it is trusted. What is shown and suggested.
 */
const SCOPES: Readonly<Record<string, 'machine' | 'machine-overridable' | 'window' | 'resource'>> = {
  'decodingLab.defaultModel': 'machine-overridable',
  'decodingLab.surprisal.scale': 'window',
  'decodingLab.presets': 'window',
  'decodingLab.inlineSuggest.mode': 'resource',
  'decodingLab.inlineSuggest.languages': 'resource',
  'decodingLab.inlineSuggest.preset': 'resource',
  'decodingLab.inlineSuggest.stop': 'resource',
  'decodingLab.inlineSuggest.alternatives': 'resource',
  'decodingLab.inlineSuggest.maxNewTokens': 'resource',
  'decodingLab.inlineSuggest.multiline': 'resource',
  'decodingLab.inlineSuggest.delay': 'resource',
  'decodingLab.engine.threads': 'machine',
  'decodingLab.engine.memoryLimit': 'machine',
  'decodingLab.engine.unloadAfter': 'machine',
  'decodingLab.engine.priority': 'machine',
  'decodingLab.library.folder': 'machine',
  'decodingLab.library.endpoints': 'machine',
  'decodingLab.library.catalog': 'machine',
  'decodingLab.servers': 'machine',
};

const { capabilities, contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

describe('Every setting', () => {
  it('has the scope that was decided on', () => {
    const scopes = contributes.configuration.flatMap(({ properties }) =>
      Object.entries(properties).map(([name, { scope }]) => [name, scope]),
    );
    expect(Object.fromEntries(scopes)).toEqual(SCOPES);
  });

  it('is ignored in a workspace that is not trusted, where a workspace can set it at all', () => {
    const settable = Object.keys(SCOPES).filter((name) => SCOPES[name] !== 'machine');
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    expect([...restrictedConfigurations].sort()).toEqual(settable.sort());
  });
});
