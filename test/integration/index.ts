/** What VS Code calls inside the extension host: runs every suite beside this file with mocha. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { REPORT_VARIABLE, type ReportLine } from './report';

export async function run(): Promise<void> {
  const path = process.env[REPORT_VARIABLE];
  const report = (line: ReportLine): void => {
    if (path !== undefined && path !== '') appendFileSync(path, `${JSON.stringify(line)}\n`);
  };

  // Generous: a first run loads the model while the window itself still settles.
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, color: false });
  try {
    for (const name of readdirSync(__dirname).sort()) {
      if (name.endsWith('.test.js')) mocha.addFile(join(__dirname, name));
    }
    const failures = await new Promise<number>((resolve) => {
      const runner = mocha.run(resolve);
      const finished = (
        test: Mocha.Runnable,
        outcome: 'passed' | 'failed' | 'skipped',
        error?: unknown,
      ): void => {
        const message =
          error instanceof Error ? (error.stack ?? error.message) : error && JSON.stringify(error);
        report({
          kind: 'test',
          title: test.fullTitle(),
          outcome,
          milliseconds: test.duration ?? 0,
          ...(typeof message === 'string' ? { message } : {}),
        });
      };
      runner.on('test', (test) => {
        report({ kind: 'begin', title: test.fullTitle() });
      });
      runner.on('hook', (hook) => {
        report({ kind: 'begin', title: hook.fullTitle() });
      });
      runner.on('hook end', (hook) => {
        report({ kind: 'ended', title: hook.fullTitle() });
      });
      runner.on('pass', (test) => {
        finished(test, 'passed');
      });
      runner.on('pending', (test) => {
        finished(test, 'skipped');
      });
      // Also told of a failing hook, whose tests mocha then leaves out: the failure stands for them.
      runner.on('fail', (test, error: unknown) => {
        finished(test, 'failed', error);
      });
    });
    report({ kind: 'end' });
    if (failures > 0) throw new Error(`${failures} integration tests failed.`);
  } catch (error) {
    // A suite that cannot even be loaded is a failed test with a name of its own.
    if (!(error instanceof Error && error.message.endsWith('integration tests failed.'))) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report({ kind: 'test', title: 'loading the suites', outcome: 'failed', milliseconds: 0, message });
      report({ kind: 'end' });
    }
    throw error;
  }
}
