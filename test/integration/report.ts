/**
 * How the suites inside VS Code tell the script outside what became of them: a line of JSON per test in a file,
 * written at once, so that a hang or a crash leaves everything until then. Without the last line (`end`) the
 * run did not finish.
 */

/** Environment variable that holds the report's absolute path. */
export const REPORT_VARIABLE = 'DECODING_LAB_TEST_REPORT';

export type ReportLine =
  | {
      readonly kind: 'test';
      readonly title: string;
      readonly outcome: 'passed' | 'failed' | 'skipped';
      readonly milliseconds: number;
      /** What went wrong, with the place. */
      readonly message?: string;
    }
  | { readonly kind: 'end' };
