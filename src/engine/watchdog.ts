import type { Pulse } from './pulse';

/** How an engine is looked at. */
export interface Watched {
  /** Has the engine's main thread answer something that costs nothing. */
  readonly ping: () => Promise<unknown>;
  /** Asks its second thread, and gives what that said last. */
  readonly pulse: () => Pulse | undefined;
  /** Called when it hangs; then nothing is looked at any more. */
  readonly onHang: () => void;
}

/** Looks within the time after which silence is a hang. */
const LOOKS = 5;
/** Share of one processor below which a native call does not work but waits. */
const LEAST_SHARE = 0.005;

/**
 * Tells work from a hang, while somebody waits for an engine that owes an answer. Its main thread answers between
 * two steps; in between it is in a native call, which is work as long as processor time goes by. A thread that
 * neither answers nor is in such a call loops, and one whose call takes no time waits for something that does not
 * come: that is a hang once it has lasted for the limit. Looks are counted, not the time: a machine that slept
 * misses one.
 */
export class Watchdog {
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #silent = 0;
  #answered = true;
  #cpu = 0;

  /** @param limitMs of silence that is a hang. */
  constructor(
    private readonly watched: Watched,
    private readonly limitMs: number,
  ) {}

  /** Watches until the function that it gives is called, which may happen more than once. */
  watch(): () => void {
    this.#waiting += 1;
    if (this.#waiting === 1) {
      this.#silent = 0;
      this.#cpu = this.watched.pulse()?.cpu ?? 0;
      this.#ask();
      this.#timer = setInterval(() => {
        this.#look();
      }, this.limitMs / LOOKS);
    }
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#waiting -= 1;
      if (this.#waiting === 0) this.stop();
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #ask(): void {
    this.#answered = false;
    this.watched.ping().then(
      () => {
        this.#answered = true;
      },
      () => undefined, // The engine is gone; whoever waits is told by that.
    );
  }

  #look(): void {
    const pulse = this.watched.pulse();
    const took = (pulse?.cpu ?? 0) - this.#cpu;
    this.#cpu = pulse?.cpu ?? this.#cpu;
    const works = pulse?.native === true && took >= (LEAST_SHARE * this.limitMs) / LOOKS;
    this.#silent = this.#answered || works ? 0 : this.#silent + 1;
    if (this.#silent >= LOOKS) {
      this.stop();
      this.watched.onHang();
    } else if (this.#answered) this.#ask();
  }
}
