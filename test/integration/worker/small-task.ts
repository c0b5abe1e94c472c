// A training small enough for tests: a few seeded pictures in real shards, the smallest network.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { TrainTask, WorkerEvents } from '#worker/contract.ts';
import { shardAddress, writeShard } from '#worker/files/shard.ts';
import type { Worker } from '#worker/spawn.ts';
import { spawnWorker } from '#worker/spawn.ts';

export const side = 20;

/** A checkpoint after every step. */
export const everyStep = { leastSeconds: 0, mostSeconds: 0, shareOfRun: 0, mostShare: 1 } as const;

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'normscope-worker-'));
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A worker that does not outlive the test. */
export function startWorker(): Worker {
  const worker = spawnWorker();
  onTestFinished(async () => {
    worker.kill();
    await worker.exited;
  });
  return worker;
}

/** The events of one kind, as they come. */
export function eventsOf<K extends keyof WorkerEvents>(
  { client }: Worker,
  name: K,
): WorkerEvents[K][] {
  const events: WorkerEvents[K][] = [];
  client.on(name, (event) => void events.push(event));
  return events;
}

/** Resolves with the next `count` events of one kind. */
export function untilEvent<K extends keyof WorkerEvents>(
  { client }: Worker,
  name: K,
  count: number,
): Promise<WorkerEvents[K][]> {
  return new Promise((resolve, reject) => {
    const events: WorkerEvents[K][] = [];
    client.on(name, (event) => {
      events.push(event);
      if (events.length === count) resolve(events);
    });
    client.onClose(() => reject(new Error(`The worker ended before ${count} times "${name}"`)));
  });
}

/** What a promise is rejected with, which must be a Failure. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => 'nothing',
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

/** A bright disc (normal) or a bright bar (outlier) on a dark ground, with noise. */
function picture(kind: 'disc' | 'bar', index: number, channels: 1 | 3): Uint8Array {
  const stream = new RandomStream(7, purpose.sample, kind === 'disc' ? 1 : 2, index);
  const [x0, y0] = [stream.between(8, 12), stream.between(8, 12)];
  const radius = stream.between(4, 6);
  const pixels = new Uint8Array(side * side * channels);
  for (let i = 0; i < pixels.length; i++) {
    const place = Math.floor(i / channels);
    const [x, y] = [(place % side) - x0, Math.floor(place / side) - y0];
    const isInside = kind === 'disc' ? Math.hypot(x, y) < radius : Math.abs(x - y) < 2;
    pixels[i] = (isInside ? 170 : 40) + 20 * (i % channels) + stream.integer(20);
  }
  return pixels;
}

/** Writes `count` pictures to `path`; returns the address of the shard. */
export async function writePictures(
  path: string,
  kind: 'disc' | 'bar',
  count: number,
  channels: 1 | 3 = 3,
): Promise<string> {
  async function* pictures(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index++) yield picture(kind, index, channels);
    await Promise.resolve();
  }
  const window = Array.from({ length: channels }, () => [0, 255] as const);
  const shape = { height: side, width: side, channels, type: 'uint8', window } as const;
  return shardAddress(await writeShard(path, shape, pictures()));
}

/** Writes its shards into `folder`; training goes into its sub-folder "run". */
export async function smallTask(
  folder: string,
  overrides: Partial<Record<keyof RunSettings, number | string>> = {},
  normals = 20,
): Promise<TrainTask> {
  const [normalPath, outlierPath] = [join(folder, 'normals.shard'), join(folder, 'bars.shard')];
  const normalHash = await writePictures(normalPath, 'disc', normals);
  const outlierHash = await writePictures(outlierPath, 'bar', 9);
  return {
    runId: 1,
    folder: join(folder, 'run'),
    method: 'anchored',
    settings: resolveSettings({
      preset: 'quick',
      specimen: 'stained',
      method: 'anchored',
      overrides: {
        ...{ network: 'conv4', width: 4, inputSize: 16, batch: 8, outlierBatch: 8 },
        ...{ steps: 24, views: 3, threads: 1 },
        ...overrides,
      },
    }),
    seed: 5,
    engine: 'cpu',
    normals: { name: 'discs', hash: normalHash, path: normalPath },
    outliers: [{ name: 'bars', hash: outlierHash, path: outlierPath, weight: 1 }],
    shifts: [{ name: 'cut-mix', weight: 1, strength: 0.5 }],
    snapshotHash: 'a'.repeat(64),
    codeVersion: '0.1.0',
    leastMicroBatches: 1,
  };
}

/** Paths of the checkpoints of a run, oldest first. */
export async function checkpointsOf({ folder }: TrainTask): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name.startsWith('checkpoint-')).sort();
  return found.map((name) => join(folder, name));
}
