/** Temperature: the exact probability of a text at every temperature, and how close draws come to it. */
import { t, whole } from '../../l10n/language';
import { temperatureReport } from './report';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { binomialInterval } from '../../core/statistics/binomial';
import { chiSquareTest } from '../../core/statistics/chiSquare';
import { wilsonInterval } from '../../core/statistics/interval';
import { CooperativeYield } from '../kit/cooperativeYield';
import { onModel, type RunContext } from '../kit/experiment';
import { Tokenizations, weightsAt, type TokenizationNode, type PhraseProbability } from './tokenizations';
import { bestListed, listedBy } from '../kit/listing';
import { takePrompt } from '../kit/prompt';
import { readPrompt } from '../kit/readPrompt';
import { progressEventSchema, provenanceOf, resultToken, wholeText } from '../kit/results';
import { drawTargets, type TargetDraws } from './draws';
import { chapterOf, curveOf, entropyAt, limitsOf, listedTokens, tokenProbability, waysOf } from './exact';
import { measureListed, onlyWay, ownTokens, readListed } from './listed';
import { drawTargetsThere, longestWay, whoDraws } from './serverDraws';
import { tenDraws } from '../kit/tenDraws';
import { temperatureParameters, type TemperatureParameters } from './parameters';
import {
  temperatureResultSchema,
  type TemperatureEvent,
  type TemperatureResult,
  type TemperatureRow,
} from './result';

/** Beginnings of the target that are read with the model. */
const BUDGET = 64;

/** Most probable tokens among which one is looked for that is text. */
const CANDIDATES = 100;

export const temperature = onModel<TemperatureParameters, TemperatureEvent, TemperatureResult>({
  parse: temperatureParameters.parse,
  events: progressEventSchema,
  result: temperatureResultSchema,
  report: temperatureReport,
  run,
});

async function run(
  model: LanguageModel,
  parameters: TemperatureParameters,
  context: RunContext<TemperatureEvent>,
): Promise<TemperatureResult> {
  const begin = performance.now();
  const { commonRandomNumbers } = parameters;
  const given = parameters.target === '' ? '' : `${parameters.leadingSpace ? ' ' : ''}${parameters.target}`;
  const isListed = listedBy(model.info) !== null;
  const written = isListed ? await ownTokens(model, given) : await model.encode(given);
  if (!written) throw unspellable(model, given, parameters.leadingSpace);
  const prompt = await takePrompt(model, parameters.prompt, Math.max(1, written.length), parameters);
  const promptIds = Array.from(prompt.ids);
  const turns = new CooperativeYield(context);
  const empty: TemperatureResult = {
    experiment: 'temperature',
    target: given,
    ...(given === '' && { mostProbable: true }),
    ...(commonRandomNumbers !== undefined && { commonRandomNumbers }),
    vocabularySize: model.info.vocabularySize,
    rows: [],
    curve: { temperatures: [], target: [], entropy: [], tokens: [] },
    limits: {
      zero: { probability: 0, entropy: 0, best: [] },
      infinity: { probability: 0, entropy: Math.log(model.info.vocabularySize) },
    },
    ways: [],
    wayCount: 0,
    chapter: null,
    stopped: true,
    milliseconds: 0,
    provenance: provenanceOf(model, prompt, parameters, parameters.seed),
  };
  const stopped = (): TemperatureResult => ({ ...empty, milliseconds: performance.now() - begin });

  const first = await readPrompt(model, promptIds, context);
  if (!first) return stopped();
  const best = given === '' ? mostProbableText(model, first) : undefined;
  const target = best?.text ?? given;
  const temperatures = [...parameters.temperatures].sort((a, b) => a - b);
  if (isListed) {
    const read = await readListed(model, promptIds, first, best ? [best.id] : written, context);
    if (!read) return stopped();
    const measured = await measureListed(model, promptIds, read, temperatures, parameters, context);
    if (!measured) return stopped();
    const { listed, drawing } = measured;
    return {
      ...empty,
      target,
      listed,
      ...onlyWay(model, read),
      commonRandomNumbers: false,
      stopped: context.signal.aborted,
      milliseconds: performance.now() - begin,
      provenance: { ...empty.provenance, ...drawing },
    };
  }
  const closing = model.info.server && context.signal;
  const tree = await Tokenizations.read(model, promptIds, first, target, BUDGET, turns, closing);
  if (!tree) return stopped();
  const ways = tree.ways();
  if (ways.length === 0) throw unspellable(model, target, parameters.leadingSpace);

  const curve = await curveOf(model, tree, temperatures, turns, (done, points) => {
    context.emit({ type: 'progress', done, total: points, what: t('exact points') });
  });
  if (!curve) return stopped();
  const exact: PhraseProbability[] = [];
  for (const each of temperatures) exact.push(await tree.at(each, turns));
  const total = temperatures.length * parameters.draws;
  const order = { ...parameters, common: commonRandomNumbers ?? true };
  const onDone = (done: number): void => {
    context.emit({ type: 'progress', done, total, what: t({ message: 'draws', comment: 'how many' }) });
  };
  const drawing = whoDraws(model, parameters, temperatures, longestWay(tree));
  const draws =
    drawing.drawnBy === 'server'
      ? await drawTargetsThere(model, promptIds, tree, temperatures, order, context, onDone)
      : await drawTargets(tree, temperatures, order, turns, onDone);
  const listed = listedTokens(tree.root);
  const rows: TemperatureRow[] = [];
  for (const [i, drawn] of draws.entries()) {
    await turns.giveWay();
    rows.push(rowOf(model, tree.root, listed, temperatures[i]!, exact[i]!, drawn));
  }
  return {
    ...empty,
    target,
    rows,
    curve,
    limits: limitsOf(model, tree),
    ways: await waysOf(model, tree, turns),
    wayCount: ways.length,
    chapter: await chapterOf(first, model, target, tree, turns),
    stopped: context.signal.aborted,
    milliseconds: performance.now() - begin,
    // A server takes random numbers of its own at every temperature.
    ...(drawing.drawnBy === 'server' && { commonRandomNumbers: false }),
    provenance: { ...empty.provenance, ...drawing },
  };
}

