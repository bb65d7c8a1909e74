/** Writes what begins and ends in a run of vitest into a report, at once: a hang leaves everything until then. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { ReportLine } from '../../test/integration/report';

const OUTCOMES = { passed: 'passed', failed: 'failed', skipped: 'skipped', pending: 'skipped' } as const;

const titleOf = (test: TestCase): string => `${test.module.relativeModuleId}: ${test.fullName}`;

export default class ReportReporter implements Reporter {
  readonly #path: string;

  /** @param options.report the file, which is emptied first */
  constructor(options: { readonly report: string }) {
    this.#path = options.report;
  }

  #add(line: ReportLine): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  #failed(title: string, { message }: { readonly message: string }): void {
    this.#add({ kind: 'test', title, outcome: 'failed', milliseconds: 0, message });
  }

  onTestRunStart(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, '');
  }

  onTestModuleQueued(module: TestModule): void {
    this.#add({ kind: 'begin', title: module.relativeModuleId });
  }

  onTestCaseReady(test: TestCase): void {
    this.#add({ kind: 'begin', title: titleOf(test) });
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    const diagnostic = test.diagnostic();
    const message = errors?.[0]?.message;
    this.#add({
      kind: 'test',
      title: titleOf(test),
      outcome: OUTCOMES[state],
      milliseconds: Math.round(diagnostic?.duration ?? 0),
      ...(diagnostic?.flaky === true && { again: true }),
      ...(state === 'failed' && message !== undefined && { message }),
    });
  }

  onTestModuleEnd(module: TestModule): void {
    // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
    const failedTest = [...module.children.allTests('failed')].length > 0;
    if (module.state() === 'failed' && !failedTest) {
      const suites = [...module.children.allSuites()];
      const errors = [module, ...suites].flatMap((part) => part.errors());
      this.#failed(module.relativeModuleId, errors[0] ?? { message: '' });
    } else {
      this.#add({ kind: 'ended', title: module.relativeModuleId });
    }
  }

  onTestRunEnd(_modules: unknown, errors: readonly SerializedError[]): void {
    for (const error of errors) this.#failed('outside of a test', error);
    this.#add({ kind: 'end' });
  }
}
