// The tasks `fitHeat` and `heat`: what is usual at the positions of normal images, and how far each position of
// an image is from it. The network of the model used last stays loaded.

import { throwIfStopped } from '#domain/stop.ts';
import {
  joinedGrid,
  onScale,
  PatchCollector,
  scaledStatistics,
  sectionGrids,
  type Grid,
} from '#ml/heat-map/patch-distance.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { FitHeatTask, HeatGrid, HeatScale, HeatTask, PixelSquare } from '../../contract.ts';
import { readHeatFile, writeHeatFile, type HeatStatistics } from '../../files/heat-file.ts';
import { readModel, type ModelDescription } from '../../files/model-file.ts';
import { readShard } from '../../files/shard.ts';
import { assertSamePixels } from '../score-task.ts';
import { Turns, type TaskContext } from '../task.ts';
import { openMaps, type MapReader } from './map-reader.ts';

interface Loaded {
  readonly hash: string;
  readonly description: ModelDescription;
  readonly reader: MapReader;
  statistics?: { readonly hash: string; readonly values: HeatStatistics };
}

let loaded: Loaded | undefined;

async function load({ hash, path }: HeatTask['model']): Promise<Loaded> {
  if (loaded?.hash === hash) return loaded;
  await loaded?.reader.release();
  loaded = undefined;
  const model = await readModel(path);
  const reader = await openMaps(model, path);
  loaded = { hash, description: model.description, reader };
  return loaded;
}

/** Without held-out normals: every so many-th of the others fits nothing. */
const heldOfFitting = 5;

/** Throws `stopped`, `bad-input` for a network without maps, and what reading and writing throw. */
export async function runFitHeat(
  task: FitHeatTask,
  { stop, emit }: TaskContext,
): Promise<HeatScale> {
  const { description, reader } = await load(task.model);
  const normals = await readShard(task.normals.path, task.normals.hash);
  assertSamePixels(description, normals, task.normals);
  const heldOut = task.heldOut && (await readShard(task.heldOut.path, task.heldOut.hash));
  const total = normals.count + (heldOut?.count ?? 0);
  const turns = new Turns();
  let done = 0;
  const read = async (set: PixelSet, index: number) => {
    const maps = await reader.read(set, index);
    emit('features', { done: ++done, total });
    await turns.give();
    throwIfStopped(stop);
    return maps;
  };
  const isHeld = (index: number) => heldOut === null && index % heldOfFitting === 0;
  const collector = new PatchCollector();
  for (let index = 0; index < normals.count; index++) {
    if (!isHeld(index)) collector.add(await read(normals, index));
  }
  const sections = collector.fit();
  const set = heldOut ?? normals;
  const held: Grid[][] = [];
  for (let index = 0; index < set.count; index++) {
    if (heldOut === null && !isHeld(index)) continue;
    held.push(sectionGrids(await read(set, index), sections));
  }
  const from = { images: held.length, isHeldOut: heldOut !== null };
  const statistics = { ...scaledStatistics(sections, held), from };
  await writeHeatFile(task.path, task.model.hash, statistics);
  return from;
}

/** Throws `not-found` and `checkpoint-damaged` for the statistics, and what loading and computing throw. */
export async function runHeat(task: HeatTask): Promise<HeatGrid> {
  const own = await load(task.model);
  const { hash, path } = task.statistics;
  if (own.statistics?.hash !== hash) {
    own.statistics = { hash, values: await readHeatFile(path, task.model.hash) };
  }
  const { sections, usual, scale, from } = own.statistics.values;
  const maps = await own.reader.read(pixelSet(task.square, own.description), 0);
  const { values, ...size } = onScale(joinedGrid(sectionGrids(maps, sections), usual), scale);
  return { ...size, values: Array.from(values, (value) => Number(value.toFixed(4))), from };
}

function pixelSet({ side, pixels }: PixelSquare, description: ModelDescription): PixelSet {
  const { channels, type, window } = description;
  // A copy at offset 0 of its own buffer, so that it is aligned.
  const { buffer } = new Uint8Array(Buffer.from(pixels, 'base64'));
  return {
    ...{ count: 1, height: side, width: side, channels, window },
    pixels: type === 'uint16' ? new Uint16Array(buffer) : new Uint8Array(buffer),
  };
}
