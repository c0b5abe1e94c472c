// Memory: how much is available, how much a training step takes, and whether an error means that it ran out.

import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { RunSettings } from '#domain/run-settings.ts';
import { elementCount } from '#engine/ir/program.ts';
import type { Program } from '#engine/ir/program.ts';
import { networks } from '#ml/networks/networks.ts';

const mebibyte = 2 ** 20;

/** Peak resident memory of this process, bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** As text: "1.3 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}

/**
 * Bytes that this process could allocate without swapping: the system's available memory, limited by
 * its control groups (a container, a batch system). `root` is the root of the file
 * system.
 */
export function freeMemory(root = '/'): number {
  // macOS counts neither inactive nor compressible pages as free.
  if (process.platform === 'darwin') return Math.max(freemem(), totalmem() / 2);
  return Math.min(freemem(), leftInGroups(root));
}

/** File names of limit and usage in a group's folder, for the two versions of control groups. */
const groupVersions = [
  {
    mount: 'sys/fs/cgroup',
    line: /^0::(.*)$/m,
    ...{ limit: 'memory.max', used: 'memory.current', cached: /^inactive_file (\d+)$/m },
  },
  {
    mount: 'sys/fs/cgroup/memory',
    line: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m,
    ...{ limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' },
    cached: /^total_inactive_file (\d+)$/m,
  },
];

/** Bytes, or Infinity where no group has a limit. */
function leftInGroups(root: string): number {
  const groupsOfProcess = textOf(join(root, 'proc/self/cgroup'));
  const left = groupVersions.flatMap(({ mount, line, limit, used, cached }) => {
    const own = line.exec(groupsOfProcess)?.[1] ?? '/';
    const names = own.split('/').filter((name) => name !== '' && name !== '..');
    // In a container the mount itself is its group, and the names are those of the host.
    const folders = [join(root, mount)];
    for (const name of names) folders.push(join(folders.at(-1)!, name));
    return folders.map((folder) => {
      const most = Number(textOf(join(folder, limit)));
      // Cached file pages, which the system can drop at any time.
      const droppable = Number(cached.exec(textOf(join(folder, 'memory.stat')))?.[1] ?? 0);
      return most > 0 ? most - Number(textOf(join(folder, used))) + droppable : Infinity;
    });
  });
  return Math.min(...left);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Node, onnxruntime, the compiled program and the threads that draw views. */
const base = 190 * mebibyte;

/**
 * Bytes that a training step of so many rows (views) takes on the CPU at most: formulas of each network
 * fitted to measured peaks (src-main/engine/README.md). On a GPU it is a rough estimate of that
 * device's memory.
 */
export function stepMemory(program: Program, settings: RunSettings): number {
  const weights = program.state.reduce(
    (sum, { kind, value }) => (kind === 'parameter' ? sum + elementCount(value.shape) : sum),
    0,
  );
  // Adam keeps a second slot, read and written.
  const second = program.state.reduce(
    (sum, { name, value }) =>
      name.endsWith('/meanSquare') ? sum + elementCount(value.shape) : sum,
    0,
  );
  const { shape } = program.inputs.find(({ name }) => name === 'images')!.value;
  const { width, inputSize, network } = settings;
  const ofNetwork = { width, inputSize, channels: shape[1] === 1 ? 1 : 3 } as const;
  const batches = 4 * 2 * elementCount(shape);
  const step = networks[network].stepBytes(ofNetwork, shape[0]!, weights);
  return base + step + 8 * second + batches;
}
