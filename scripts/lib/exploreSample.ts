import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { Failure } from './failure';
import { part, runEnded } from './panelReading';
import type { Window } from './window';

/** The line of the sample document that demonstrations explore. */
export const SAMPLE_LINE = 'Once upon a time there was a king who';

export const EXPLORE = 'Decoding Lab: Explore Selection';

/** Selects the sample's line in the open editor. */
export async function selectSample(window: Window, file: string): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const line = lines.indexOf(SAMPLE_LINE) + 1;
  if (line === 0) throw new Failure(`The sample document has no line "${SAMPLE_LINE}".`);
  await window.select(line, 1, SAMPLE_LINE.length + 1);
}

/**
 * Selects the sample's line in the open editor, explores it and waits for the end of the run.
 * @param command as the palette of the window's language has it
 */
export async function exploreSample(
  window: Window,
  file: string,
  command = EXPLORE,
): Promise<{ frame: Frame; prompt: string }> {
  await selectSample(window, file);
  await window.run(command);
  const frame = await window.frameWith(part('completions'));
  await runEnded(frame);
  return { frame, prompt: SAMPLE_LINE };
}
