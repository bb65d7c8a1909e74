/** The licences of everything that is bundled, or lies beside it: who wrote what, with the texts as they demand. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../lib/failure';
import { inRepository } from '../lib/paths';

/** Where the production build says what went into `dist/`. */
const BUNDLED = inRepository('out', 'bundled.json');

/** The part of esbuild's metafiles that is read: bundle to module to what it has of it. */
export interface Bundled {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

export interface PackageNotice {
  /** Folder in the repository. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  /** Its licence, and notices that it passes on. */
  readonly texts: readonly string[];
}

/** Packages that lie beside the bundles. */
export const BESIDE = ['node_modules/onnxruntime-node', 'node_modules/onnxruntime-common'];

/** Texts of packages that bring none; licenses/README.md says where they are from. */
const ELSEWHERE: Partial<Record<string, string>> = {
  '@microsoft/fast-element': 'fast.txt',
  '@microsoft/fast-foundation': 'fast.txt',
  '@microsoft/fast-web-utilities': 'fast.txt',
  '@vscode/l10n': 'vscode-l10n.txt',
  'gearhash-jit': 'gearhash-jit.txt',
  'onnxruntime-common': 'onnxruntime/LICENSE.txt',
  'onnxruntime-node': 'onnxruntime/LICENSE.txt',
};

/** Licences that ask for nothing but that their text is passed on. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

const TEXT = /^(licen[cs]e|copying|notices?|thirdpartynotices|copyrightnotice)([.-].*)?$/i;

/** Folders of the packages that something in `dist/` is made of, sorted. */
export function bundledPackages({ outputs }: Bundled): string[] {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      // The last of nested folders; a module of which nothing was taken is no part of it.
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (found !== undefined && bytesInOutput > 0) folders.add(found);
    }
  }
  return [...folders].sort();
}

export async function readBundled(): Promise<Bundled> {
  return JSON.parse(await readFile(BUNDLED, 'utf8')) as Bundled;
}

/** @throws Failure where a package has no text, or a licence that asks for more than that. */
export async function noticeOf(folder: string): Promise<PackageNotice> {
  const path = inRepository(...folder.split('/'));
  const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const { name, version, license = '' } = manifest;
  if (!PERMISSIVE.includes(license)) {
    throw new Failure(
      `${name} ${version} is bundled, and its licence is "${license}". See what it demands, then add it to ` +
        `PERMISSIVE in scripts/packaging/notices.ts or do without the package.`,
    );
  }
  const files = (await readdir(path)).filter((file) => TEXT.test(file)).sort();
  const elsewhere = ELSEWHERE[name];
  const texts = await Promise.all([
    ...files.map((file) => readFile(join(path, file), 'utf8')),
    ...(elsewhere === undefined ? [] : [readFile(inRepository('licenses', elsewhere), 'utf8')]),
  ]);
  if (texts.length === 0) {
    throw new Failure(
      `${name} ${version} is bundled and brings no licence text. Put it into licenses/, and name it in ` +
        `ELSEWHERE in scripts/packaging/notices.ts.`,
    );
  }
  return { folder, name, version, license, texts: texts.map(withPlainEnds) };
}

const withPlainEnds = (text: string): string =>
  text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim();

/** The file for people. */
export function noticesText(notices: readonly PackageNotice[]): string {
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  const head =
    'Decoding Lab is made of its own code and of the packages below, each under its own licence. What is built into\n' +
    'the library of ONNX Runtime has its notices in licenses/onnxruntime/ThirdPartyNotices.txt, where that library is.';
  const parts = notices.map(
    ({ name, version, license, texts }) => `${name} ${version} (${license})\n\n${texts.join('\n\n')}`,
  );
  return `${[head, ...parts].join(rule)}\n`;
}

/** Of everything in the bundles and beside them. */
export async function allNotices(bundled: Bundled): Promise<PackageNotice[]> {
  return Promise.all([...bundledPackages(bundled), ...BESIDE].map(noticeOf));
}
