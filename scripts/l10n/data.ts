/** Sentences that the code holds as data, which the extension translates where it shows them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPresets } from '../../src/core/samplers/presets';
import { TOKEN_BY_TOKEN } from '../../src/experiments/kit/scoringCost';
import type { DownloadPhase } from '../../src/library/progress';
import type { CatalogListing } from '../../src/library/types';
import { VARIANTS } from '../../src/library/variants';
import { repository } from '../lib/paths';

const catalog = JSON.parse(readFileSync(join(repository, 'models/catalog.json'), 'utf8')) as {
  readonly bundled: readonly { readonly about: string }[];
  readonly models: readonly { readonly about: string }[];
};

/** The types keep these lists complete. */
const PHASES: Record<DownloadPhase, true> = {
  'other-window': true,
  listing: true,
  checking: true,
  downloading: true,
  waiting: true,
  finishing: true,
};
const STATES: Record<Exclude<CatalogListing['state'], 'absent' | 'here'>, true> = {
  downloading: true,
  paused: true,
};

/** In the part of the bundle that is the extension's. */
export const dataSentences: readonly string[] = [
  ...Object.values(builtInPresets).flatMap(({ name, description }) => [name, description]),
  ...Object.values(VARIANTS).flatMap(({ label, about }) => [label, about]),
  ...[...catalog.bundled, ...catalog.models].map(({ about }) => about),
  ...Object.keys(PHASES),
  ...Object.keys(STATES),
  TOKEN_BY_TOKEN,
];
