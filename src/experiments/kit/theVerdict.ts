/** The book's example text. */

/** "The Verdict" (Edith Wharton, 1908), in the public domain, where the book's author keeps it. */
export const THE_VERDICT_ADDRESS =
  'https://raw.githubusercontent.com/rasbt/LLMs-from-scratch/main/ch02/01_main-chapter-code/the-verdict.txt';
