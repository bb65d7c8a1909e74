/**
 * `npm run l10n`: puts every sentence of the code into the bundles of `l10n`, with an empty text where a translation
 * is missing, takes out what the code no longer has, and lists both. `npm run l10n -- bare PATH` lists text below a
 * path that would reach a person untranslated.
 */
import { writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { languages, partsOf } from '../l10n/bundles.mjs';
import { arrange } from './l10n/arrange';
import { productFiles, readSentences } from './l10n/sentences';
import { repository } from './lib/paths';

const [command, path = ''] = process.argv.slice(2);
const sentences = readSentences(
  command === 'bare' ? productFiles().filter((file) => file.startsWith(path)) : undefined,
);
if (command === 'bare') {
  for (const { place, text } of sentences.bare) console.log(`${place}  ${JSON.stringify(text)}`);
  console.log(`${sentences.bare.length} texts are not translated.`);
} else {
  for (const place of sentences.computed)
    console.log(`${place} translates a sentence that is not written out there.`);
  for (const language of languages()) {
    const present = partsOf(language);
    const { parts, missing, leftOver } = arrange(sentences, present);
    const file = (part: string): string => join(repository, 'l10n', language, `${part}.json`);
    for (const part of Object.keys(present)) if (!parts[part]) rmSync(file(part));
    for (const [part, texts] of Object.entries(parts))
      writeFileSync(file(part), `${JSON.stringify(texts, null, 2)}\n`);
    for (const key of leftOver) console.log(`${language}: taken out ${JSON.stringify(key)}`);
    for (const key of missing) console.log(`${language}: missing ${JSON.stringify(key)}`);
    console.log(`${language}: ${missing.length} missing, ${leftOver.length} taken out.`);
    if (missing.length > 0) process.exitCode = 1;
  }
}
