/** Screenshots as one animated picture. */
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

/** A picture, and how long it stays, in milliseconds. */
export interface AnimationFrame {
  readonly png: Buffer;
  readonly stays: number;
}

/** Often enough to be seen by who scrolls down slowly; then it rests, as a page is there to be read. */
const TIMES = 4;

/** Writes an animated WebP without loss: letters keep their edges, and what does not change costs nothing. */
export async function writeAnimation(path: string, frames: readonly AnimationFrame[]): Promise<void> {
  const pictures = frames.map(({ png }) => png);
  const picture = sharp(pictures, { join: { animated: true } }).webp({
    lossless: true,
    effort: 6,
    minSize: true,
    loop: TIMES,
    delay: frames.map(({ stays }) => stays),
  });
  await writeFile(path, await picture.toBuffer());
}
