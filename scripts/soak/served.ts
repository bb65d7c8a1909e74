/** A model on a server: connected as its user does it, explored, lost in the middle of a run, and found again. */
import { MODEL } from '../../test/unit/remote/tinyServer';
import { toldOf, whole } from './shown';
import type { Lab } from './lab';
import { until } from './until';

const NAME = 'rack';
const SERVED = `server:${NAME}/${MODEL}`;

/** What is drawn there stays within the server's context of 64 tokens, of which the prompt has 37. */
const MOST_TOKENS = '20';

export async function exploreServed(lab: Lab): Promise<void> {
  await chooseServed(lab);
  const { panel } = lab;
  await panel.keepShort();
  await panel.generate();
  await panel.ended();
  await lab.keepModel('fireside');
}

export async function loseServer(lab: Lab): Promise<void> {
  await chooseServed(lab);
  const { panel } = lab;
  const { server } = lab.services;
  server.hold();
  await panel.type('samples', '2');
  await panel.type('max-new-tokens', MOST_TOKENS);
  await panel.generate();
  await until('the server has begun to draw', async () => (await panel.tokens()) > 0);
  await server.stop();
  try {
    await toldOf(lab, ['broke-off', 'network']);
  } finally {
    await server.comeBack();
  }
  await panel.part('retry').first().click();
  await panel.part('failure').waitFor({ state: 'detached' });
  await panel.ended();
  await whole(lab);
  await panel.keepShort();
  await lab.keepModel('fireside');
}

/** The sample's line on the server's model, which is connected where it is not yet. */
async function chooseServed(lab: Lab): Promise<void> {
  await lab.selectSample();
  await lab.explore();
  if (!(await lab.offers(SERVED))) await connect(lab);
  await lab.keepModel(SERVED);
  await whole(lab);
}

async function connect(lab: Lab): Promise<void> {
  const { page } = lab.window;
  const widget = page.locator('.quick-input-widget');
  const answer = async (title: string, text: string): Promise<void> => {
    await until(`${title} is asked`, async () => (await widget.innerText()).includes(title));
    await widget.locator('input.input').fill(text);
    await page.keyboard.press('Enter');
  };
  await lab.window.run('Decoding Lab: Connect to a Model Server…');
  await answer('Address of a vLLM server', lab.services.server.address);
  await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Connect', exact: true }).click();
  await answer('Name of the server', NAME);
  await until('it is connected', () => lab.offers(SERVED));
  await lab.window.run('Notifications: Clear All Notifications');
}
