/** Determinism: which settings give the same text every time, and why. */
import { determinismParameters } from '../../../src/experiments/determinism/parameters';
import { determinismResultSchema, type DeterminismResult } from '../../../src/experiments/determinism/result';
import { determinismReport } from '../../../src/experiments/determinism/report';
import { determinismPictures } from './charts';
import { t } from '../../../src/l10n/language';
import { count } from '../../format/numbers';
import { typedCount } from '../../format/typedNumber';
import { parsedBy } from '../../frame/record';
import { formOf, type OwnControls } from '../../form/declared';
import { determinismTerms } from './terms';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { chatForm } from '../../frame/served';
import type { Tab, TabContext } from '../../frame/tab';

const pageOf = (chat: OwnControls): ExperimentPage<DeterminismResult> => ({
  id: 'determinism',
  title: t('Determinism'),
  question: t('Which settings give the same text every time?'),
  measures: ['greedy', 'logit'],
  promise: t(
    'Each configuration runs several times. You will see whether its texts are the same, whether they equal greedy decoding (the book’s generate_simple), where they first differ, and why.',
  ),
  ...formOf(
    determinismParameters,
    [
      { title: t('Runs'), fields: [...chat.fields, 'repeats', 'maxNewTokens', 'seed'] },
      { title: t('Configurations'), fields: ['configurations'] },
    ],
    {
      beside: [chat],
      line: (short) =>
        t(
          '{0}, {1} of {2}, seed {3}',
          count(Number(short('configurations')), '{0} configuration', '{0} configurations'),
          typedCount(short('repeats'), '{0} run', '{0} runs'),
          typedCount(short('maxNewTokens'), '{0} token', '{0} tokens'),
          short('seed'),
        ),
    },
  ),
  read: parsedBy(determinismResultSchema),
  terms: determinismTerms,
  report: determinismReport,
  pictures: determinismPictures,
});

export function createDeterminism(context: TabContext): Tab {
  return new ExperimentTab(pageOf(chatForm(context.session)), context);
}
