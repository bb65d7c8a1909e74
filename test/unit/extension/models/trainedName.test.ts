import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { modelLabel, trainedName } from '../../../../src/extension/models/trainedName';

vi.mock('vscode', () => ({
  env: { language: 'en' },
  l10n: {
    t: (text: string, ...parts: readonly string[]) =>
      text.replace(/\{(\d)\}/g, (_, index) => parts[Number(index)] ?? ''),
  },
}));

describe('the name of a trained model', () => {
  const zone = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'UTC';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('is its step, when it was written, and what it came from', () => {
    // 2026-11-27T14:05:13Z.
    const folder = `step-1300-${Date.UTC(2026, 10, 27, 14, 5, 13)}`;
    const name = trainedName(folder, 'fireside', 1300).replaceAll('\u202F', ' ');
    expect(name).toBe('Step 1,300, Nov 27, 2026, 2:05 PM · from fireside');
    expect(modelLabel(`${folder}-2@int8`)).toMatch(/^Step 1,300, Nov 27, 2026, .*@int8$/);
  });

  it('is its step where the folder tells no more, and other ids stay as they are', () => {
    expect(trainedName('mine', 'fireside', 7)).toBe('Step 7 · from fireside');
    for (const id of ['fireside', 'gpt2@int4', 'step-7', 'step-7-12', 'my step-13-1795841513285']) {
      expect(modelLabel(id)).toBe(id);
    }
  });

  it('names a served model with its server', () => {
    expect(modelLabel('server:gpu1/openai-community/gpt2')).toBe('openai-community/gpt2 · gpu1');
  });
});
