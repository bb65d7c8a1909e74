/** How far a download is, how fast, and how long still. */
import { t } from '../l10n/language';

export type DownloadPhase =
  /** Another window downloads the same model: this one looks on. */
  | 'other-window'
  /** The hub is asked what there is. */
  | 'listing'
  /** What has arrived earlier is read back. */
  | 'checking'
  | 'downloading'
  /** A failure is waited out. */
  | 'waiting'
  /** All is here and is looked at as a model. */
  | 'finishing';

/** What people are told of a phase, as the beginning of a line. */
export const PHASES: Readonly<Record<DownloadPhase, string>> = {
  'other-window': t('other window'),
  listing: t('listing'),
  checking: t('checking'),
  downloading: t('downloading'),
  waiting: t('waiting'),
  finishing: t('finishing'),
};

export interface DownloadProgress {
  readonly phase: DownloadPhase;
  /** Bytes that are here, of `totalBytes`; 0 of 0 while it is not known. */
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Over the last seconds; undefined until there is something to tell. */
  readonly bytesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  /** The file at work. */
  readonly file?: string | undefined;
  /** What is waited for. */
  readonly note?: string | undefined;
}

/** Speed is that of the last so many milliseconds: it follows the network, but not every packet. */
const WINDOW_MS = 5_000;
/** Time between two reports, so that they cost nothing. */
const REPORT_MS = 100;

/** Collects what happens and reports it, not too often. */
export class ProgressMeter {
  #phase: DownloadPhase = 'listing';
  #received = 0;
  #total = 0;
  #file: string | undefined;
  #note: string | undefined;
  #reported = -Infinity;
  /** The report of what came too soon after the last one. */
  #later: NodeJS.Timeout | undefined;
  /** Bytes over time, the oldest first. */
  #samples: { readonly at: number; readonly received: number }[] = [];

  constructor(
    private readonly report: (progress: DownloadProgress) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** A new phase is always reported. */
  begin(phase: DownloadPhase, details: { file?: string; note?: string } = {}): void {
    if (phase !== this.#phase) this.#samples = [];
    this.#phase = phase;
    this.#file = details.file;
    this.#note = details.note;
    this.#send();
  }

  total(bytes: number): void {
    this.#total = bytes;
  }

  received(bytes: number): void {
    // Bytes that were thrown away are no speed.
    if (bytes < this.#received) this.#samples = [];
    this.#received = bytes;
    const wait = this.#reported + REPORT_MS - this.now();
    if (wait <= 0) this.#send();
    else
      this.#later ??= setTimeout(() => {
        this.#send();
      }, wait).unref();
  }

  /** Nothing more will be reported. */
  end(): void {
    clearTimeout(this.#later);
  }

  #send(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    const at = this.now();
    this.#reported = at;
    if (this.#phase === 'downloading') {
      this.#samples.push({ at, received: this.#received });
      while (at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
    }
    const bytesPerSecond = this.#speed();
    const left = this.#total - this.#received;
    this.report({
      phase: this.#phase,
      receivedBytes: this.#received,
      totalBytes: this.#total,
      bytesPerSecond,
      secondsLeft: bytesPerSecond !== undefined && bytesPerSecond > 0 ? left / bytesPerSecond : undefined,
      file: this.#file,
      note: this.#note,
    });
  }

  #speed(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at === first.at) return undefined;
    return ((last.received - first.received) / (last.at - first.at)) * 1000;
  }
}
