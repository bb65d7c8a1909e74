/** What stands in fields, and what is said of wrong values, where VS Code's display language is French. */
import '../../l10n/inFrench';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { TOY_DEFAULT } from '../../../../src/core/toyModel';
import { show } from '../../../../src/experiments/kit/checks';

vi.stubGlobal('document', { documentElement: { dataset: { numbers: 'fr' } } });
const { editField, firstError } = await import('../../../../webview/form/chainForm');
const { START_STEPS } = await import('../../../../webview/form/samplerSteps');
const { draftOf, readDraft } = await import('../../../../webview/form/toyDraft');
const { readTyped } = await import('../../../../webview/format/typedNumber');
afterAll(() => {
  vi.unstubAllGlobals();
});

describe('in French', () => {
  it('the toy’s logits have the decimal sign of the language, and are read with it', () => {
    const draft = draftOf(TOY_DEFAULT);
    expect(draft.map(({ logit }) => logit)).toEqual(['2', '1,5', '0,5', '0,2', '-0,1']);
    expect(readDraft(draft)).toMatchObject({ toy: { logits: [2, 1.5, 0.5, 0.2, -0.1] } });
  });

  it('a sampler is refused by the name of its control', () => {
    const form = editField(
      { steps: START_STEPS, texts: {}, errors: {} },
      'temperature.temperature',
      '-1',
      null,
    );
    expect(firstError(form)?.sentence).toMatch(/^température doit être /);
  });

  it('a refusal says how numbers are separated', () => {
    const typed = '0,5,1';
    const read = (): never => {
      throw new RangeError(`La température nᵒ 1 doit être un nombre ; valeur reçue : ${show(typed)}.`);
    };
    expect(() => readTyped([typed], 'real', read)).toThrow(/ Séparez les nombres par /);
  });

  it('a text that is no number stands in the quotation marks of the language', () => {
    expect(show('abc')).toBe('«\u00A0abc\u00A0»');
    expect(show('a\nb')).toBe('«\u00A0a\\nb\u00A0»');
  });
});
