import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesText, textsIn } from '../../../../webview/format/textLines';
import { PROPERTY } from '../../core/generators';

it('reads one text a line, with what hides written out', () => {
  expect(textsIn('\\n\\n\nUser:\n\n the end ')).toEqual(['\n\n', 'User:', ' the end ']);
  expect(textsIn('a\\\\n\r\n\\d\\t')).toEqual(['a\\n', '\\d\t']);
  expect(textsIn('')).toEqual([]);
});

it('shows any texts so that they are read again', () => {
  const text = fc.string({
    unit: fc.constantFrom('\\', '\n', '\r', '\t', 'n', 'r', 't', ' ', 'é'),
    minLength: 1,
  });
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      expect(textsIn(linesText(texts))).toEqual(texts);
    }),
    PROPERTY,
  );
});
