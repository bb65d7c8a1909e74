import type { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/gpt2/graph/graph';
import { createSession, loadRuntime, type Session } from '../../../src/onnx/runtime';

const COUNT = 4_000_000;

/** y = x + 1 and z = x x. */
function session(): Promise<Session> {
  const g = new GraphBuilder();
  g.output('y', g.add('Add', ['x', g.float(1)]));
  g.output('z', g.add('Mul', ['x', 'x']));
  const value = (name: string) => ({ name, type: 'float32', shape: [COUNT] }) as const;
  return createSession(g.build('test', [value('x')], [value('y'), value('z')]), {
    directory: '.',
    threads: 1,
  });
}

async function floats(fill: number, length = COUNT): Promise<Tensor> {
  const { Tensor: TensorClass } = await loadRuntime();
  return new TensorClass('float32', new Float32Array(length).fill(fill), [length]);
}

/** By how many bytes an action lets this process's arrays grow. */
async function growth(action: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().arrayBuffers;
  await action();
  return process.memoryUsage().arrayBuffers - before;
}

it('A graph runs into arrays of the caller, which are written and not copied', async () => {
  const graph = await session();
  const [x, y, z] = [await floats(3), await floats(0), await floats(0)];
  expect(await growth(() => graph.runInto({ x }, { y, z }))).toBeLessThan(COUNT);
  expect([y, z].map(({ data }) => [data[0], data[COUNT - 1]])).toEqual([
    [4, 4],
    [9, 9],
  ]);
  // Only what is named is written, and without arrays of the caller's there are new ones.
  await graph.runInto({ x: await floats(5) }, { y });
  expect([y.data[7], z.data[7]]).toEqual([6, 9]);
  let result: Awaited<ReturnType<Session['run']>> = {};
  expect(
    await growth(async () => {
      result = await graph.run({ x });
    }),
  ).toBeGreaterThanOrEqual(2 * 4 * COUNT);
  expect(Object.keys(result)).toEqual(['y', 'z']);
  expect([result['y']!.data[1], result['z']!.data[1]]).toEqual([4, 9]);
  await graph.release();
});

it('A graph that cannot run into an array says so', async () => {
  const graph = await session();
  await expect(graph.runInto({ x: await floats(3, 5) }, { y: await floats(0) })).rejects.toThrow(
    /invalid dimensions/,
  );
  await expect(graph.runInto({ x: await floats(3) }, { y: await floats(0, 5) })).rejects.toThrow(
    /for output: y/,
  );
  await graph.release();
});
