import { expect, it } from 'vitest';
import { frenchHoles, holes } from './holes';

it('what a sentence lacks is found', () => {
  const whole = ['T = 0.5 draws “pizza” 48 times.', 'All of 1,024 tokens (2 %) are kept...', ''];
  expect(whole.flatMap(holes)).toEqual([]);
  const broken = ['{0} tokens', 'undefined tokens', 'a  b', 'drawn () times', 'a, .', 'and NaN nats', ' a'];
  for (const sentence of broken) expect(holes(sentence), sentence).not.toEqual([]);
});

it('and what French asks for', () => {
  expect(frenchHoles('Le jeton «\u00A0pizza\u00A0» a 48\u00A0%\u00A0: il est gardé.')).toEqual([]);
  expect(frenchHoles('Le jeton a 48 % : il est gardé.')).not.toEqual([]);
});
