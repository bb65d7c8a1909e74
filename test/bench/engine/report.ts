/** What a run of the engine's benchmark says: as lines, and as tables in Markdown. */
import type { Measured } from '../peers/tasks';
import { ratiosOf, type Outcome } from './duel';
import { JOB_NAMES, MOST_OUTSIDE, type Job } from './jobs';
import { median, quantile } from './statistics';

/** How a run was made. */
export interface Circumstances {
  readonly threads: number;
  readonly pairs: number;
  /** Processors, in words. */
  readonly place: string;
  /** Milliseconds of the fixed piece of work, as often as it was measured. */
  readonly yardstick: readonly number[];
}

/** A goal: this project against a peer. On more than one thread a peer must not be ahead. */
interface Goal {
  readonly least: number | undefined;
  readonly met: string;
}

function goalOf({ duel, job }: Outcome, ratio: number, threads: number): Goal {
  const least = threads === 1 ? duel.goals[job.name] : 1;
  return { least, met: least === undefined ? '' : ratio >= least ? 'met' : '**not met**' };
}

/** The whole report, as Markdown. */
export function report(outcomes: readonly Outcome[], circumstances: Circumstances): string {
  const sorted = JOB_NAMES.flatMap((job) => outcomes.filter((outcome) => outcome.job.name === job));
  const parts = [describe(circumstances), ratios(sorted, circumstances.threads)];
  const share = outside(sorted, circumstances.threads);
  if (share !== undefined) parts.push(share);
  parts.push(speeds(sorted));
  return `${parts.join('\n\n')}\n`;
}

function describe({ threads, pairs, place, yardstick }: Circumstances): string {
  const each = threads === 1 ? 'one thread each' : `${threads} threads each`;
  const lines = [
    `${place}; ${each}; ${pairs} pairs of turns after a warm-up; medians, and quartiles in brackets.`,
  ];
  if (pairs < 9) lines.push('Fewer pairs than 9: a glance, not a measurement.');
  if (yardstick.length > 0) {
    const [least, most] = [Math.min(...yardstick), Math.max(...yardstick)];
    lines.push(
      `Between the pairs a fixed piece of work took ${spreadOf(yardstick, 0)} ms, ${least.toFixed(0)} to ` +
        `${most.toFixed(0)} at the extremes: so much does the machine itself drift.`,
    );
  }
  return lines.join('\n');
}

function ratios(outcomes: readonly Outcome[], threads: number): string {
  const rows = outcomes.map((outcome) => {
    const values = ratiosOf(outcome);
    const { least, met } = goalOf(outcome, median(values), threads);
    return [
      outcome.job.said,
      outcome.duel.ours.name,
      outcome.duel.peer.name,
      `${spreadOf(values, 2)} x`,
      `${median(ratiosOf(outcome, 'processor')).toFixed(2)} x`,
      least === undefined ? '' : `${least.toFixed(2)} x`,
      met,
    ];
  });
  return table(['job', 'weights here', 'peer', 'times as fast', 'by processor time', 'goal', ''], rows);
}

/** How much of a job passes outside the network; undefined where that was not measured. */
function outside(outcomes: readonly Outcome[], threads: number): string | undefined {
  const { job, ours, share } = MOST_OUTSIDE;
  const found = outcomes.filter((outcome) => outcome.job.name === job && outcome.duel.ours === ours);
  if (found.length === 0) return undefined;
  const pairs = found.flatMap((outcome) => outcome.pairs);
  const shares = pairs.map((pair) => (100 * (pair.ours.outside ?? NaN)) / pair.ours.wall);
  const line = `Outside the network, ${found[0]!.job.said} with ${ours.name} weights: ${spreadOf(shares, 1)} % of the time`;
  if (threads > 1) return `${line}.`;
  return `${line} (goal: at most ${100 * share} %, ${median(shares) <= 100 * share ? 'met' : '**not met**'}).`;
}

/** What each contestant did, duel by duel: the machine drifts between them. */
function speeds(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap((outcome) => {
    const { duel, job, pairs } = outcome;
    const row = (name: string, measured: readonly Measured[]): string[] => [
      job.said,
      name,
      speedOf(job, measured),
      spreadOf(
        measured.map(({ wall, processor }) => processor / wall),
        2,
      ),
    ];
    return [
      row(
        duel.ours.name,
        pairs.map(({ ours }) => ours),
      ),
      row(
        duel.peer.name,
        pairs.map(({ peer }) => peer),
      ),
    ];
  });
  return table(['job', 'contestant', 'speed', 'processors used'], rows);
}

function speedOf({ task }: Job, measured: readonly Measured[]): string {
  if (!task) {
    return `${spreadOf(
      measured.map(({ wall }) => wall),
      0,
    )} ms`;
  }
  const tokens = task.tokens === 0 ? task.prompt.length : task.samples * task.tokens;
  return `${spreadOf(
    measured.map(({ wall }) => (1000 * tokens) / wall),
    0,
  )} tokens/s`;
}

const spreadOf = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${quantile(values, 0.25).toFixed(digits)} to ${quantile(values, 0.75).toFixed(digits)})`;

/** Aligned, as Prettier does it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}
