import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgressMeter, type DownloadProgress } from '../../../src/library/progress';

describe('ProgressMeter', () => {
  let reports: DownloadProgress[];
  let meter: ProgressMeter;
  beforeEach(() => {
    vi.useFakeTimers();
    reports = [];
    meter = new ProgressMeter((report) => reports.push(report));
    meter.total(10_000_000);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A megabyte a second, in packets of a hundredth of a second. */
  const flow = (seconds: number, from = 0): void => {
    for (let i = 1; i <= seconds * 100; i++) {
      vi.advanceTimersByTime(10);
      meter.received(from + i * 10_000);
    }
  };

  it('tells speed and time left', () => {
    meter.begin('downloading', { file: 'x' });
    flow(4);
    const last = reports.at(-1)!;
    expect(last).toMatchObject({ phase: 'downloading', file: 'x', totalBytes: 10_000_000 });
    expect(last.bytesPerSecond).toBeCloseTo(1e6, -4);
    expect(last.secondsLeft).toBeCloseTo(6, 0);
  });

  it('reports ten times a second, not at every packet, and the last bytes too', () => {
    meter.begin('downloading');
    flow(1);
    expect(reports.length).toBeGreaterThan(8);
    expect(reports.length).toBeLessThan(13);
    vi.advanceTimersByTime(1000);
    expect(reports.at(-1)!.receivedBytes).toBe(1_000_000);
    meter.received(1_000_001);
    meter.received(1_000_002);
    meter.end();
    vi.advanceTimersByTime(1000);
    expect(reports.at(-1)!.receivedBytes).toBe(1_000_001);
  });

  it('forgets a speed of long ago', () => {
    meter.begin('downloading');
    flow(2);
    vi.advanceTimersByTime(20_000);
    meter.received(2_010_000);
    expect(reports.at(-1)!.bytesPerSecond).toBeUndefined();
  });

  it('takes bytes that were thrown away for no speed', () => {
    meter.begin('downloading');
    flow(1);
    meter.received(0);
    vi.advanceTimersByTime(200);
    flow(1);
    expect(Math.min(...reports.map(({ bytesPerSecond }) => bytesPerSecond ?? 0))).toBeGreaterThanOrEqual(0);
  });

  it('has no speed but while it downloads', () => {
    meter.begin('downloading');
    flow(1);
    meter.begin('waiting', { note: 'the hub is asked too often' });
    expect(reports.at(-1)).toMatchObject({
      phase: 'waiting',
      note: 'the hub is asked too often',
      bytesPerSecond: undefined,
      secondsLeft: undefined,
    });
  });
});
