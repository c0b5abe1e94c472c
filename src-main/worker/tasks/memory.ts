// Memory: what there is, what a training step takes, and whether an error says that it ran out.

import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { RunSettings } from '#domain/run-settings.ts';
import { elementCount } from '#engine/ir/program.ts';
import type { Program } from '#engine/ir/program.ts';

const mebibyte = 2 ** 20;

/** The most that this process has held at once, bytes. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}

/** In words: "1.3 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
}

/**
 * Bytes that this process could take without swapping: what the system calls available, and what the
 * limits of its control groups (a container, a batch system) leave. `root` is the root of the file
 * system.
 */
export function freeMemory(root = '/'): number {
  // macOS counts neither inactive nor compressible pages as free.
  if (process.platform === 'darwin') return Math.max(freemem(), totalmem() / 2);
  return Math.min(freemem(), leftInGroups(root));
}

function leftInGroups(root: string): number {
  const own = /^0::(.*)$/m.exec(textOf(join(root, 'proc/self/cgroup')))?.[1] ?? '/';
  const names = own.split('/').filter((name) => name !== '' && name !== '..');
  const groups = names.map((_, depth) => join(root, 'sys/fs/cgroup', ...names.slice(0, depth + 1)));
  const left = [join(root, 'sys/fs/cgroup'), ...groups].map((folder) => {
    const limit = Number(textOf(join(folder, 'memory.max')));
    const used = Number(textOf(join(folder, 'memory.current')));
    // Pages of files that can be dropped at any time.
    const cached = /^inactive_file (\d+)$/m.exec(textOf(join(folder, 'memory.stat')))?.[1] ?? 0;
    return limit > 0 ? limit - used + Number(cached) : Infinity;
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

// Fitted to the peaks of 17 nets on the CPU, to within 15 %: see src-main/engine/README.md.
/** Node, onnxruntime, the compiled program and the threads that draw views. */
const base = 190 * mebibyte;
/** Weights and momenta, read and written; gradients; weights transformed for convolutions. */
const bytesPerWeight = 38;
/** For each value of the first stage's tensors: what a step holds of all stages at once. */
const bytesPerValue = 145;

/**
 * Bytes that a training step of so many rows (views) takes on the CPU at most: a formula fitted to
 * measured peaks (src-main/engine/README.md). On a GPU it stands for that device's memory, roughly.
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
  const [rows, height] = [shape[0]!, shape[2]!];
  const stem = program.operations.find(({ kind }) => kind === 'conv2d')!.outputs[0];
  const isPooled = stem.shape[2]! < height;
  // A pooled stem stands before the first stage, with tensors four times as large.
  const stage = (settings.width * stem.shape[2]! * stem.shape[3]!) / (isPooled ? 4 : 1);
  const values = rows * stage * (isPooled ? 1.5 : 1);
  const batches = 4 * 2 * elementCount(shape);
  return base + bytesPerWeight * weights + 8 * second + bytesPerValue * values + batches;
}
