// bench import: images a second of a whole import (hash, header, thumbnail, catalogue) against sharp
// alone doing the same reads.

import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '#domain/failure.ts';
import { runImport } from '#hosts/cli/importing.ts';
import { withProject } from '#hosts/cli/project.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import type { BenchFolder } from './bench-folder.ts';
import { filesBelow, packedSets, unpack } from './packed-set.ts';
import { rates, type RateFigures } from './turns.ts';

export interface ImportSizes {
  /** Files to import, at most. */
  readonly images: number;
  readonly rounds: number;
}

/** Images a second; ratio > 1 is faster than sharp alone. */
export interface ImportFigure extends RateFigures {
  readonly bench: 'import';
  readonly images: number;
  readonly size: number;
}

const program = fileURLToPath(new URL('./sharp-alone.ts', import.meta.url));
const alone = z.object({ imagesPerSecond: z.number().positive() });

/** data: the folder of the packed sets. */
export async function benchImport(
  { images, rounds }: ImportSizes,
  data: string,
  folder: BenchFolder,
  hasPeer: boolean,
  shell: Shell,
): Promise<ImportFigure> {
  const at = await folder.make('import/all');
  await unpack(packedSets(data, 'pbc8').set, at);
  const files = (await filesBelow(at)).slice(0, images);
  const chosen = await folder.make('import/chosen');
  for (const file of files) await cp(file, join(chosen, basename(file)));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const project = join(await folder.make('import'), `Round ${round}.normscope`);
    ours.push(files.length / (await importSeconds(chosen, project, shell)));
    if (!hasPeer) continue;
    const thumbnails = await folder.make(`import/thumbnails-${round}`);
    const { stdout } = await promisify(execFile)(process.execPath, [program, chosen, thumbnails]);
    theirs.push(alone.parse(JSON.parse(stdout)).imagesPerSecond);
  }
  return { bench: 'import', images: files.length, size: 64, ...rates(ours, theirs) };
}

/** Of the import alone, in a new project. */
async function importSeconds(from: string, project: string, shell: Shell): Promise<number> {
  return await withProject(shell, project, { create: true }, async (client) => {
    const start = performance.now();
    const { failed } = await runImport(client, shell, {
      ...{ paths: [from], dataset: 'bench' },
      role: 'normal',
      split: 'none',
    });
    const seconds = (performance.now() - start) / 1000;
    if (failed.length === 0) return seconds;
    throw new Failure('unreadable-image', failed[0]!.reason, failed[0]!.path);
  });
}
