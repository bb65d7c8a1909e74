import { signal } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';
import { follow } from '../../../../webview/frame/follow';

describe('Following signals from turn to turn', () => {
  it('does the work once per turn, however much has changed, and not without a change', () => {
    const [a, b, other] = [signal(1), signal(1), signal(1)];
    const seen: number[] = [];
    const turns: (() => void)[] = [];
    const turn = (): void => {
      for (const next of turns.splice(0)) next();
    };
    follow(
      () => void seen.push(a.value + b.value),
      (next) => void turns.push(next),
    );
    expect(seen).toEqual([2]);
    turn();
    other.value = 2;
    expect(turns).toHaveLength(0);
    for (let i = 2; i <= 10; i++) a.value = b.value = i;
    expect(turns).toHaveLength(1);
    turn();
    turn();
    expect(seen).toEqual([2, 20]);
  });

  it('follows what the last work read, and no more what an earlier one read', () => {
    const [which, a, b] = [signal('a'), signal(1), signal(10)];
    const seen: number[] = [];
    const turns: (() => void)[] = [];
    follow(
      () => void seen.push(which.value === 'a' ? a.value : b.value),
      (next) => void turns.push(next),
    );
    which.value = 'b';
    turns.pop()!();
    a.value = 2;
    expect(turns).toHaveLength(0);
    b.value = 20;
    turns.pop()!();
    expect(seen).toEqual([1, 10, 20]);
  });

  it('goes on after work that failed', () => {
    const number = signal(1);
    const seen: number[] = [];
    const turns: (() => void)[] = [];
    follow(
      () => {
        if (number.value === 2) throw new Error('two');
        seen.push(number.value);
      },
      (next) => void turns.push(next),
    );
    number.value = 2;
    expect(() => {
      turns.pop()!();
    }).toThrow('two');
    number.value = 3;
    turns.pop()!();
    expect(seen).toEqual([1, 3]);
  });
});
