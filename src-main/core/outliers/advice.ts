// Measures how far shift transforms move images away from a dataset's normals: with its newest model on
// normals that it was not trained on, or, without a model, with a quick test.

import type { ShiftAdvice, ShiftChoice } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { isUntrained } from '#domain/methods/methods.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import {
  fewestNormals,
  presetMethod,
  resolveSettings,
  viewSettingNames,
  type SpecimenName,
  type ViewSettings,
} from '#domain/run-settings.ts';
import { parseShiftName, shiftParameters } from '#domain/shift-table.ts';
import type { Stop } from '#domain/stop.ts';
import { shardChannels, storedSide, writePixelShards } from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { onAnyEngine } from '../workers/any-engine.ts';
import { datasetNamed, isCalibrationNormal } from '../runs/run-items.ts';
import { scoringModel } from '../scores/scoring-model.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { Compute } from '../workers/compute.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { listRuns } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';

/** Enough for an interval of about ±0.05. */
const mostImages = 200;

/** Side of the pictures of the quick test, before a view is cropped, pixels. */
const testSize = 48;

export interface AdviceRequest {
  readonly dataset: string;
  readonly specimen: SpecimenName;
  readonly shifts: readonly ShiftChoice[];
  readonly seed: number;
}

export interface AdvicePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/** Throws `unknown-option`, `bad-input`, `not-found`, `too-few-images`, `stopped`, `link-closed`. */
export async function adviseOnShifts(
  request: AdviceRequest,
  stop: Stop,
  ports: AdvicePorts,
): Promise<ShiftAdvice> {
  const { dataset, specimen, seed, shifts } = request;
  for (const { name, parameters } of shifts) shiftParameters(parseShiftName(name), parameters);
  const { modelId, chosen } = choose(request, ports.database);
  const images = await shardImages(ports.database, ports.folder, chosen);
  const model =
    modelId === null ? null : await scoringModel(ports.database, ports.folder, modelId, 'auto');
  const prepared = model
    ? {
        images,
        side: model.pixels.side,
        channels: model.pixels.channels,
        like: { type: model.pixels.type, window: model.pixels.window },
      }
    : { images, side: storedSide(testSize, images), channels: shardChannels(images) };
  const shard = await writePixelShards(prepared, { projectFolder: ports.folder, stop });
  const augment = normalViews(specimen);
  const task = {
    images: {
      name: `normal images of "${dataset}"`,
      ...(await ports.compute.put({ hash: shard.hash, path: shard.path })),
    },
    model: model && (await ports.compute.put(model.file)),
    ...{ shifts, augment, seed },
  };
  const { result: advice, warnings } = await onAnyEngine(
    ports.compute,
    'auto',
    'the shifts were measured',
    (lease, engine, listeners) => lease.call('advise', { ...task, engine }, stop, listeners),
  );
  return {
    basis: modelId === null ? { kind: 'test' } : { kind: 'model', modelId },
    images: shard.held.length,
    shifts: advice.shifts.map((found, place) => ({ name: shifts[place]!.name, ...found })),
    warnings,
  };
}

/** How far a normal image of the specimen may vary. */
function normalViews(specimen: SpecimenName): ViewSettings {
  const preset = 'quick';
  const method = presetMethod[preset];
  const settings = resolveSettings({ preset, specimen, method, overrides: {} });
  return Object.fromEntries(
    viewSettingNames.map((name) => [name, settings[name]]),
  ) as unknown as ViewSettings;
}

/** The model and the normal images to look at. */
function choose(
  { dataset, seed }: AdviceRequest,
  database: ProjectDatabase,
): { modelId: number | null; chosen: readonly DatasetItem[] } {
  return database.read((reader) => {
    const datasetId = datasetNamed(reader, dataset);
    const run = listRuns(reader).findLast(
      ({ dataset: of, method, modelId }) =>
        // A frozen network takes many times as long, and a refit may have one.
        of === dataset && modelId !== null && !isUntrained(method),
    );
    const heldOut = run ? snapshotItems(reader, run.snapshotId).filter(isCalibrationNormal) : [];
    // Training images look more normal to the model than others of their kind.
    if (run && heldOut.length >= fewestNormals) {
      return { modelId: run.modelId, chosen: sample(heldOut, seed) };
    }
    const normals = items(reader, datasetId).filter(({ role }) => role === 'normal');
    if (normals.length >= fewestNormals) return { modelId: null, chosen: sample(normals, seed) };
    throw new Failure(
      'too-few-images',
      `Advice on shifts needs at least ${fewestNormals} normal images; "${dataset}" has ` +
        `${normals.length}. Import more of them with the role normal.`,
    );
  });
}

function sample<Item>(list: readonly Item[], seed: number): readonly Item[] {
  if (list.length <= mostImages) return list;
  const order = new RandomStream(seed, purpose.sample).permutation(list.length);
  return [...order.subarray(0, mostImages)].sort((a, b) => a - b).map((index) => list[index]!);
}
