// What the trained model that ranks a dataset sees of shift transforms, on normals that it was not trained on.

import type { ShiftAdvice } from '#contract/outlier.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import type { Stop } from '#domain/stop.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import { readRunConfig } from '../runs/run-config.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { sample } from '../scores/sample.ts';
import { scoringModel } from '../scores/scoring-model.ts';
import { shardImages } from '../scores/shard-images.ts';
import { listRuns } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import { onAnyEngine } from '../workers/any-engine.ts';
import type { AdvicePorts, AdviceRequest } from './advice-request.ts';

const mostImages = 60;

/** No model where none was trained, the frozen network ranks, or too few normals are held out. Throws as scoring. */
export async function seenByModel(
  { dataset, shifts, seed }: AdviceRequest,
  stop: Stop,
  { database, folder, compute }: AdvicePorts,
): Promise<Pick<ShiftAdvice, 'model' | 'warnings'>> {
  const nothing = { model: null, warnings: [] };
  const found = database.read((reader) => {
    const run = listRuns(reader).findLast(
      ({ dataset: of, method, modelId, comparison }) =>
        of === dataset && modelId !== null && method !== 'frozen' && comparison?.ranks !== 'other',
    );
    return run && { run, held: snapshotItems(reader, run.snapshotId).filter(isCalibrationNormal) };
  });
  if (found?.run.modelId == null || found.held.length < fewestNormals) return nothing;
  const { modelId } = found.run;
  const { rankBy } = readRunConfig(found.run).settings;
  const model = await scoringModel(database, folder, modelId, 'auto');
  const { side, channels, type, window } = model.pixels;
  const images = await shardImages(database, folder, sample(found.held, mostImages, seed, 4));
  const { hash, path, held } = await writePixelShards(
    { images, side, channels, like: { type, window } },
    { projectFolder: folder, stop },
  );
  const name = `held-out normal images of "${dataset}"`;
  const task = {
    model: await compute.put(model.file),
    images: { name, ...(await compute.put({ hash, path })) },
    ...{ shifts, seed },
  };
  const { result, warnings } = await onAnyEngine(
    ...([compute, 'auto', 'the shifts were measured'] as const),
    (lease, engine, listeners) => lease.call('validate', { ...task, engine }, stop, listeners),
  );
  const normal = result.normal.map((raw) => -raw[rankBy]!);
  const separability = result.shifted.map(
    (of) =>
      auroc(
        normal,
        of.map((raw) => -raw[rankBy]!),
      ).auroc,
  );
  return { model: { modelId, separability, images: held.length }, warnings };
}
