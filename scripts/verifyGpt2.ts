/**
 * `npm run verify:gpt2`: downloads GPT-2 as published, checks its files by their digests, and its answers by what
 * is printed in Raschka's book. Needs the internet once; the files are kept for the next time.
 *
 * --model ID       another model of models/catalog.json (gpt2)
 * --from FOLDER    a copy on this disk, in place of a download
 * --endpoint URL   another hub (https://huggingface.co)
 * --storage FOLDER where downloads are kept (artifacts/models)
 * --verdict FILE   the text of The Verdict (media/course/the-verdict.txt)
 */
import { runMain } from './lib/main';
import { verifyGpt2 } from './verify/verifyGpt2';

runMain(() => verifyGpt2(process.argv.slice(2), console.log));
