/** Whether a hub that describes a repository comes to an end. */
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
    if (this.#asked.has(url)) this.#fail('sends a page of it for the second time');
    this.#asked.add(url);
    if (this.#asked.size > MOST_PAGES) this.#fail(`sends more than ${MOST_PAGES} pages of it`);
  }

  /** To be called with each answer. @throws LibraryError */
  answered(value: unknown): void {
    this.#empty = Array.isArray(value) && value.length === 0 ? this.#empty + 1 : 0;
    if (this.#empty > MOST_EMPTY_PAGES)
      this.#fail(`sends more than ${MOST_EMPTY_PAGES} empty pages of it in a row`);
  }

  /** To be called while an answer comes. @throws LibraryError */
  check(): void {
    if (Date.now() - this.#started > this.longestMs) {
      this.#fail(`takes more than ${this.longestMs / 1000} seconds for it`);
    }
  }

  #fail(what: string): never {
    throw new LibraryError(
      'network',
      `${this.host} was asked for the list of files of ${this.repo} and ${what}. The request was given up; ` +
        `check the hub's address.`,
    );
  }
}
