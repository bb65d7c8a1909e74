/** What the panel shows: an answer that is whole, or the sentence of a failure. */
import type { Lab } from './lab';
import { Trouble, until } from './until';

/** What an answer to any prompt has: tokens, and probabilities that add up to no more than 1. */
export async function whole(lab: Lab, panel = lab.panel): Promise<void> {
  await until('the prompt has tokens', async () => (await panel.part('chip').count()) > 0);
  await until('the distribution adds up', async () => {
    const kept = (await panel.bars()).filter((bar) => bar.kept);
    const sum = kept.reduce((total, { probability }) => total + probability, 0);
    return kept.length > 0 && sum > 0 && sum < 1 + 1e-6;
  });
}

/** Waits for the panel's own sentence. @throws Trouble where it tells of something else */
export async function toldOf(lab: Lab, codes: readonly string[]): Promise<void> {
  await until(`a failure is told (${codes.join(' or ')})`, async () => (await lab.failure()) !== null);
  const code = await lab.failure();
  if (code === null || !codes.includes(code))
    throw new Trouble(`The failure is ${code}, not ${codes.join(' or ')}: ${await sentence(lab)}`);
}

export const sentence = (lab: Lab): Promise<string> => lab.panel.part('failure').first().innerText();
