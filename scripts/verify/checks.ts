/** What is published of a model, and whether the model here does the same. */
import type { LanguageModel } from '../../src/core/languageModel';
import { loss } from '../../src/experiments/loss';
import { lossParameters } from '../../src/experiments/loss/parameters';
import { isTheVerdict } from '../../src/experiments/kit/theVerdict';
import { compare, greedy, sameIds } from '../oracles/modelChecks';

/** Published figures of one model. */
export interface Figures {
  /** A prompt and its greedy continuation, as text. */
  readonly greedy?: { readonly prompt: string; readonly continuation: string; readonly tokens: number };
  /** Mean losses on "The Verdict", in nats per token. */
  readonly losses?: { readonly training: number; readonly validation: number };
}

/** Tokens of "The Verdict" (Edith Wharton, 1908) by GPT-2's tokenizer. */
const VERDICT_TOKENS = 5145;

/** Printed with six digits after a float32 run on another machine. */
const LOSS_TOLERANCE = 5e-4;

/**
 * Figures printed in Raschka, Build a Large Language Model (From Scratch), 2024: the continuation in chapter 6,
 * the losses in chapter 5 and its exercises.
 */
export const PUBLISHED: Readonly<Record<string, Figures>> = {
  gpt2: {
    greedy: {
      prompt: 'Every effort moves you',
      continuation: ' forward.\n\nThe first step is to understand the importance of your work',
      tokens: 15,
    },
    losses: { training: 3.75475, validation: 3.55962 },
  },
  'gpt2-xl': { losses: { training: 3.30463, validation: 3.11951 } },
};

/** One thing that was checked. */
export interface Check {
  readonly name: string;
  /** What is wrong; empty when it is as published. */
  readonly problems: readonly string[];
}

/**
 * Compares a model with its published figures.
 * @param verdict the text of "The Verdict"; what needs it is left out without.
 */
export async function checkModel(
  model: LanguageModel,
  figures: Figures,
  verdict: string | undefined,
  onCheck: (check: Check) => void,
): Promise<Check[]> {
  const checks: Check[] = [];
  const report = (name: string, problems: readonly string[]): void => {
    const check = { name, problems };
    checks.push(check);
    onCheck(check);
  };
  if (figures.greedy) {
    const { prompt, continuation, tokens } = figures.greedy;
    const found = model.decode(await greedy(model, await model.encode(prompt), tokens));
    const expected = prompt + continuation;
    report(
      `greedy continuation of ${JSON.stringify(prompt)}`,
      found === expected ? [] : [`${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`],
    );
  }
  if (verdict === undefined) return checks;
  if (!isTheVerdict(verdict)) {
    report('The Verdict', [`the text of ${verdict.length} characters is another one, or another edition`]);
    return checks;
  }
  report(
    'tokens of The Verdict',
    sameIds('tokens', [(await model.encode(verdict)).length], [VERDICT_TOKENS]),
  );
  if (figures.losses) {
    const context = {
      emit: () => undefined,
      pause: () => Promise.resolve(),
      signal: new AbortController().signal,
    };
    // The book's loader is the experiment's default; the mean does not depend on the order of the windows.
    const { training, validation } = await loss.run(
      model,
      lossParameters.parse({ text: verdict, shuffle: false }),
      context,
    );
    for (const [part, own, expected] of [
      ['training', training, figures.losses.training],
      ['validation', validation, figures.losses.validation],
    ] as const) {
      const mean = own?.loss ?? NaN;
      report(
        `${part} loss on The Verdict: ${mean.toFixed(5)}`,
        compare('mean loss', [mean], [expected], LOSS_TOLERANCE),
      );
    }
  }
  return checks;
}
