/** A process that downloads a model and is killed while it does. Run by `downloadKills.test.ts`. */
import { ModelLibrary } from '../../../src/library/modelLibrary';

const [storage, endpoint, repo] = process.argv.slice(2) as [string, string, string];
// A lock of a process that was killed is stale after the least time that there is.
const retryPolicy = { staleLockMs: 2000 };
new ModelLibrary({ storage, catalog: [], endpoints: [endpoint], retryPolicy }).download(repo).then(
  () => {
    console.log('here');
  },
  (error: unknown) => {
    console.log(String(error));
    process.exitCode = 1;
  },
);
