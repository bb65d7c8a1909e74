import { explain } from './failure';
import { endAll, endAllOnSignals, isEnding } from './processes';

/**
 * Runs a script: its exit code is the process's, an error is explained, and whatever it started ends with it.
 * @param undo what is to be undone beside the started processes, also after Ctrl+C.
 */
export function runMain(
  main: () => Promise<number>,
  undo: () => Promise<void> = () => Promise.resolve(),
): void {
  endAllOnSignals(undo);
  void main()
    .catch((error: unknown) => {
      // What breaks off because of Ctrl+C is no error.
      if (!isEnding()) console.error(explain(error));
      return 1;
    })
    .then(async (code) => {
      // The signal's own handler exits, with the signal's own code.
      if (isEnding()) return;
      await undo();
      await endAll();
      // Whatever still holds the event loop (a browser's socket, for example) must not delay the answer.
      process.exit(code);
    });
}