/** The text of the most probable token that has one: no end of text, no part of a character. */
function mostProbableText(model: LanguageModel, first: NextToken): { id: number; text: string } {
  const { endOfText } = model.info;
  for (const id of bestListed(first, CANDIDATES)) {
    const text = endOfText.includes(id) ? null : wholeText(model, id);
    if (text !== null && text !== '') return { id, text };
  }
  throw new RangeError(
    t(
      'None of the {0} most probable tokens after this prompt is readable text; type a word or a phrase.',
      whole(CANDIDATES),
    ),
  );
}

function unspellable(model: LanguageModel, target: string, leadingSpace: boolean): RangeError {
  const words = Array.from({ length: Math.min(12, model.info.vocabularySize) }, (_, id) =>
    model.decode([id]).trim(),
  );
  const more = model.info.vocabularySize > words.length ? ', …' : '';
  const space =
    !leadingSpace && model.info.kind === 'toy'
      ? [t('Each of its words begins with a space: tick “space before it”.')]
      : [];
  return new RangeError(
    [
      model.info.kind === 'toy'
        ? t('The toy vocabulary has no tokens that spell “{0}”.', target)
        : t('{0} has no tokens that spell “{1}”.', model.info.name, target),
      ...space,
      t('Its vocabulary is {0}.', `${words.join(', ')}${more}`),
    ].join(' '),
  );
}

function rowOf(
  model: LanguageModel,
  root: TokenizationNode,
  listed: readonly number[],
  temperature: number,
  { probability, unexplored }: PhraseProbability,
  { draws, count, tokens }: TargetDraws,
): TemperatureRow {
  const weights = weightsAt(root, temperature);
  const drawn = (token: number | null, p: number, times: number): TemperatureRow['tokens'][number] => ({
    token: token === null ? null : resultToken(model, token),
    probability: p,
    count: times,
    ...wilsonInterval(times, draws),
  });
  const rows = listed.map((id) => drawn(id, tokenProbability(root, id, temperature, weights), tokens[id]!));
  if (listed.length < root.logits.length) {
    const rest = 1 - rows.reduce((sum, row) => sum + row.probability, 0);
    const times = draws - rows.reduce((sum, row) => sum + row.count, 0);
    rows.push(drawn(null, Math.max(0, rest), times));
  }
  const counts = rows.map((row) => row.count);
  const probabilities = rows.map((row) => row.probability);
  const expected = binomialInterval(Math.min(1, probability), draws);
  return {
    temperature,
    probability,
    unexplored,
    draws,
    count,
    ...wilsonInterval(count, draws),
    expectedLow: expected.low,
    expectedHigh: expected.high,
    entropy: entropyAt(root, temperature, weights),
    tenDraws: tenDraws(
      Float64Array.from(root.logits, (_, id) => tokenProbability(root, id, temperature, weights)),
    ),
    fit: draws === 0 ? null : chiSquareTest(counts, probabilities).pValue,
    tokens: rows,
  };
}
