/** A process that downloads the tiny model, as another window of the editor does. Run by `twoProcesses.test.ts`. */
import { ModelLibrary } from '../../../src/library/modelLibrary';

const [storage, endpoint, repo] = process.argv.slice(2) as [string, string, string];
const library = new ModelLibrary({ storage, catalog: [], endpoints: [endpoint] });
const phases = new Set<string>();
const entry = await library.download(repo, {
  onProgress: ({ phase }) => {
    if (!phases.has(phase)) console.log(phase);
    phases.add(phase);
  },
});
console.log(JSON.stringify({ directory: entry.directory, problem: entry.problem, phases: [...phases] }));
