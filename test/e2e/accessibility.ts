/** What axe-core finds in the page that cannot be read, heard or reached: https://github.com/dequelabs/axe-core */
import axe from 'axe-core';
import type { Frame } from 'playwright-core';

declare global {
  interface Window {
    readonly axe?: Pick<typeof axe, 'run'>;
  }
}

/**
 * One line for each element at fault, of every rule or of the ones that are named.
 * @param frame shows nothing that still changes, or the next look finds something else
 */
export async function violations(frame: Frame, rules?: string[]): Promise<string[]> {
  if (await frame.evaluate(() => window.axe === undefined)) await frame.evaluate(axe.source);
  const found = await frame.evaluate(
    (only) => window.axe!.run({ resultTypes: ['violations'], ...(only && { runOnly: only }) }),
    rules,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}, ${target.join(' ')}: ${failureSummary}`),
  );
}
