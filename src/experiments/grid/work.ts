/** The work of the Grid experiment: what is exact in every cell, and then its texts. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { SamplerChain, type ChainSpec, type ProcessedDistribution } from '../../core/samplers/chain';
import { distinctN, ngramDiversity } from '../../core/statistics/diversity';
import { expectedDistinct } from '../../core/statistics/expectation';
import { effectiveVocabulary } from '../../core/statistics/information';
import { expectedLargestCount } from '../../core/statistics/largestCount';
import { modeProbability } from '../../core/statistics/mode';
import { sum } from '../../core/sums';
import { CooperativeYield } from '../kit/cooperativeYield';
import type { RunContext } from '../kit/experiment';
import { cellChain } from './axes';
import { t } from '../../l10n/language';
import type { GridParameters } from './parameters';
import type { GridCell, GridEvent, GridText, GridTexts } from './result';
import { beginDecoding, completionOf, sequencesTogether, type DecodingSequence } from '../kit/decodingLoop';
import { decode, type Drawing } from '../kit/drawing';
import { beyondList, bestListed, outcomeOf } from '../kit/listing';
import { logitsOf } from '../kit/readPrompt';
import { resultToken } from '../kit/results';
import { TokenSelector, type TokenSelection } from '../kit/tokenSelection';

/** Draws that the expected diversity and coherence of a cell speak of: the chapter's. */
export const DRAWS = 10;

/** Most probable tokens kept per cell. */
const TOP = 10;

/**
 * Cells whose texts grow side by side. Each has a chain with vectors of the vocabulary's size, 1.7 MB for GPT-2;
 * together with the texts of several samples they fill the model's batches.
 */
const CELLS_TOGETHER = 32;

/** Sequences that a model continues in one run without loss. */
const BATCH = 64;

/** More tokens than this make the chance that greedy is the mode too slow to compute. */
const MOST_FOR_MODE = 100;

/** A text while it grows, with what its cell and its tokens were. */
interface GrowingText {
  readonly cell: number;
  readonly sample: number;
  readonly growing: DecodingSequence;
}

/** Entropy and tokens kept, summed over all steps of a cell. */
interface StepSums {
  entropy: number;
  kept: number;
  steps: number;
}

/** The cells of one run, as they fill. */
export class GridWork {
  readonly cells: GridCell[] = [];
  readonly #sums: StepSums[] = [];
  #done = 0;

  constructor(
    readonly model: LanguageModel,
    readonly parameters: GridParameters,
    readonly promptIds: readonly number[],
    readonly context: RunContext<GridEvent>,
    readonly drawing: Drawing,
  ) {}

  /** What is exact, cell by cell. */
  async exact(first: NextToken): Promise<void> {
    const { rows, columns, samples } = this.parameters;
    const { context } = this;
    const total = rows.values.length * columns.values.length;
    const turns = new CooperativeYield(context);
    let sent = 0;
    for (let index = 0; index < total && (await turns.giveWay()); index++) {
      const row = Math.floor(index / columns.values.length);
      const column = index % columns.values.length;
      this.cells.push(this.#exactCell(first, row, column));
      this.#sums.push({ entropy: 0, kept: 0, steps: 0 });
      if (samples === 0) context.emit({ type: 'progress', done: index + 1, total, what: t('cells') });
      if (this.cells.length - sent >= CELLS_TOGETHER || index + 1 === total) {
        context.emit({ type: 'cells', cells: this.cells.slice(sent) });
        sent = this.cells.length;
      }
    }
  }

  #exactCell(first: NextToken, row: number, column: number): GridCell {
    const { model, promptIds } = this;
    const { rows, columns, seed } = this.parameters;
    const chain = cellChain(rows, row, columns, column);
    const sampler = new SamplerChain(chain, model.info.vocabularySize, model.vocabulary);
    // As sample 0 sees it, where a sampler draws.
    const history = new TokenSelector(model, { chain: [], greedy: false, seed }).begin(0, promptIds).history;
    const after = sampler.apply(logitsOf(first), { ...history, memory: sampler.newMemory() });
    const { exact, within } = outcomeOf(model, chain, first, after.probabilities, history);
    return {
      row,
      column,
      chain: plainChain(chain),
      exact: within ? exactOf(after) : null,
      top: bestListed(first, TOP).map((id) => ({
        token: resultToken(model, id),
        raw: after.raw[id]!,
        processed: exact ? after.probabilities[id]! : null,
      })),
      warnings: within ? [...after.warnings] : [beyondList(model.info)],
      texts: [],
      measured: null,
    };
  }

