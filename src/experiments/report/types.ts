/** A result as people and other programs read it: sentences and tables made from the result alone. */

/** Text, a number at full precision, or nothing. */
export type Cell = string | number | null;

/** How a column's numbers are shown on screen and in Markdown; CSV and JSON always have every digit. */
export type CellFormat = 'text' | 'token' | 'whole' | 'number' | 'percent' | 'nats';

export interface ReportTable {
  /** Short, for file names and to find the same table in another result: `draws`. */
  readonly id: string;
  readonly title: string;
  /** What its numbers mean, in a sentence. */
  readonly note?: string;
  readonly columns: readonly string[];
  /** One per column; `text` for strings and `number` for numbers where left out. */
  readonly formats?: readonly CellFormat[];
  /** As many columns at the left name a row and occur once each; rows of two results are matched by them. */
  readonly keys: number;
  readonly rows: readonly (readonly Cell[])[];
}

/** What a result says; the functions of every experiment are in the file of its name in this folder. */
export interface ReportOf<Result> {
  /** Plain sentences that answer the experiment's question, computed from the result; the answer comes first. */
  readonly summary: (result: Result) => readonly string[];
  readonly tables: (result: Result) => readonly ReportTable[];
}

/** A picture as it goes into a report. */
export interface ReportPicture {
  readonly title: string;
  /** What it shows, in words: its text alternative. */
  readonly description: string;
  /** A whole `<svg>` element that needs no style sheet. */
  readonly svg: string;
}
