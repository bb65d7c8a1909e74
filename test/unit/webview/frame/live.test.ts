import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { growing, type Clock } from '../../../../webview/frame/live';

const schema = v.object({ add: v.number() });
const grow = (sum: number | null, { add }: { readonly add: number }): number => (sum ?? 0) + add;

/** A page whose time passes as it is told. */
class Page implements Clock {
  time = 0;
  #waiting: (() => void)[] = [];
  readonly now = (): number => this.time;
  readonly afterDrawing = (then: () => void): void => {
    this.#waiting.push(then);
  };

  /** What was begun to be drawn takes so long. */
  draw(milliseconds: number): void {
    this.time += milliseconds;
    for (const then of this.#waiting.splice(0)) then();
  }
}

describe('A result that grows', () => {
  it('is what the events make of it, and ignores what is none', () => {
    const page = new Page();
    const run = growing(schema, grow, page);
    expect(run.result!()).toBeNull();
    for (const event of [{ add: 1 }, null, { add: 'much' }, 'add', { add: 2 }]) run.take(event);
    expect(run.result!()).toBe(3);
  });

  it('is drawn again only after four times as long as it took, and then as it is by then', () => {
    const page = new Page();
    const run = growing(schema, grow, page);
    run.take({ add: 1 });
    expect(run.result!()).toBe(1);
    for (let i = 0; i < 1000; i++) run.take({ add: 1 });
    expect(run.result!()).toBe(1);
    page.draw(100);
    page.time += 399;
    expect(run.result!()).toBe(1);
    page.time += 1;
    expect(run.result!()).toBe(1001);
    run.take({ add: 1 });
    expect(run.result!()).toBe(1001);
    page.draw(0);
    expect(run.result!()).toBe(1002);
  });
});
