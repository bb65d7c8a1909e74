/** A user's main job, done in a browser that nobody sees: select text, explore it, read the completions. */
import { openBrowser } from './lib/chromium';
import { explain, Failure } from './lib/failure';
import { exploreSample } from './lib/exploreSample';
import { readPanel, type PanelReading } from './lib/panelReading';
import { repository } from './lib/paths';
import { startServer } from './lib/vscodeServer';
import { Window } from './lib/window';
import { sampleWorkspace } from './lib/workspace';

/**
 * Does the job and prints what the panel shows; false, with a sentence, when something is missing.
 * @param vsix the packaged extension to check instead of the one in this folder
 */
export async function performCheck(vsix?: string): Promise<boolean> {
  const workspace = await sampleWorkspace();
  const server = await startServer(vsix === undefined ? {} : { vsix });
  const browser = await openBrowser();
  try {
    const window = await Window.open(server, browser, {
      folder: workspace.folder,
      ...(vsix === undefined && { extension: repository }),
      file: workspace.file,
    });
    try {
      const { frame, prompt } = await exploreSample(window, workspace.file);
      const reading = await readPanel(frame);
      print(prompt, reading);
      const missing = whatIsMissing(reading);
      if (missing.length > 0) throw new Failure(`The panel is not complete:\n${missing.join('\n')}`);
      console.log(`\nThe main job works. Screenshot: ${await window.screenshot('check')}`);
      return true;
    } catch (error) {
      const path = await window.screenshot('check-failed');
      console.error(`\n${explain(error)}\nWhat the window showed: ${path}`);
      return false;
    }
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

const percent = (value: number): string => `${(100 * value).toPrecision(3)} %`;

function print(prompt: string, reading: PanelReading): void {
  console.log(
    `\nPrompt: ${JSON.stringify(prompt)}, ${reading.chips.length} tokens: ${reading.chips.join('|')}`,
  );
  console.log(`\nNext token: ${[reading.entropy, reading.kept, reading.keptMass].join('; ')}`);
  for (const { text, id, kept, probability } of reading.bars) {
    console.log(
      `  ${percent(probability).padStart(9)}  ${kept ? 'kept' : 'cut '}  ${String(id).padStart(5)}  ${text}`,
    );
  }
  console.log('\nCompletions:');
  reading.completions.forEach((tokens, index) => {
    console.log(`  ${index + 1}  ${JSON.stringify(tokens.map(({ text }) => text).join(''))}`);
  });
  if (reading.notes !== '') console.log(`\n${reading.notes}`);
  console.log(`\n${reading.footer}`);
}

/** What a whole answer must have, as sentences about what it has not. */
export function whatIsMissing(reading: PanelReading): string[] {
  const { chips, bars, completions } = reading;
  const missing: string[] = [];
  const demand = (holds: boolean, otherwise: string): void => {
    if (!holds) missing.push(otherwise);
  };
  const probability = (value: number): boolean => value >= 0 && value <= 1;
  demand(chips.length > 0, 'The prompt has no tokens.');
  const kept = bars.filter((bar) => bar.kept);
  const sum = kept.reduce((total, bar) => total + bar.probability, 0);
  demand(kept.length > 0, 'The distribution has no token that the samplers kept.');
  demand(
    bars.every((bar) => probability(bar.probability)),
    'A bar has no probability between 0 and 1.',
  );
  demand(
    sum > 0.01 && sum <= 1 + 1e-6,
    `The probabilities of the tokens shown add up to ${sum}, not to a part of 1.`,
  );
  for (const name of ['entropy', 'kept', 'keptMass'] as const) {
    demand(/\d/.test(reading[name]), `The figure "${name}" is missing.`);
  }
  demand(completions.length > 0, 'There is no completion.');
  completions.forEach((tokens, index) => {
    const text = tokens.map((token) => token.text).join('');
    demand(text.trim() !== '', `Completion ${index + 1} is empty.`);
    const drawn = tokens.every((token) => token.probability > 0 && token.probability <= 1);
    demand(drawn, `Completion ${index + 1} has a token without a probability above 0.`);
  });
  return missing;
}
