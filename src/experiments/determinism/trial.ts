/** The runs of one configuration, and what they say together. */
import { drawToken } from '../../core/draw';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { argmax, largestLogit, logSumExp } from '../../core/logits';
import { randomStream, type RandomStream } from '../../core/random';
import { SamplerChain } from '../../core/samplers/chain';
import { t } from '../../l10n/language';
import type {
  Configuration,
  DeterminismDifference,
  DeterminismRun,
  DeterminismStep,
  DeterminismVerdict,
} from './result';
import { listAll, listsOnly, outcomeOf } from '../kit/listing';
import { logitsOf } from '../kit/readPrompt';
import { resultToken } from '../kit/results';

/** What the runs are compared with: its new tokens, and the logits that each was chosen from. */
export interface Reference {
  readonly ids: readonly number[];
  readonly logits: readonly ArrayLike<number>[];
}

interface Choice {
  readonly id: number;
  readonly raw: number;
  readonly processed: number;
  readonly kept: number;
  /** Tokens that share the largest logit. */
  readonly tied: number;
}

/** A run while it grows. */
export interface TrialRun {
  /** The prompt, and after it what was chosen. */
  readonly tokens: number[];
  readonly choices: Choice[];
  readonly random: RandomStream;
  /** Whether all that was chosen so far is what the reference chose. */
  withReference: boolean;
}

/** A configuration keeps tokens that the model does not list; its message is a sentence for people. */
export class UnlistedError extends RangeError {}

export class DeterminismTrial {
  readonly runs: readonly TrialRun[];
  readonly #model: LanguageModel;
  readonly #reference: Reference;
  readonly #configuration: Configuration;
  readonly #chain: SamplerChain;
  readonly #promptLength: number;
  #logitsApart = 0;

  constructor(
    model: LanguageModel,
    prompt: readonly number[],
    reference: Reference,
    configuration: Configuration,
    { repeats, seed }: { readonly repeats: number; readonly seed: number },
  ) {
    this.#model = model;
    this.#reference = reference;
    this.#configuration = configuration;
    this.#promptLength = prompt.length;
    this.#chain = new SamplerChain(configuration.chain, model.info.vocabularySize, model.vocabulary);
    this.runs = Array.from({ length: repeats }, (_, run) => ({
      tokens: [...prompt],
      choices: [],
      random: randomStream(seed, 'run', configuration.seeds === 'same' ? 0 : run),
      withReference: true,
    }));
  }

  /** Chooses the next token of a run from its logits. */
  choose(run: TrialRun, answer: NextToken): void {
    const logits = logitsOf(answer);
    const step = run.choices.length;
    if (run.withReference) this.#compare(logits, this.#reference.logits[step]!);
    const choice = this.#configuration.greedy ? greedyChoice(logits) : this.#draw(run, answer);
    run.choices.push(choice);
    run.tokens.push(choice.id);
    run.withReference &&= choice.id === this.#reference.ids[step];
  }

  /** @throws UnlistedError */
  #draw(run: TrialRun, answer: NextToken): Choice {
    const logits = logitsOf(answer);
    const history = { tokens: run.tokens, promptLength: this.#promptLength };
    const { raw, probabilities, kept } = this.#chain.apply(logits, history);
    const { chain, label } = this.#configuration;
    if (!outcomeOf(this.#model, chain, answer, probabilities, history).within) {
      throw new UnlistedError(
        t(
          '“{0}” keeps tokens beyond the list: {1}. Leave it out, or {2}.',
          label,
          listsOnly(this.#model.info),
          listAll(this.#model.info),
        ),
      );
    }
    const id = drawToken(probabilities, run.random.next());
    return { id, raw: raw[id]!, processed: probabilities[id]!, kept, tied: tiesOf(logits) };
  }

  #compare(now: ArrayLike<number>, then: ArrayLike<number>): void {
    for (let id = 0; id < now.length; id++) {
      if (now[id] === then[id]) continue;
      this.#logitsApart = Math.max(this.#logitsApart, Math.abs(now[id]! - then[id]!));
    }
  }

  verdict(): DeterminismVerdict {
    const { id, label, about, greedy, seeds, batch } = this.#configuration;
    const texts = this.runs.map(({ choices }) => choices.map((choice) => choice.id));
    const choices = this.runs.flatMap((run) => run.choices);
    const first = this.runs[0]!;
    return {
      ...{ id, label, about, greedy, seeds, batch },
      runs: texts.map((ids) => runOf(this.#model, ids)),
      distinct: new Set(texts.map((ids) => ids.join())).size,
      difference: this.#firstDifference(),
      fromSimple: this.#fromSimple(first),
      mostKept: Math.max(...choices.map(({ kept }) => kept)),
      leastChosen: Math.min(...choices.map(({ processed }) => processed)),
      ties: first.choices.filter(({ tied }) => tied > 1).length,
      logitsApart: this.#logitsApart,
    };
  }

  /** The earliest step at which a run differs from the first one. */
  #firstDifference(): DeterminismDifference | null {
    const [first, ...others] = this.runs;
    const found = others.flatMap((other, i) => {
      const position = other.choices.findIndex(({ id }, at) => id !== first!.choices[at]!.id);
      return position < 0 ? [] : [{ position, second: i + 1 }];
    });
    if (found.length === 0) return null;
    const { position, second } = found.reduce((a, b) => (b.position < a.position ? b : a));
    const [a, b] = [first!.choices[position]!, this.runs[second]!.choices[position]!];
    return {
      position,
      first: 0,
      second,
      firstStep: this.#step(a),
      secondStep: this.#step(b),
      tied: a.tied,
    };
  }

  #fromSimple({ choices }: TrialRun): DeterminismDifference | null {
    const position = choices.findIndex(({ id }, at) => id !== this.#reference.ids[at]);
    if (position < 0) return null;
    const simple = greedyChoice(this.#reference.logits[position]!);
    return {
      position,
      first: 0,
      second: -1,
      firstStep: this.#step(choices[position]!),
      secondStep: this.#step(simple),
      tied: simple.tied,
    };
  }

  #step({ id, raw, processed, kept }: Choice): DeterminismStep {
    return { token: resultToken(this.#model, id), raw, processed, kept };
  }
}

/** New tokens as a part of the result. */
export function runOf(model: LanguageModel, ids: readonly number[]): DeterminismRun {
  return {
    ids: [...ids],
    tokens: ids.map((id) => resultToken(model, id).text),
    text: model.decode(ids),
  };
}

function greedyChoice(logits: ArrayLike<number>): Choice {
  const id = argmax(logits);
  const raw = Math.exp(logits[id]! - logSumExp(logits));
  return { id, raw, processed: 1, kept: 1, tied: tiesOf(logits) };
}

function tiesOf(logits: ArrayLike<number>): number {
  const largest = largestLogit(logits);
  let tied = 0;
  for (let id = 0; id < logits.length; id++) if (logits[id] === largest) tied += 1;
  return tied;
}
