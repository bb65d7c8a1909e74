/** Room in memory: what is lacking where there is too little of it, and how work beside the models claims it. */
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import { machineMemory } from '../library/memory';

/** What is lacking where there is not enough memory. */
export interface Lack {
  /** Bytes that can be had. */
  readonly room: number;
  /** Bytes that are free on the machine. */
  readonly free: number;
  /** Where it is the user's limit that stands in the way: its bytes, and those that are held. */
  readonly limit?: { readonly allowed: number; readonly held: number };
}

/** What work beside the models may use and must heed. */
export interface Resources {
  readonly threads: number | undefined;
  /**
   * Counts `bytes` as taken while `action` lasts; models that nobody uses make room.
   * @throws what `refused` says where there is too little.
   */
  readonly claim: <T>(bytes: number, refused: (lack: Lack) => Error, action: () => Promise<T>) => Promise<T>;
}

/**
 * What is lacking for `bytes` now; undefined where there is room.
 * @param held bytes of the process and of what it has in memory
 * @param memoryLimit bytes that the user allows the process, if there is such a limit
 */
export function lackOf(bytes: number, held: number, memoryLimit: number | undefined): Lack | undefined {
  const { free } = machineMemory();
  const room = Math.max(0, Math.min(free, (memoryLimit ?? Infinity) - held));
  if (memoryLimit !== undefined && held + bytes > memoryLimit) {
    return { room, free, limit: { allowed: memoryLimit, held } };
  }
  return bytes <= free ? undefined : { room, free };
}

/** Says so of a model. @param bytes that it needs */
export function lacksMemory(name: string, bytes: number, { free, limit }: Lack): string {
  return limit
    ? t(
        "{0} needs {1} of memory, beside the {2} that the model process has already, and decodingLab.engine.memoryLimit allows {3} in all. Raise that limit, choose the model's 8-bit or 4-bit weights, or choose a smaller model.",
        ...[name, inBytes(bytes), inBytes(limit.held), inBytes(limit.allowed)],
      )
    : t(
        "{0} needs {1} of memory, and {2} are free. Close other programs, choose the model's 8-bit or 4-bit weights, or choose a smaller model.",
        ...[name, inBytes(bytes), inBytes(free)],
      );
}
