/** Sentences that the code holds as data, which the extension translates where it shows them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../lib/paths';

const catalog = JSON.parse(readFileSync(join(repository, 'models/catalog.json'), 'utf8')) as {
  readonly bundled: readonly { readonly about: string; readonly kind: string }[];
  readonly models: readonly { readonly about: string }[];
};

/** In the part of the bundle that is the extension's. */
export const dataSentences: readonly string[] = [
  ...[...catalog.bundled, ...catalog.models].map(({ about }) => about),
  ...catalog.bundled.map(({ kind }) => kind),
];
