import { messageOf } from '../core/messageOf';
import { t } from '../l10n/language';

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
function nameOf({ platform, arch, otherLibc }: Machine): string {
  const name = `${NAMES[platform] ?? platform} ${arch}`;
  return otherLibc ? t('{0} without glibc', name) : name;
}

/** What works without onnxruntime. */
const ALL_THE_SAME = t(
  'The toy vocabulary works here, and so do models on a server (Decoding Lab: Connect to a Model Server…).',
);

/**
 * Why GPT-2 cannot be run, what works all the same, and what to do.
 * @param error what loading the library ended with
 */
export function whyNoRuntime(error: unknown, machine: Machine): string {
  const target = `${machine.platform}-${machine.arch}`;
  const offered = PLATFORMS.some((platform) => platform === target) && !machine.otherLibc;
  if (!offered) {
    return [
      t(
        'GPT-2 cannot be run on {0}: onnxruntime, which runs it, has no library for this platform.',
        nameOf(machine),
      ),
      ALL_THE_SAME,
      t('GPT-2 itself runs on Linux and Windows (x64 and ARM), and on macOS with Apple silicon.'),
    ].join(' ');
  }
  if (isMissing(error)) {
    return [
      t(
        'GPT-2 cannot be run: this package of the extension was made for every platform and brings no onnxruntime.',
      ),
      ALL_THE_SAME,
      t('For GPT-2, install the extension’s package for {0}.', target),
    ].join(' ');
  }
  return [
    t(
      'GPT-2 cannot be run: onnxruntime could not be loaded on {0} ({1}).',
      nameOf(machine),
      messageOf(error),
    ),
    ALL_THE_SAME,
    remedyFor(machine.platform, target),
  ].join(' ');
}

/** With what a system that has the library may lack. */
function remedyFor(platform: string, target: string): string {
  switch (platform) {
    case 'linux':
      return t(
        'For GPT-2, install the extension’s package for {0} anew, on a system with glibc 2.28 or newer and libstdc++.',
        target,
      );
    case 'win32':
      return t(
        'For GPT-2, install the extension’s package for {0} anew, and Microsoft’s Visual C++ Redistributable.',
        target,
      );
    default:
      return t('For GPT-2, install the extension’s package for {0} anew.', target);
  }
}

/** `import()` and `require` have a code each. */
const isMissing = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
};
