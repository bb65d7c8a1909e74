import { messageOf } from '../core/messageOf';

/** Platforms that onnxruntime-node has a library for, as Node and the Marketplace name them; Linux is that of glibc. */
export const PLATFORMS = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The machine on which this runs. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Linux with another C library than glibc, such as Alpine's: the libraries for Linux do not load there. */
  readonly otherLibc: boolean;
}

export function thisMachine(): Machine {
  const { platform, arch } = process;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return {
    platform,
    arch,
    otherLibc: platform === 'linux' && report.header?.glibcVersionRuntime === undefined,
  };
}

const NAMES: Partial<Record<string, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };

/** What people call it: `macOS x64`. */
const nameOf = ({ platform, arch, otherLibc }: Machine): string =>
  `${NAMES[platform] ?? platform} ${arch}${otherLibc ? ' without glibc' : ''}`;

/** What works without onnxruntime. */
const ALL_THE_SAME =
  'The toy vocabulary works here, and so do models on a server (Decoding Lab: Connect to a Model Server…).';

/**
 * Why GPT-2 cannot be run, what works all the same, and what to do.
 * @param error what loading the library ended with
 */
export function whyNoRuntime(error: unknown, machine: Machine): string {
  const target = `${machine.platform}-${machine.arch}`;
  const offered = PLATFORMS.some((platform) => platform === target) && !machine.otherLibc;
  if (!offered) {
    return (
      `GPT-2 cannot be run on ${nameOf(machine)}: onnxruntime, which runs it, has no library for this platform. ` +
      `${ALL_THE_SAME} GPT-2 itself runs on Linux and Windows (x64 and ARM), and on macOS with Apple silicon.`
    );
  }
  if (isMissing(error)) {
    return (
      `GPT-2 cannot be run: this package of the extension was made for every platform and brings no onnxruntime. ` +
      `${ALL_THE_SAME} For GPT-2, install the extension’s package for ${target}.`
    );
  }
  return (
    `GPT-2 cannot be run: onnxruntime could not be loaded on ${nameOf(machine)} ` +
    `(${messageOf(error)}). ${ALL_THE_SAME} ` +
    `For GPT-2, install the extension’s package for ${target} anew${REMEDIES[machine.platform] ?? ''}.`
  );
}

/** What a system that has the library may lack. */
const REMEDIES: Partial<Record<string, string>> = {
  linux: ', on a system with glibc 2.28 or newer and libstdc++',
  win32: ', and Microsoft’s Visual C++ Redistributable',
};

/** `import()` and `require` have a code each. */
const isMissing = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
};
