/** The panel on a model that runs on a server: what it lists, who draws, the same model here, and Stop. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/lib/paths';
import { hasReference, startReference, type ReferenceServer } from '../unit/remote/referenceServer';
import { violations } from './accessibility';
import { explored } from './explored';
import type { Panel } from '../../scripts/lib/panelPage';
import { useSession, type Session } from './session';

/** Chooses a model by the whole of its name. */
async function choose(panel: Panel, name: RegExp): Promise<void> {
  await panel.part('model').click();
  await panel.part('model').locator('vscode-option', { hasText: name }).click();
}

const profile: { settings: Record<string, unknown> } = { settings: {} };
let server: ReferenceServer;

beforeAll(async () => {
  server = await startReference('vllm', join(repository, 'models', 'kindling'));
  const entry = { name: 'near', address: server.address, tokenizers: { kindling: 'gpt2' } };
  profile.settings = { 'decodingLab.servers': [entry], 'decodingLab.defaultModel': 'server:near/kindling' };
});
afterAll(() => server.stop());

const current = useSession(profile);

describe.skipIf(!hasReference)('The panel on a server', () => {
  let session: Session;
  let panel: Panel;

  beforeAll(async () => {
    session = current();
    panel = await explored(session);
  });

  test('says what it lists, that it drew, and where the text goes', async () => {
    await expect
      .poll(() => panel.part('listed').innerText())
      .toMatch(/lists 20 of 50,257\stokens with \d[\d.]*\s% of the probability/);
    await expect.poll(() => panel.part('bucket-row').innerText()).toContain('the other 50,237');
    await expect
      .poll(() => panel.part('drawn-by').innerText())
      .toMatch(/^Drawn by the server near \(seed \d+\)\./);
    await expect.poll(() => panel.part('result-server').innerText()).toBe('near');
    await panel.part('server-badge').focus();
    await session.window.page.keyboard.press('Shift+Tab');
    await session.window.page.keyboard.press('Tab');
    await expect
      .poll(() => panel.frame.locator('#card').innerText())
      .toContain('Your text goes to this address and nowhere else.');
    await session.window.picture('server-panel');
    await expect.poll(() => violations(panel.frame)).toEqual([]);
    await session.window.page.keyboard.press('Escape');
  });

  test('has no controls for what needs the model’s files', async () => {
    await panel.part('tab-training').click();
    await expect
      .poll(() => panel.part('unavailable').innerText())
      .toContain('Training needs the model’s files; this model runs on near.');
    await panel.part('tab-explore').click();
  });

  test('is compared with the same model on this machine, which finds the same probabilities', async () => {
    const there = (await panel.bars()).map(({ rawProbability }) => rawProbability);
    expect(there).toHaveLength(15);
    await panel.part('keep').click();
    await panel.begin(() => choose(panel, /^\s*kindling\s*$/));
    await panel.ended();
    await expect.poll(() => panel.part('earlier').innerText()).toContain('kindling · near');
    await expect.poll(() => panel.part('listed').count()).toBe(0);
    const here = (await panel.bars()).map(({ rawProbability }) => rawProbability);
    here.forEach((probability, row) => {
      expect(Math.abs(probability - there[row]!)).toBeLessThan(1e-4);
    });
    await panel.part('comparison-close').click();
  });

  test('stops its work when the run is stopped', async () => {
    await panel.begin(() => choose(panel, /^\s*kindling · near\s*$/));
    await panel.ended();
    await panel.type('max-new-tokens', '200');
    const before = server.log.filter(({ closed }) => closed !== undefined).length;
    await panel.generate();
    await expect.poll(() => panel.part('token').count(), { timeout: 60_000 }).toBeGreaterThan(0);
    await panel.part('stop').click();
    await expect
      .poll(() => server.log.filter(({ closed }) => closed !== undefined).length)
      .toBeGreaterThan(before);
    await expect.poll(() => panel.part('stopped').innerText()).toContain('Stopped.');
    await panel.type('max-new-tokens', '40');
  });
});
