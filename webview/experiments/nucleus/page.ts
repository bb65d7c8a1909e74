/** Nucleus: which tokens top-p keeps at a temperature, and what falls outside. */
import { t } from '../../../src/l10n/language';
import { nucleusParameters } from '../../../src/experiments/nucleus/parameters';
import { nucleusResultSchema, type NucleusResult } from '../../../src/experiments/nucleus/result';
import { nucleusReport } from '../../../src/experiments/nucleus/report';
import { nucleusPictures } from './charts';
import { parsedBy } from '../../frame/record';
import { formOf, type OwnControls } from '../../form/declared';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import { chatForm } from '../../frame/served';
import type { Tab, TabContext } from '../../frame/tab';

const pageOf = (chat: OwnControls): ExperimentPage<NucleusResult> => ({
  id: 'nucleus',
  title: t('Nucleus'),
  question: t('Which tokens does the nucleus keep?'),
  measures: ['topP', 'effectiveVocabulary'],
  promise: t(
    'You will see how many tokens the nucleus holds at each temperature and p, where the cumulative probability crosses p, and what falls outside.',
  ),
  ...formOf(nucleusParameters, [{ title: t('Nuclei'), fields: [...chat.fields, 'temperatures', 'ps'] }], {
    beside: [chat],
  }),
  read: parsedBy(nucleusResultSchema),
  report: nucleusReport,
  pictures: nucleusPictures,
});

export function createNucleus(context: TabContext): Tab {
  return new ExperimentTab(pageOf(chatForm(context.session)), context);
}
