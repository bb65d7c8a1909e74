/** A result of Determinism in sentences. */
import type { DeterminismDifference, DeterminismResult, DeterminismStep, DeterminismVerdict } from './result';
import { visibleToken } from '../../core/visibleText';
import { counted, t, whole } from '../../l10n/language';
import { capitalized, inPercent, listed, rounded } from '../../l10n/numbers';
import { configurationName } from './decodings';

export function determinismSentences(result: DeterminismResult): string[] {
  const { verdicts, unavailable = [] } = result;
  const reasons = unavailable.map(({ reason }) => reason);
  if (verdicts.length === 0) {
    return result.stopped
      ? [t('The run was stopped before the first configuration was finished.'), ...reasons]
      : reasons;
  }
  const same = verdicts.filter(isIdentical);
  const varied = verdicts.filter((verdict) => !isIdentical(verdict));
  return [
    answer(verdicts, same),
    ...(same.length > 0 ? [comparedWithGreedy(same)] : []),
    ...(varied.length > 0
      ? [
          `${t('Different from run to run: {0}.', names(varied))} ${why(varied[0]!, configurationName(varied[0]!))}`,
        ]
      : []),
    ...tieSentences(verdicts),
    logitsSentence(verdicts),
    ...reasons,
  ];
}

function answer(verdicts: readonly DeterminismVerdict[], same: readonly DeterminismVerdict[]): string {
  const all = counted(verdicts.length, '{0} configuration', '{0} configurations');
  const runs = whole(verdicts[0]!.runs.length);
  if (same.length === 0) return t('None of {0} gave the same text in all {1} runs.', all, runs);
  const greedy = same.filter(({ fromSimple }) => fromSimple === null).length;
  const what = [whole(same.length), all, runs] as const;
  if (greedy === same.length) {
    return t('{0} of {1} gave the same text in all {2} runs, that of greedy decoding.', ...what);
  }
  return greedy === 0
    ? t('{0} of {1} gave the same text in all {2} runs, none of them the text of greedy decoding.', ...what)
    : t(
        '{0} of {1} gave the same text in all {2} runs, {3} of them the text of greedy decoding.',
        ...what,
        whole(greedy),
      );
}

const names = (list: readonly DeterminismVerdict[]): string => listed(list.map(configurationName));

function comparedWithGreedy(same: readonly DeterminismVerdict[]): string {
  const equal = same.filter(({ fromSimple }) => fromSimple === null);
  const others = same.flatMap((verdict) =>
    verdict.fromSimple
      ? [
          t(
            '{0} repeats itself but differs from it at token {1}',
            configurationName(verdict),
            whole(verdict.fromSimple.position + 1),
          ),
        ]
      : [],
  );
  if (equal.length === 0) {
    return t(
      'None of them gives exactly the text of greedy decoding (the book’s generate_simple); {0}.',
      listed(others),
    );
  }
  return capitalized(
    others.length === 0
      ? counted(
          equal.length,
          '{1} gives exactly the text of greedy decoding (the book’s generate_simple).',
          '{1} give exactly the text of greedy decoding (the book’s generate_simple).',
          names(equal),
        )
      : counted(
          equal.length,
          '{1} gives exactly the text of greedy decoding (the book’s generate_simple); {2}.',
          '{1} give exactly the text of greedy decoding (the book’s generate_simple); {2}.',
          names(equal),
          listed(others),
        ),
  );
}

function tieSentences(verdicts: readonly DeterminismVerdict[]): string[] {
  const tied = verdicts.filter(({ ties }) => ties > 0);
  if (tied.length === 0) return [];
  const most = Math.max(...tied.map(({ ties }) => ties));
  return [
    t(
      'At up to {0}, two or more tokens tie for the largest logit: greedy decoding then takes the lowest id, while top-k 1, min-p 1 and T → 0 keep all of them and draw one.',
      counted(most, '{0} step', '{0} steps'),
    ),
  ];
}

