import { expect, it } from 'vitest';
import { Form } from '../../../../../webview/form/form';
import { WholeText } from '../../../../../webview/form/wholeText';
import { trainingForm } from '../../../../../webview/experiments/training/form';

const text = new WholeText();
text.give('a letter', 'Once upon a time');
const { groups, parameters, values } = trainingForm(text);

/** What is asked when these controls stand otherwise than at first. */
function asked(changed: Readonly<Record<string, string | boolean>>): ReturnType<typeof parameters> {
  const form = new Form(groups);
  form.fill(changed);
  expect(form.firstError()).toBeNull();
  return parameters(form.values, '');
}

it('asks for what the book trains with at first', () => {
  expect(asked({})).toEqual({
    prompt: 'Once upon a time',
    action: 'start',
    text: 'Once upon a time',
    settings: {
      epochs: 1,
      context: 256,
      stride: 256,
      batchSize: 2,
      trainRatio: 0.9,
      learningRate: 0.0004,
      weightDecay: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      dropout: 0,
      warmupSteps: 0,
      decay: 'none',
      minimumLearningRate: 0,
      clipNorm: null,
      evaluateEvery: 5,
      evaluationBatches: 5,
      startText: 'Every effort moves you',
      sampleTokens: 50,
      seed: 123,
    },
    furtherEpochs: 1,
    checkpoints: { keep: 2, seconds: 60 },
  });
});

it('shows everything again that a saved training was asked', () => {
  const changed = {
    epochs: '3',
    learningRate: '0.001',
    cosine: true,
    clipNorm: '0.5',
    dropout: '0.1',
    startText: '',
    furtherEpochs: '0',
    keep: '4',
    seconds: '1.5',
  };
  const saved = asked(changed);
  expect(saved).toMatchObject({
    settings: { epochs: 3, learningRate: 0.001, decay: 'cosine', clipNorm: 0.5, dropout: 0.1, startText: '' },
    furtherEpochs: 0,
    checkpoints: { keep: 4, seconds: 1.5 },
  });
  const again = new Form(groups);
  again.fill(values(saved));
  expect(parameters(again.values, '')).toEqual(saved);
  // And takes back what the next one is asked otherwise.
  again.fill(values(asked({})));
  expect(parameters(again.values, '')).toEqual(asked({}));
});

it('leaves the controls as they are for what is no training', () => {
  for (const other of [null, 3, {}, { settings: 3 }]) expect(values(other)).toEqual({});
});
