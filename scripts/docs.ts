/** `npm run docs`: writes what documents take from the product, the READMEs' tables of settings, into them. */
import { writeFile } from 'node:fs/promises';
import { runMain } from './lib/main';
import { inRepository } from './lib/paths';
import { READMES, withSettings } from './lib/settingsTable';

runMain(async () => {
  for (const readme of READMES) {
    const { now, wanted } = await withSettings(readme);
    if (wanted !== now) await writeFile(inRepository(readme.file), wanted);
    console.log(`${readme.file} ${wanted === now ? 'is as it should be' : 'was written anew'}.`);
  }
  return 0;
});
