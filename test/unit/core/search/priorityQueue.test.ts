import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PriorityQueue } from '../../../../src/core/search/priorityQueue';
import { PROPERTY } from '../generators';

it('gives out the largest priority, the earliest among equals, whatever is put in between', () => {
  const commands = fc.array(fc.option(fc.integer({ min: -3, max: 3 })), { maxLength: 200 });
  fc.assert(
    fc.property(commands, (priorities) => {
      const queue = new PriorityQueue<number>();
      let list: { item: number; priority: number }[] = [];
      priorities.forEach((priority, item) => {
        if (priority === null) {
          const best = list.reduce<(typeof list)[number] | undefined>(
            (top, entry) => (top === undefined || entry.priority > top.priority ? entry : top),
            undefined,
          );
          expect(queue.priority).toBe(best?.priority ?? -Infinity);
          expect(queue.peek()).toBe(best?.item);
          expect(queue.pop()).toBe(best?.item);
          list = list.filter((entry) => entry !== best);
        } else {
          queue.push(item, priority);
          list.push({ item, priority });
        }
        expect(queue.size).toBe(list.length);
      });
    }),
    PROPERTY,
  );
});
