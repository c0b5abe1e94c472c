// bench rank: images a second from files to a ranked list by the frozen network, the import included, against
// the peer's frozen features of the same files.

import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { followJob } from '#hosts/cli/follow-job.ts';
import { runImport } from '#hosts/cli/importing.ts';
import { withProject } from '#hosts/cli/project.ts';
import type { Shell } from '#hosts/cli/shell.ts';
import type { BenchFolder } from './bench-folder.ts';
import type { FrozenPeer } from './frozen-peer.ts';
import { packedSets, unpack } from './packed-set.ts';
import { rates, type RateFigures } from './turns.ts';

export interface RankSizes {
  /** To rank: the normals to fit to, and as many images to judge. */
  readonly images: number;
  readonly threads: number;
  readonly rounds: number;
}

/** Images a second; ratio > 1 is faster than the peer. */
export interface RankFigure extends RateFigures {
  readonly bench: 'rank';
  readonly images: number;
  readonly size: number;
  readonly threads: number;
  /** Of the images that are not fitted to: the other types of cell against the normal one. */
  readonly auroc: { readonly ours: number; readonly peer: number | null };
}

const normal = 'neutrophil';

/** data: the folder of the packed sets. */
export async function benchRank(
  { images, threads, rounds }: RankSizes,
  data: string,
  folder: BenchFolder,
  peer: FrozenPeer | null,
  shell: Shell,
): Promise<RankFigure> {
  const unpacked = await folder.make('rank/all');
  await unpack(packedSets(data, 'pbc8').set, unpacked);
  const chosen = await folder.make('rank/chosen');
  const count = await choose(join(unpacked, 'pbc8_64'), images, chosen);
  const ours: Ranked[] = [];
  const theirs: Ranked[] = [];
  for (let round = 0; round < rounds; round++) {
    const project = join(await folder.make('rank'), `Round ${round}.normscope`);
    ours.push(await rankOurs(chosen, project, threads, shell));
    if (peer) theirs.push(await peer.rank(chosen, threads, shell));
  }
  const rate = ({ seconds }: Ranked) => count / seconds;
  return {
    ...{ bench: 'rank', images: count, size: 64, threads },
    ...rates(ours.map(rate), theirs.map(rate)),
    auroc: { ours: ours[0]!.auroc, peer: theirs[0]?.auroc ?? null },
  };
}

export interface Ranked {
  /** From the first file to the list. */
  readonly seconds: number;
  readonly auroc: number;
}

/** Half to fit to, the others of every type in turn. Resolves with how many there are. */
async function choose(set: string, images: number, folder: string): Promise<number> {
  const half = Math.floor(images / 2);
  const types = await readdir(join(set, 'test'));
  const each = Math.ceil(half / types.length);
  let count = await copyFirst(join(set, 'train', normal), join(folder, 'train', 'good'), half);
  for (const type of types) {
    const name = type === normal ? 'good' : type;
    count += await copyFirst(join(set, 'test', type), join(folder, 'test', name), each);
  }
  return count;
}

async function copyFirst(from: string, to: string, most: number): Promise<number> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).sort().slice(0, most);
  for (const name of names) await cp(join(from, name), join(to, name));
  return names.length;
}

async function rankOurs(
  files: string,
  project: string,
  threads: number,
  shell: Shell,
): Promise<Ranked> {
  return await withProject(shell, project, { create: true }, async (client) => {
    const start = performance.now();
    const dataset = 'bench';
    await runImport(client, shell, { paths: [files], dataset });
    const { jobId, runId } = await client.call('runs.train', {
      ...{ dataset, method: 'frozen', rank: true, overrides: { threads } },
    });
    await followJob(client, jobId, shell, {
      progress: shell.progress('Ranking'),
      advance: ({ done, total }) => ({ done, total, unit: '' }),
      whenStopped: () => '.',
    });
    const { modelId } = await client.call('runs.show', { runId });
    await client.call('scores.rank', { modelId: modelId!, dataset });
    const seconds = (performance.now() - start) / 1000;
    const { scores, rankBy } = await client.call('scores.evaluate', { modelId: modelId!, dataset });
    return { seconds, auroc: scores[rankBy]!.auroc };
  });
}
