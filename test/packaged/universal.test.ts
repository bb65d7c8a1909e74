/** The package without a native library: GPT-2 says why it does not run, and the rest works. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { EXPLORE, SAMPLE_LINE } from '../../scripts/lib/exploreSample';
import { Panel } from '../../scripts/lib/panelPage';
import { part } from '../../scripts/lib/panelReading';
import { ownTarget } from '../../scripts/packaging/targets';
import { useInstalled } from './installed';

const current = useInstalled('universal');

test('says why GPT-2 cannot be run, and draws from the toy vocabulary', async () => {
  const { open, workspace } = current();
  const window = await open();
  const lines = (await readFile(workspace.file, 'utf8')).split('\n');
  await window.select(lines.indexOf(SAMPLE_LINE) + 1, 1, SAMPLE_LINE.length + 1);
  await window.run(EXPLORE);
  const panel = new Panel(await window.frameWith(part('failure')));
  const said = panel.part('failure');
  await expect.poll(() => said.innerText()).toMatch(/GPT-2 cannot be run.*The toy vocabulary works here/s);
  const why =
    ownTarget() === 'universal'
      ? 'has no library for this platform'
      : `brings no onnxruntime. The toy vocabulary works here, and so do models on a server ` +
        `(Decoding Lab: Connect to a Model Server…). For GPT-2, install the extension’s package for ${ownTarget()}.`;
  await expect.poll(() => said.innerText()).toContain(why);
  await window.picture('packaged-universal-refused');

  await panel.choose('toy');
  await panel.generate();
  await panel.ended();
  // Its five words, whose probabilities add up to all there is.
  const bars = await panel.bars();
  const words = bars.map(({ text }) => text.trim()).sort();
  expect(words).toEqual(['·burger', '·pasta', '·pizza', '·salad', '·sushi']);
  const sum = bars.reduce((total, { rawProbability }) => total + rawProbability, 0);
  expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
  await window.picture('packaged-universal-toy');
});
