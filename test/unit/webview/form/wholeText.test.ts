import { expect, it } from 'vitest';
import { WholeText } from '../../../../webview/form/wholeText';

it('takes the text of a result that is shown again, and nothing of one that has none', () => {
  const source = new WholeText();
  source.giveFrom({ prompt: 'Once', text: 'Once upon a time' });
  expect(source.text).toBe('Once upon a time');
  for (const other of [undefined, null, 'text', {}, { text: 3 }]) source.giveFrom(other);
  expect(source.text).toBe('Once upon a time');
});
