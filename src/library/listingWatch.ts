/** Whether a hub that describes a repository comes to an end. */
import { t, whole } from '../l10n/language';
import { written } from '../l10n/numbers';
import { LibraryError } from './libraryError';

/** A hub lists a thousand files on a page, and no model has ten thousand. */
const MOST_PAGES = 100;

/** Pages in a row with nothing on them but the address of the next. */
const MOST_EMPTY_PAGES = 3;

/** Counts the answers of one description, and ends it with a sentence where they lead nowhere. */
export class ListingWatch {
  readonly #started = Date.now();
  readonly #asked = new Set<string>();
  #empty = 0;

  /** @param longestMs time for the whole description, repetitions included. */
  constructor(
    private readonly host: string,
    private readonly repo: string,
    private readonly longestMs: number,
  ) {}

  /** The listing begins again: its pages are counted anew, its time is not. */
  restart(): void {
    this.#asked.clear();
    this.#empty = 0;
  }

  /** To be called before each request. @throws LibraryError */
  ask(url: string): void {
    this.check();
    if (this.#asked.has(url)) {
      this.#fail(
        t(
          '{0} was asked for the list of files of {1} and sends a page of it for the second time.',
          this.host,
          this.repo,
        ),
      );
    }
    this.#asked.add(url);
    if (this.#asked.size > MOST_PAGES) {
      this.#fail(
        t(
          '{0} was asked for the list of files of {1} and sends more than {2} pages of it.',
          this.host,
          this.repo,
          whole(MOST_PAGES),
        ),
      );
    }
  }

  /** To be called with each answer. @throws LibraryError */
  answered(value: unknown): void {
    this.#empty = Array.isArray(value) && value.length === 0 ? this.#empty + 1 : 0;
    if (this.#empty > MOST_EMPTY_PAGES) {
      this.#fail(
        t(
          '{0} was asked for the list of files of {1} and sends more than {2} empty pages of it in a row.',
          this.host,
          this.repo,
          whole(MOST_EMPTY_PAGES),
        ),
      );
    }
  }

  /** To be called while an answer comes. @throws LibraryError */
  check(): void {
    if (Date.now() - this.#started > this.longestMs) {
      this.#fail(
        t(
          '{0} was asked for the list of files of {1} and takes more than {2} seconds for it.',
          this.host,
          this.repo,
          written(this.longestMs / 1000),
        ),
      );
    }
  }

  #fail(what: string): never {
    throw new LibraryError('network', t("{0} The request was given up; check the hub's address.", what));
  }
}
