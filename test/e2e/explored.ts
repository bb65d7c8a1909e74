/** The sample's line, explored: how most parts of the browser tests begin. */
import { readFile } from 'node:fs/promises';
import { EXPLORE, exploreSample, SAMPLE_LINE } from '../../scripts/lib/exploreSample';
import { part } from '../../scripts/lib/panelReading';
import { Panel } from '../../scripts/lib/panelPage';
import type { Session } from './session';

/** The size of a window before a part changes it. */
const SIZE = { width: 1600, height: 1000 };

/** Windows that a part has used. */
const used = new WeakSet<Session>();

/**
 * Explores the sample's line, as it is before anybody has changed it: in a new window, or in one that an earlier
 * part has used, whose document and size are put back.
 */
export async function explored(session: Session): Promise<Panel> {
  const { window, workspace } = session;
  await workspace.restore();
  const isNew = !used.has(session);
  used.add(session);
  if (isNew) return new Panel((await exploreSample(window, workspace.file)).frame);
  await window.page.setViewportSize(SIZE);
  const panel = new Panel(await window.frameWith(part('tab-explore')));
  await panel.part('tab-explore').click();
  await window.focusEditor();
  await window.run('File: Revert File');
  const line = (await readFile(workspace.file, 'utf8')).split('\n').indexOf(SAMPLE_LINE) + 1;
  await window.select(line, 1, SAMPLE_LINE.length + 1);
  await panel.begin(() => window.run(EXPLORE));
  await panel.ended();
  return panel;
}
