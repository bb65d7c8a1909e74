/**
 * How the suites inside VS Code tell the script outside what became of them: lines of JSON in a file,
 * written at once, so that a hang or a crash leaves everything until then, and who waits sees progress. Without the last line (`end`) the
 * run did not finish.
 */

/** Environment variable that holds the report's absolute path. */
export const REPORT_VARIABLE = 'DECODING_LAB_TEST_REPORT';

/**
 * Environment variable that holds the address of a proxy, with a name and a password, which `HTTP_PROXY` tells VS Code.
 * Nobody listens there but the test of downloads through a proxy.
 */
export const PROXY_VARIABLE = 'DECODING_LAB_TEST_PROXY';

export type ReportLine =
  /** A test, or whatever else may hang, begins. */
  | { readonly kind: 'begin'; readonly title: string }
  /** What began and is no test ends. */
  | { readonly kind: 'ended'; readonly title: string }
  | {
      readonly kind: 'test';
      readonly title: string;
      readonly outcome: 'passed' | 'failed' | 'skipped';
      readonly milliseconds: number;
      /** What went wrong, with the place. */
      readonly message?: string;
      /** It passed only when it was tried again. */
      readonly again?: boolean;
    }
  | { readonly kind: 'end' };
