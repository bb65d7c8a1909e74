/** How soon the bundled model answers: after loading, and to a user who types. */
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { median } from './engine/statistics';

export async function run(): Promise<void> {
  const begin = performance.now();
  const model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  let text = 'Once upon a time there was a king who had a daughter, and she was so beautiful that '.repeat(9);
  await model.next([{ tokens: await model.encode(text) }]);
  const first = performance.now() - begin;
  const times: number[] = [];
  for (const letter of 'the sun himself, who had seen so much, was amazed') {
    text += letter;
    const start = performance.now();
    await model.next([{ tokens: await model.encode(text) }]);
    times.push(performance.now() - start);
  }
  await model.dispose();
  tell('loaded and first distribution', first, 1000);
  tell('distribution after a keystroke', median(times), 20);
}

function tell(name: string, milliseconds: number, most: number): void {
  const met = milliseconds <= most ? 'met' : 'NOT MET';
  console.log(
    `  ${name.padEnd(32)} ${milliseconds.toPrecision(3).padStart(6)} ms (goal: at most ${most} ms, ${met})`,
  );
}