function logitsSentence(verdicts: readonly DeterminismVerdict[]): string {
  const apart = verdicts.filter(({ logitsApart }) => logitsApart > 0);
  if (apart.length === 0) return t('Identical contexts gave identical logits, to the last bit.');
  const most = apart.reduce((a, b) => (b.logitsApart > a.logitsApart ? b : a));
  return t(
    'Identical contexts did not always give identical logits: they differ by up to {0} in {1}, because sums are rounded in a different order when sequences are computed together. That can decide a near tie.',
    rounded(most.logitsApart),
    names(apart),
  );
}

export function isIdentical({ distinct }: DeterminismVerdict): boolean {
  return distinct === 1;
}

/**
 * Why the runs of a configuration are the same, or are not.
 * @param name of it, where the sentence stands alone.
 */
export function why(verdict: DeterminismVerdict, name?: string): string {
  const { difference, mostKept, leastChosen, seeds, greedy, runs } = verdict;
  if (difference) return whatDiffers(difference, greedy, name);
  if (greedy) return t('It takes the largest logit (the lowest id in a tie); nothing is drawn.');
  if (mostKept === 1) {
    return t('Only one token was left at every step, so random numbers made no difference.');
  }
  const most = counted(mostKept, '{0} token', '{0} tokens');
  if (seeds === 'same') {
    return t('Up to {0} could be drawn, but every run used the same random numbers.', most);
  }
  if (leastChosen === 1) {
    return t(
      'Up to {0} were left, but at every step one of them had a probability so close to 1 that a computer rounds it to 1.',
      most,
    );
  }
  return leastChosen > 0.999
    ? t(
        'Up to {0} could be drawn, but each one that was drawn had a probability of at least {1}.',
        most,
        inPercent(leastChosen),
      )
    : t(
        'Several tokens could be drawn, and the {0} runs agree by chance (the least probable token drawn had {1}); more runs would differ.',
        whole(runs.length),
        inPercent(leastChosen),
      );
}

/** Where two runs part, and what each took there. */
function whatDiffers(
  { position, second, firstStep, secondStep, tied }: DeterminismDifference,
  greedy: boolean,
  name: string | undefined,
): string {
  const share = ({ raw, processed }: DeterminismStep): string => inPercent(greedy ? raw : processed);
  const what = [
    whole(position + 1),
    visibleToken(firstStep.token.text),
    share(firstStep),
    whole(second + 1),
    visibleToken(secondStep.token.text),
    share(secondStep),
  ];
  const tie =
    tied > 1
      ? [
          counted(
            tied,
            '{0} token ties for the largest logit there.',
            '{0} tokens tie for the largest logit there.',
          ),
        ]
      : [];
  return [
    greedy
      ? takenWords(what, name)
      : drawnWords([...what, counted(firstStep.kept, '{0} candidate', '{0} candidates')], name),
    ...tie,
  ].join(' ');
}

function takenWords(what: readonly string[], name: string | undefined): string {
  return name === undefined
    ? t(
        'At token {0} run 1 took “{1}” ({2}) and run {3} took “{4}” ({5}) although nothing was drawn: their logits differ.',
        ...what,
      )
    : t(
        'With {6}, at token {0} run 1 took “{1}” ({2}) and run {3} took “{4}” ({5}) although nothing was drawn: their logits differ.',
        ...what,
        name,
      );
}

function drawnWords(what: readonly string[], name: string | undefined): string {
  return name === undefined
    ? t('At token {0} run 1 drew “{1}” ({2}) and run {3} drew “{4}” ({5}) from {6}.', ...what)
    : t(
        'With {7}, at token {0} run 1 drew “{1}” ({2}) and run {3} drew “{4}” ({5}) from {6}.',
        ...what,
        name,
      );
}

/** How the first run relates to greedy decoding, the book’s `generate_simple`. */
export function againstSimple({ fromSimple }: DeterminismVerdict): string {
  if (!fromSimple) return t('same text');
  const { position, firstStep, secondStep } = fromSimple;
  return t(
    'from token {0}: {1} instead of {2}',
    whole(position + 1),
    visibleToken(firstStep.token.text),
    visibleToken(secondStep.token.text),
  );
}
