/** For which platforms the extension is packaged, and what of onnxruntime each package brings. */
import { PLATFORMS, type Platform } from '../../src/onnx/platforms';

/** A platform, or every one that has no package of its own. */
export type Target = Platform | 'universal';

export const TARGETS: readonly Target[] = [...PLATFORMS, 'universal'];

export const isTarget = (name: string): name is Target => TARGETS.some((target) => target === name);

/**
 * The library that the binding is linked with, by the name by which it looks for it, which is in its own folder.
 * Left out is what the processor does without: the copy of the library under its full version (macOS), and what
 * onnxruntime.dll loads only for a graphics card (DirectML.dll, dxcompiler.dll, dxil.dll; they are not among its
 * imports, or delayed). `llvm-readobj --coff-imports`, `readelf -d` and `llvm-objdump --macho` show the links.
 */
const LIBRARY = {
  'linux-x64': 'libonnxruntime.so.1',
  'linux-arm64': 'libonnxruntime.so.1',
  'win32-x64': 'onnxruntime.dll',
  'win32-arm64': 'onnxruntime.dll',
  'darwin-arm64': 'libonnxruntime.1.dylib',
} satisfies Record<Platform, string>;

/** Native files of a package, as paths in the repository and in the extension. */
export function nativeFiles(target: Target): string[] {
  if (target === 'universal') return [];
  const folder = `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}`;
  return [`${folder}/onnxruntime_binding.node`, `${folder}/${LIBRARY[target]}`];
}

/** The package for this machine. */
export const ownTarget = (): Target => {
  const name = `${process.platform}-${process.arch}`;
  return isTarget(name) ? name : 'universal';
};

/** What else is only in a package that has native files: what loads them, and their licences. */
const BESIDE_NATIVE = [
  'licenses/onnxruntime/*.txt',
  'node_modules/onnxruntime-node/package.json',
  'node_modules/onnxruntime-node/dist/**/*.js',
  'node_modules/onnxruntime-common/package.json',
  'node_modules/onnxruntime-common/dist/cjs/package.json',
  'node_modules/onnxruntime-common/dist/cjs/**/*.js',
];

/** What a package has beside what all have, which is in .vscodeignore: paths and patterns in the repository. */
export const ownFiles = (target: Target): string[] =>
  target === 'universal' ? [] : [...BESIDE_NATIVE, ...nativeFiles(target)];
