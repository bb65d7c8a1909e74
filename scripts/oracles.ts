/**
 * Holds the product to reference data: `npm run oracles -- PATH...` reads every reference file at or under the
 * given paths, runs the product's own code on it, and prints a line per file and a count.
 *
 * A reference file is a JSON file whose top level has a `schema`. JSON files without one (a checkpoint's
 * config.json, for example) are data that belong to a reference beside them, and are not counted. A schema that
 * is not supported is a failure, and so is a path at which there is no reference at all.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { schemas as beam } from './oracles/beam';
import { schemas as bundled } from './oracles/bundled';
import { schemas as gpt2Logits } from './oracles/gpt2Logits';
import { schemas as gpt2Tiny } from './oracles/gpt2Tiny';
import { schemas as invalid } from './oracles/invalid';
import { schemas as llamacpp } from './oracles/llamacpp';
import { schemas as logitSets } from './oracles/logitSets';
import { schemas as seed } from './oracles/seed';
import { schemas as tokenizer } from './oracles/tokenizer';

const SCHEMAS = {
  ...tokenizer,
  ...gpt2Tiny,
  ...bundled,
  ...logitSets,
  ...gpt2Logits,
  ...invalid,
  ...llamacpp,
  ...seed,
  ...beam,
};

const DEFAULTS = ['test/fixtures', '../shared/oracles'];

/** Mismatches that are printed per file; the others are counted. */
const SHOWN = 20;

/** JSON files at or under a path, in alphabetical order. */
async function jsonFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** What a file is: no reference, or a reference with what is wrong about it. */
async function judge(file: string): Promise<'no reference' | readonly string[]> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return [`it is not JSON: ${String(error)}`];
  }
  const schema = schemaOf(json);
  if (schema === undefined) return 'no reference';
  const check = Object.hasOwn(SCHEMAS, schema) ? SCHEMAS[schema] : undefined;
  if (!check) return [`the schema ${schema} is not supported`];
  try {
    return await check(file, json);
  } catch (error) {
    // A check that breaks is a failure of that file, and the others are still to be judged.
    return [`the check broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}

function schemaOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('schema' in json)) return undefined;
  return typeof json.schema === 'string' ? json.schema : JSON.stringify(json.schema);
}

function printVerdict(file: string, wrong: readonly string[]): void {
  console.log(`${wrong.length === 0 ? 'matched' : 'FAILED '}  ${relative('.', file)}`);
  for (const sentence of wrong.slice(0, SHOWN)) console.log(`         ${sentence}`);
  if (wrong.length > SHOWN) console.log(`         and ${wrong.length - SHOWN} more`);
}

async function main(paths: readonly string[]): Promise<number> {
  let matched = 0;
  let failed = 0;
  for (const path of paths) {
    const files = existsSync(path) ? await jsonFiles(path) : [];
    let references = 0;
    for (const file of files) {
      const wrong = await judge(file);
      if (wrong === 'no reference') {
        console.log(`no schema, not a reference: ${relative('.', file)}`);
        continue;
      }
      references++;
      printVerdict(file, wrong);
      if (wrong.length === 0) matched++;
      else failed++;
    }
    if (references === 0) {
      console.log(`FAILED   ${path}: there is no reference file at or under it`);
      failed++;
    }
  }
  console.log(`${matched} matched, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const given = process.argv.slice(2);
void main(given.length > 0 ? given : DEFAULTS.filter((path) => existsSync(path))).then((code) => {
  process.exitCode = code;
});
