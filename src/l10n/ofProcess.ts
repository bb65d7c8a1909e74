/** The first import of a process that the extension forks: the language that it is to speak, from its environment. */
import { readFileSync } from 'node:fs';
import { languageOfEnvironment } from './environment';
import { speak, type Language } from './place';

const named = languageOfEnvironment(process.env);
if (named) {
  try {
    const bundle = JSON.parse(readFileSync(named.file, 'utf8')) as Language['bundle'];
    speak({ tag: named.tag, bundle });
  } catch (error) {
    // English is better than no process.
    console.error(String(error));
  }
}
