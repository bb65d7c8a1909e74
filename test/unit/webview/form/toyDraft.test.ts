import { describe, expect, it } from 'vitest';
import { TOY_DEFAULT } from '../../../../src/core/toyModel';
import { draftOf, readDraft, type ToyProblem, type ToyRow } from '../../../../webview/form/toyDraft';

const DRAFT = draftOf({ words: [...TOY_DEFAULT.words], logits: [...TOY_DEFAULT.logits] });
const withRow = (index: number, row: Partial<ToyRow>): ToyRow[] =>
  DRAFT.map((old, i) => (i === index ? { ...old, ...row } : old));

describe('a toy vocabulary being edited', () => {
  it('is the toy it was made from', () => {
    const read = readDraft(DRAFT);
    expect('toy' in read && read.toy).toEqual({ words: TOY_DEFAULT.words, logits: TOY_DEFAULT.logits });
  });

  it('takes words and logits with white space around them', () => {
    const read = readDraft(withRow(2, { word: ' soup ', logit: ' 3.5 ' }));
    expect('toy' in read && [read.toy.words[2], read.toy.logits[2]]).toEqual(['soup', 3.5]);
  });

  it.each<[string, ToyRow[], ToyProblem['field'], number, RegExp]>([
    ['an empty logit', withRow(1, { logit: '' }), 'logit', 1, /logit of "burger" is empty/],
    ['a logit that is a text', withRow(3, { logit: 'two' }), 'logit', 3, /"salad" is "two"/],
    ['a logit without end', withRow(3, { logit: 'Infinity' }), 'logit', 3, /"salad"/],
    ['a logit beyond float32', withRow(4, { logit: '1e39' }), 'logit', 4, /"sushi"/],
    ['an empty word', withRow(2, { word: ' ' }), 'word', 2, /Word 3/],
    ['two words in one', withRow(0, { word: 'hot dog' }), 'word', 0, /white space/],
    ['a word twice', withRow(4, { word: 'pizza' }), 'word', 4, /"pizza" twice/],
  ])('with %s names the row, the field and the fix', (_, draft, field, row, sentence) => {
    const read = readDraft(draft);
    expect(read).toMatchObject({ field, row });
    expect((read as ToyProblem).sentence).toMatch(sentence);
  });

  it('without any word says so', () => {
    expect(readDraft([])).toMatchObject({ sentence: expect.stringMatching(/no words/) as string });
  });
});
