import { describe, expect, it } from 'vitest';
import {
  checkContext,
  checkParts,
  type Parts,
  type Windows,
} from '../../../../src/experiments/kit/fittingWindows';
import { offersOf, type Offer } from '../../../../src/experiments/kit/offers';

const BOOK: Windows = { context: 256, stride: 256, batchSize: 2, trainRatio: 0.9 };
const place = (settings: object): Offer['parameters'] => ({ ...settings });

function refusal(act: () => void): { sentence: string; offers: readonly Offer[] } {
  try {
    act();
  } catch (error) {
    return { sentence: (error as Error).message, offers: offersOf(error) };
  }
  return { sentence: '', offers: [] };
}
const refused = (parts: Omit<Parts, 'text'>, settings = BOOK): ReturnType<typeof refusal> =>
  refusal(() => {
    checkParts({ text: 'short', ...parts }, settings, place);
  });

describe('a text that is too short', () => {
  it('is offered the longest windows, a power of two, of which each part has one', () => {
    // A window of 64 is followed by its last target: 65 tokens.
    const { sentence, offers } = refused({ training: 600, validation: 65 });
    expect(sentence).toMatch(/validation part .* 65 tokens, but a window of 256 tokens needs 257/);
    expect(sentence).toContain('Windows of 64 tokens fit both parts.');
    expect(offers.map(({ label }) => label)).toEqual(['Use windows of 64', 'Use The Verdict']);
    expect(offers[0]!.parameters).toEqual({ context: 64, stride: 64, batchSize: 2 });
    expect(refused({ training: 600, validation: 64 }).offers[0]!.label).toBe('Use windows of 32');
  });

  it('has smaller batches where the training part does not fill one', () => {
    const { sentence, offers } = refused({ training: 135, validation: null });
    expect(sentence).toMatch(/training part .* 135 tokens, but a batch of 2 windows of 256 tokens needs 513/);
    expect(sentence).toContain('Windows of 128 tokens fit.');
    expect(offers[0]).toMatchObject({
      label: 'Use windows of 128, batches of 1',
      parameters: { context: 128, stride: 128, batchSize: 1 },
    });
  });

  it('may be one for which no windows are offered', () => {
    const { sentence, offers } = refused({ training: 40, validation: 8 });
    expect(sentence).toMatch(
      /training part .* 40 tokens, .* needs 513\. Even windows of 8 tokens, .* need 9 tokens/,
    );
    expect(offers.map(({ label }) => label)).toEqual(['Use The Verdict']);
  });

  it.each([
    [513, 257],
    [513, null],
  ])('is none of %i and %s tokens', (training, validation) => {
    expect(refused({ training, validation }).sentence).toBe('');
  });

  it('is refused for no offer: what is offered fits', () => {
    for (let training = 9; training < 600; training += 7) {
      for (let validation = 9; validation < 300; validation += 5) {
        const [offer] = refused({ training, validation }).offers;
        if (!offer) continue;
        const settings = { ...BOOK, ...(offer.parameters as Partial<Windows>) };
        expect(refused({ training, validation }, settings).sentence).toBe('');
      }
    }
  });
});

it('Windows longer than the model reads are refused with its own', () => {
  const { sentence, offers } = refusal(() => {
    checkContext({ context: 512, stride: 512, batchSize: 2 }, 'fireside', 256, place);
  });
  expect(sentence).toMatch(/context length is 512, but fireside reads at most 256/);
  expect(offers.map(({ label, parameters }) => [label, parameters])).toEqual([
    ['Use windows of 256', { context: 256, stride: 256, batchSize: 2 }],
  ]);
});
