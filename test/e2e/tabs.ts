/** Every experiment's tab with little to do. */
import type { Panel } from '../../scripts/lib/panelPage';

type Fields = Readonly<Record<string, string>>;

/** Settings with which each tab has an answer soon, in the order of the tabs. */
export const QUICK: readonly (readonly [tab: string, fields: Fields])[] = [
  ['ab', { samples: '2' }],
  ['temperature', { target: 'had', draws: '200' }],
  ['grid', { rowsValues: '0.5, 1', columnsValues: '1, 50', samples: '2', maxNewTokens: '8' }],
  ['determinism', { repeats: '2', maxNewTokens: '6' }],
  ['nucleus', {}],
  ['methods', { trials: '5' }],
  ['branches', {}],
  ['models', { samples: '2', maxNewTokens: '8' }],
  ['loss', { context: '12', stride: '12', batchSize: '1' }],
  [
    'training',
    {
      ...{ context: '12', stride: '12', batchSize: '1', epochs: '1', learningRate: '1e-3' },
      ...{ evaluateEvery: '2', sampleTokens: '6', startText: 'Once upon' },
    },
  ],
];

/** Opens a tab, changes its fields and runs it to its end. */
export async function runTab(panel: Panel, tab: string, fields: Fields = {}): Promise<void> {
  await panel.part(`tab-${tab}`).click();
  await panel.part(`experiment-${tab}`).waitFor();
  for (const [name, text] of Object.entries(fields)) await panel.type(name, text);
  await panel.begin(() => panel.part('run').click());
  await panel.frame.locator('[data-testid="stop"][disabled]').waitFor({ timeout: 60_000 });
  await panel.part('answer').waitFor();
}
