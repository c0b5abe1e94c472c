// Advice on shift transforms for a dataset: measured by a worker on features of the bundled frozen network.

import type { ShiftAdvice } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import {
  presetMethod,
  resolveSettings,
  viewSettingNames,
  type SpecimenName,
  type ViewSettings,
} from '#domain/run-settings.ts';
import { judgeShifts } from '#domain/shift-advice.ts';
import { parseShiftName, shiftParameters } from '#domain/shift-table.ts';
import type { Stop } from '#domain/stop.ts';
import type { AdviseTask, ShiftFigures } from '#worker/contract.ts';
import { Backbones } from '../backbones/backbones.ts';
import { bundledNames } from '../backbones/bundled.ts';
import { shardChannels, storedSide, writePixelShards } from '../datasets/pixel-shards.ts';
import { withLease } from '../workers/compute.ts';
import { datasetNamed, isTrainingNormal } from '../runs/run-items.ts';
import { sample } from '../scores/sample.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import type { AdvicePorts, AdviceRequest } from './advice-request.ts';
import { keptAnswer } from './kept-answers.ts';
import { seenByModel } from './model-advice.ts';

/** Enough for an interval of about ±0.1 where it matters; 22 shifts of them take some seconds. */
const mostImages = 64;

/** Fewer say nothing; the worker fits two halves (ml/shifts/transfer.ts). */
const fewestForAdvice = 20;

/** Changes with everything that changes an answer beside its request, so that older ones are not used. */
const version = 1;

/** Throws `unknown-option`, `bad-input`, `not-found`, `too-few-images`, `stopped`, `link-closed`. */
export async function adviseOnShifts(
  request: AdviceRequest,
  stop: Stop,
  ports: AdvicePorts,
): Promise<ShiftAdvice> {
  const { dataset, specimen, seed, shifts, withModel } = request;
  for (const { name, parameters } of shifts) shiftParameters(parseShiftName(name), parameters);
  const chosen = chooseNormals(request, ports.database);
  const images = await shardImages(ports.database, ports.folder, chosen);
  const { card, path } = await new Backbones().find(bundledNames[0]!);
  const shard = await writePixelShards(
    { images, side: storedSide(card.input.size, images), channels: shardChannels(images) },
    { projectFolder: ports.folder, stop },
  );
  const key = [version, card.sha256, shard.hash, normalVariation(specimen), shifts, seed];
  const figures = await keptAnswer<readonly ShiftFigures[]>(ports.folder, key, async () => {
    const task = {
      images: {
        name: `normal images of "${dataset}"`,
        ...(await ports.compute.put({ hash: shard.hash, path: shard.path })),
      },
      model: await ports.compute.put({ hash: card.sha256, path }),
      ...{ card, shifts, seed, ...normalVariation(specimen) },
    };
    const features = ({ done, total }: { done: number; total: number }) => {
      ports.emit('advice.progress', { dataset, done, total });
    };
    const { shifts: measured } = await withLease(ports.compute, (lease) =>
      lease.call('advise', task, stop, { features }),
    );
    return measured;
  });
  const measured = figures.map((found, place) => ({ name: shifts[place]!.name, ...found }));
  const known = knownNormal(specimen);
  const seen = withModel ? await seenByModel(request, stop, ports) : { model: null, warnings: [] };
  return {
    ...{ backbone: card.name, images: shard.held.length, shifts: judgeShifts(measured, known) },
    ...seen,
  };
}

/** How far a normal image of the specimen may vary; the whole of it is seen, as in the ranking. */
function normalVariation(
  specimen: SpecimenName,
): Pick<AdviseTask, 'augment' | 'isTurned' | 'isSeparate'> {
  const preset = 'quick';
  const method = presetMethod[preset];
  const settings = resolveSettings({ preset, specimen, method, overrides: {} });
  const views = Object.fromEntries(
    viewSettingNames.map((name) => [name, settings[name]]),
  ) as unknown as ViewSettings;
  const frozen = resolveSettings({ preset, specimen, method: 'frozen', overrides: {} });
  return {
    augment: { ...views, cropMin: 1, cropMax: 1 },
    isTurned: frozen.turns === 'quarter',
    isSeparate: frozen['pictures'] === 'channels',
  };
}

/** Turned and mirrored copies, where the specimen has no up and down. */
function knownNormal(specimen: SpecimenName): string[] {
  const { augment, isTurned } = normalVariation(specimen);
  const isMirrored = augment.flip > 0 && augment.verticalFlip > 0;
  return [...(isTurned ? ['rotate'] : []), ...(isMirrored ? ['flip'] : [])];
}

function chooseNormals({ dataset, seed }: AdviceRequest, database: ProjectDatabase) {
  return database.read((reader) => {
    const normals = items(reader, datasetNamed(reader, dataset)).filter(isTrainingNormal);
    if (normals.length >= fewestForAdvice) return sample(normals, mostImages, seed, 4);
    throw new Failure(
      'too-few-images',
      `Advice on shifts needs at least ${fewestForAdvice} normal images for training; "${dataset}" has ` +
        `${normals.length}. Import more of them with the role normal.`,
    );
  });
}
