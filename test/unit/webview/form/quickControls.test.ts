import { describe, expect, it } from 'vitest';
import { ChainEditor } from '../../../../webview/form/chainEditor';
import { chainOfSteps, firstOf, isOff, valueOf } from '../../../../webview/form/samplerSteps';

function editorOf(steps: ChainEditor['steps']): ChainEditor {
  const editor = new ChainEditor(() => ({ vocabularySize: 100, endOfText: [] }));
  editor.steps = steps;
  return editor;
}

const brief = (editor: ChainEditor): unknown =>
  chainOfSteps(editor.steps).map(({ sampler, ...values }) => [sampler, values]);

describe('A quick control', () => {
  it('moves the first sampler of its kind', () => {
    const editor = editorOf([
      { key: 'temperature', sampler: 'temperature', values: { temperature: 1 } },
      { key: 'temperature-2', sampler: 'temperature', values: { temperature: 2 } },
    ]);
    editor.slideFirst('temperature', 0.5);
    expect(brief(editor)).toEqual([
      ['temperature', { temperature: 0.5 }],
      ['temperature', { temperature: 2 }],
    ]);
  });

  it('adds a sampler that the chain has not, where Transformers has it', () => {
    const editor = editorOf([
      { key: 'temperature', sampler: 'temperature', values: { temperature: 1 } },
      { key: 'top-p', sampler: 'top-p', values: { p: 0.9 } },
    ]);
    editor.slideFirst('top-k', 5);
    expect(brief(editor)).toEqual([
      ['temperature', { temperature: 1 }],
      ['top-k', { k: 5 }],
      ['top-p', { p: 0.9 }],
    ]);
  });

  it('switches on what is off', () => {
    const editor = editorOf([{ key: 'top-k', sampler: 'top-k', values: { k: null } }]);
    expect(isOff(editor.steps[0]!)).toBe(true);
    editor.slideFirst('top-k', 7);
    expect(brief(editor)).toEqual([['top-k', { k: 7 }]]);
  });

  it('shows a sampler that the chain has not as one that does nothing', () => {
    const value = (sampler: 'temperature' | 'top-k' | 'top-p'): unknown => {
      const { step, parameter } = firstOf([], sampler);
      return valueOf(step, parameter);
    };
    expect([value('temperature'), value('top-k'), value('top-p')]).toEqual([1, null, 1]);
  });
});
