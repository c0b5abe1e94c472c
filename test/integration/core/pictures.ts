// Draws small pictures for tests: discs are normal, crosses are strange, stripes are outliers.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { purpose, RandomStream } from '#domain/random.ts';

export type Motif = 'disc' | 'cross' | 'stripes';

const side = 24;

/** Writes `count` PNG files, 24 × 24, all different, into a folder that is made. */
export async function drawPictures(folder: string, motif: Motif, count: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const path = join(folder, `${motif} ${String(index).padStart(4, '0')}.png`);
    await sharp(pixelsOf(motif, index), { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toFile(path);
    paths.push(path);
  }
  return paths;
}

function pixelsOf(motif: Motif, index: number): Uint8Array {
  const stream = new RandomStream(index, purpose.sample, motif.length);
  const size = stream.between(6, 9);
  const [x0, y0] = [stream.between(10, 13), stream.between(10, 13)];
  const pixels = new Uint8Array(side * side * 3);
  for (let place = 0; place < side * side; place++) {
    const [x, y] = [(place % side) - x0, Math.floor(place / side) - y0];
    const isInside = {
      disc: Math.hypot(x, y) < size,
      cross: Math.abs(x) < size / 3 || Math.abs(y) < size / 3,
      stripes: Math.floor((x + 2 * y) / 4) % 2 === 0,
    }[motif];
    const [red, green, blue] = isInside ? [150, 60, 140] : [230, 220, 225];
    const grain = stream.between(-12, 12);
    pixels.set([red + grain, green + grain, blue + grain].map(Math.round), 3 * place);
  }
  return pixels;
}
