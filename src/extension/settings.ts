import * as vscode from 'vscode';
import type { EngineSettings } from '../engine/client';
import type { Presets } from '../core/samplers/presets';
import { LONGEST_STOP, MOST_STOPS } from '../core/stopStrings';
import { allPresets, presetChain } from './presets/presets';
import { networkSettings } from './servers/networkSettings';
import { readServers, type ReadServers } from './servers/serverSettings';
import type { SurprisalScale } from './surprisal/surprisalScale';

const read = (name: string, scope?: vscode.ConfigurationScope): unknown =>
  vscode.workspace.getConfiguration('decodingLab', scope).get(name);

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** A whole number within its limits; settings are edited by hand and may hold anything. */
const whole = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && Number.isInteger(value) ? Math.min(high, Math.max(low, value)) : otherwise;

/** The texts of a list that can be used, each once. */
const texts = (value: unknown, entries: number, longest: number): string[] => {
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  const usable = given.filter(
    (entry): entry is string => typeof entry === 'string' && entry !== '' && entry.length <= longest,
  );
  return [...new Set(usable)].slice(0, entries);
};

/** The extension's settings, read when they are needed so that a change takes effect at once. */
export const settings = {
  /** Id of the model that a new panel starts with. */
  defaultModel: (): string => text(read('defaultModel'), 'fireside'),

  /** Id of the model that reads texts: the default one, unless that is the toy, whose logits ignore the text. */
  textModel(): string {
    const model = settings.defaultModel();
    return model === 'toy' ? 'fireside' : model;
  },

  /** Where models are kept, where they come from, and which ones a user added to the catalog. */
  library() {
    const endpoints = read('library.endpoints');
    const folder = text(read('library.folder'), '');
    return {
      folder: folder === '' ? undefined : folder,
      endpoints: Array.isArray(endpoints) ? endpoints.filter((e) => typeof e === 'string') : [],
      added: read('library.catalog') ?? [],
    };
  },

  /** The servers that the user has named: a setting of the machine, which no workspace has. */
  servers: (): ReadServers => readServers(read('servers')),

  /** The servers as they stand in the user settings, those among them that cannot be used: all are kept. */
  userServers(): readonly unknown[] {
    const value = vscode.workspace.getConfiguration('decodingLab').inspect<unknown>('servers')?.globalValue;
    return Array.isArray(value) ? value : [];
  },

  /** What the model process may use. */
  engine(): EngineSettings {
    const threads = whole(read('engine.threads'), 0, 256, 0);
    const memory = whole(read('engine.memoryLimit'), 0, 10_000_000, 0);
    const minutes = whole(read('engine.unloadAfter'), 0, 10_000, 10);
    return {
      ...(threads > 0 && { threads }),
      ...(memory > 0 && { memoryLimit: memory * 1e6 }),
      ...(minutes > 0 && { unloadAfter: minutes * 60_000 }),
      prioritize: read('engine.priority') !== 'equal',
      network: networkSettings((name) => vscode.workspace.getConfiguration('http').get(name)),
    };
  },

  surprisalScale: (): SurprisalScale => (read('surprisal.scale') === 'surprisal' ? 'surprisal' : 'rank'),

  /** The built-in presets and the user's own, by id. */
  presets: (): Presets => allPresets(read('presets')),

  /**
   * The user's own presets as they stand in the user settings, those among them that cannot be used: whoever
   * changes one must write the others back as they are.
   */
  userPresets(): Readonly<Record<string, unknown>> {
    const value = vscode.workspace.getConfiguration('decodingLab').inspect('presets')?.globalValue;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  },

  /** Id of the preset for suggestions. */
  inlinePreset: (document?: vscode.TextDocument): string =>
    text(read('inlineSuggest.preset', document), 'precise'),

  /** Everything that inline suggestions depend on for a document. */
  inline(document: vscode.TextDocument) {
    const mode = text(read('inlineSuggest.mode', document), 'manual');
    const languages = read('inlineSuggest.languages', document);
    const byLanguage =
      typeof languages === 'object' && languages !== null ? (languages as Record<string, unknown>) : {};
    const editor: unknown = vscode.workspace
      .getConfiguration('editor', document)
      .get('inlineSuggest.enabled');
    return {
      mode: mode === 'automatic' || mode === 'off' ? mode : 'manual',
      enabled: editor !== false && (byLanguage[document.languageId] ?? byLanguage['*'] ?? true) === true,
      delay: whole(read('inlineSuggest.delay', document), 0, 5000, 300),
      alternatives: whole(read('inlineSuggest.alternatives', document), 1, 8, 3),
      maxNewTokens: whole(read('inlineSuggest.maxNewTokens', document), 1, 100, 16),
      multiline: read('inlineSuggest.multiline', document) === true,
      stop: texts(read('inlineSuggest.stop', document), MOST_STOPS, LONGEST_STOP),
      ...presetChain(settings.presets(), settings.inlinePreset(document)),
    } as const;
  },
};