  /** The texts: a few cells at a time, all of them at the same sample. */
  async sample(first: NextToken): Promise<void> {
    const { samples, maxNewTokens } = this.parameters;
    const { cells, context } = this;
    // The server is asked for all samples of a cell at once.
    const sideBySide =
      this.drawing.drawnBy === 'server' ? Infinity : Math.min(BATCH, sequencesTogether(maxNewTokens));
    for (let from = 0; from < cells.length && samples > 0; from += CELLS_TOGETHER) {
      const indices = Array.from(
        { length: Math.min(CELLS_TOGETHER, cells.length - from) },
        (_, i) => from + i,
      );
      const selectors = indices.map((index) => this.#selector(index));
      const texts = Array.from({ length: samples }, (_, sample) =>
        indices.map((cell, i) => ({ cell, sample, selector: selectors[i]! })),
      ).flat();
      for (let at = 0; at < texts.length && !context.signal.aborted; at += sideBySide) {
        await this.#grow(
          texts.slice(at, at + sideBySide).map(({ cell, sample, selector }): GrowingText => ({
            cell,
            sample,
            growing: beginDecoding(selector, selector.begin(sample, this.promptIds), first),
          })),
        );
      }
    }
  }

  #selector(cell: number): TokenSelector {
    const { rows, columns, seed } = this.parameters;
    const { row, column } = this.cells[cell]!;
    const chain = cellChain(rows, row, columns, column);
    return new TokenSelector(this.model, { chain, greedy: false, seed, alternatives: 0 });
  }

  async #grow(texts: readonly GrowingText[]): Promise<void> {
    const { model, context, parameters } = this;
    const { rows, columns, samples, maxNewTokens, stop } = parameters;
    const total = rows.values.length * columns.values.length * samples * maxNewTokens;
    const begun = this.#done;
    const group = texts.map(({ growing }) => growing);
    const onSelections = (choices: readonly TokenSelection[]): void => {
      this.#done += choices.length;
      context.emit({ type: 'progress', done: this.#done, total, what: t('tokens') });
    };
    await decode(model, group, maxNewTokens, context, { stop, onSelections }, this.drawing);
    // Texts that ended early count as whole.
    if (!context.signal.aborted) this.#done = begun + texts.length * maxNewTokens;
    const found = new Map<number, GridText[]>();
    for (const text of texts) found.set(text.cell, [...(found.get(text.cell) ?? []), this.#finish(text)]);
    const cells = [...found].map(([cell, added]) => this.#add(cell, added));
    context.emit({ type: 'texts', cells });
  }

  /** A text that grows no more; a whole one counts in what is measured along the steps of its cell. */
  #finish({ cell, sample, growing }: GrowingText): GridText {
    const { ids, text, end, stop, logProbability } = completionOf(this.model, growing);
    const { chosen } = growing.sequence;
    const tokens = ids.map((id) => resultToken(this.model, id).text);
    const repetition = 1 - ngramDiversity(ids);
    if (end !== 'stopped') {
      const sums = this.#sums[cell]!;
      // Where one step is not known, neither is the mean.
      sums.entropy += sum(chosen.map(({ entropy }) => entropy ?? NaN));
      sums.kept += sum(chosen.map(({ kept }) => kept ?? NaN));
      sums.steps += ids.length;
    }
    return {
      sample,
      text,
      end,
      ...(stop !== undefined && { stop }),
      ids,
      tokens,
      raw: chosen.map(({ step }) => step.raw),
      processed: chosen.map(({ step }) => step.processed),
      logProbability,
      repetition,
    };
  }

  /** Puts texts into their cell. @returns what is new in it */
  #add(index: number, added: GridText[]): GridTexts {
    const cell = this.cells[index]!;
    const texts = [...cell.texts, ...added];
    const measured = measure(texts, this.#sums[index]!);
    this.cells[index] = { ...cell, texts, measured };
    return { cell: index, texts: added, measured };
  }
}

function exactOf(after: ProcessedDistribution): GridCell['exact'] {
  const { probabilities, kept, keptMass } = after;
  const possible = probabilities.filter((p) => p > 0);
  const distinct = expectedDistinct(possible, DRAWS);
  return {
    entropy: after.entropy,
    effectiveVocabulary: effectiveVocabulary(after.entropy),
    kept,
    keptMass,
    expectedDistinct: distinct,
    diversity: distinct / DRAWS,
    coherence: expectedLargestCount(possible, DRAWS) / DRAWS,
    greedyIsMode: possible.length <= MOST_FOR_MODE ? { ...modeProbability(possible, DRAWS) } : null,
  };
}

/** Of the texts that are whole and have tokens; null where none is. */
function measure(texts: readonly GridText[], sums: StepSums): GridCell['measured'] {
  const whole = texts.filter(({ end, ids }) => end !== 'stopped' && ids.length > 0);
  if (whole.length === 0) return null;
  const ids = whole.map((text) => text.ids);
  const mean = (of: (text: GridText) => number): number =>
    whole.reduce((sum, text) => sum + of(text), 0) / whole.length;
  return {
    texts: whole.length,
    distinct1: orNull(distinctN(ids, 1)),
    distinct2: orNull(distinctN(ids, 2)),
    distinct3: orNull(distinctN(ids, 3)),
    repetition: mean(({ repetition }) => repetition),
    meanLogProbability: mean(({ logProbability, ids: own }) => logProbability / own.length),
    meanEntropy: orNull(sums.entropy / sums.steps),
    meanKept: orNull(sums.kept / sums.steps),
  };
}

/** JSON has no NaN. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A copy whose type says that it is plain JSON. */
function plainChain(chain: ChainSpec): GridCell['chain'] {
  return chain.map((step) => ({ ...step }));
}
