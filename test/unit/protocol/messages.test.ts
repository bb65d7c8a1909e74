import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_PROMPT_LENGTH,
  PROTOCOL_VERSION,
  readFromPanel,
  readToPanel,
} from '../../../src/protocol/messages';
import '../fixedSeed';

describe('messages from the panel', () => {
  it('are refused as values, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readFromPanel(value)).toBeNull();
        expect(readToPanel(value)).toBeNull();
      }),
    );
  });

  it('are read when they are whole', () => {
    expect(readFromPanel({ type: 'cancel', request: 3 })).toEqual({ type: 'cancel', request: 3 });
  });

  it.each([
    ['a fractional request id', { type: 'cancel', request: 1.5 }],
    ['a negative request id', { type: 'cancel', request: -1 }],
    ['a request id that is text', { type: 'cancel', request: '1' }],
    ['a missing request id', { type: 'cancel' }],
    ['an unknown way of inserting', { type: 'insert', request: 1, how: 'delete', text: '' }],
    ['a text beyond the limit', { type: 'insert', request: 1, how: 'after', text: 'x'.repeat(1_000_001) }],
    [
      'toy logits that are not numbers',
      { type: 'load', request: 1, model: 'toy', toy: { words: ['a'], logits: ['1'] } },
    ],
    ['a NaN logit', { type: 'load', request: 1, model: 'toy', toy: { words: ['a'], logits: [Number.NaN] } }],
  ])('are refused with %s', (_, message) => {
    expect(readFromPanel(message)).toBeNull();
  });
});

describe('messages to the panel', () => {
  const source = { text: 'x', document: 'a.txt', place: 'Ln 1, Col 2', kind: 'selection', notes: [] };

  it('carry typed arrays as they are', () => {
    const bytes = new Uint8Array([104, 105]);
    const offsets = new Uint32Array([0, 1, 2]);
    const info = {
      id: 'toy',
      name: 'toy',
      kind: 'toy',
      vocabularySize: 2,
      contextLength: 8,
      endOfText: [],
      startOfText: null,
      fingerprint: '00',
      precision: 'fp64',
      parameters: 0,
    };
    const read = readToPanel({ type: 'model', request: 0, info, vocabulary: { bytes, offsets } });
    expect(read?.type === 'model' && read.vocabulary.bytes).toBe(bytes);
    expect(read?.type === 'model' && read.vocabulary.offsets).toBe(offsets);
  });

  it('of another protocol version are refused', () => {
    const welcome = {
      type: 'welcome',
      models: [],
      defaultModel: 'toy',
      toy: { words: ['a'], logits: [0] },
    };
    expect(readToPanel({ ...welcome, version: PROTOCOL_VERSION })).not.toBeNull();
    expect(readToPanel({ ...welcome, version: PROTOCOL_VERSION + 1 })).toBeNull();
  });

  it('hold a prompt up to the limit and no longer', () => {
    const prompt = (length: number) => ({
      type: 'prompt',
      source: { ...source, text: 'x'.repeat(length) },
      run: true,
    });
    expect(readToPanel(prompt(MAX_PROMPT_LENGTH))).not.toBeNull();
    expect(readToPanel(prompt(MAX_PROMPT_LENGTH + 1))).toBeNull();
  });
});
