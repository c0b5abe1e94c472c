// The methods with which a client examines a batch, and the three ways out where it differs.

import type { z } from 'zod';
import type { batchMethods as asked, BatchCandidate } from '#contract/batch.ts';
import type { coreMethods } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { fewestForBudget, calibrateThreshold } from '#domain/metrics/threshold.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { examineBatch } from '../scores/batch/examine.ts';
import { lineNormals } from '../scores/batch/line.ts';
import { testedImages } from '../scores/guarantee/tested-images.ts';
import { sample } from '../scores/sample.ts';
import { trainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase, Reader, Writer } from '../store/database.ts';
import { addressesOf } from '../store/images/addresses.ts';
import { ensureDataset, items, putItem, removeItem } from '../store/images/datasets.ts';
import { findOwnThreshold, putOwnLine, putOwnThreshold } from '../store/runs/batch-lines.ts';
import { storedScoreNames } from '../store/runs/scores.ts';
import { findThreshold } from '../store/runs/thresholds.ts';
import type { Edits } from '../edits/edits.ts';

export interface BatchPorts {
  readonly database: ProjectDatabase;
  readonly edits: Edits;
  readonly now: () => Date;
  /** The project's, absolute. */
  readonly folder: string;
  readonly orClosing: (stop: Stop) => Stop;
}

/** A line from fewer normals would be the strangest of a handful. */
const fewestNormals = 10;

type SetLine = z.output<(typeof asked)['batches.setLine']['input']>;

export function batchMethods(
  ports: BatchPorts,
): Pick<HandlersOf<typeof coreMethods>, keyof typeof asked> {
  const { database, edits, now, orClosing } = ports;
  return {
    'batches.examine': (request, stop) => examineBatch(request, orClosing(stop), ports),
    'batches.sample': (request) => database.read((reader) => candidates(reader, request)),
    'batches.setLine': (request) => setLine(ports, request),
    'batches.addNormals': ({ modelId, dataset, imageIds }) => {
      const to = database.read((reader) => trainedModel(reader, modelId).config.dataset);
      const { state } = edits.editItems({ dataset, imageIds }, { role: 'normal' });
      const added = database.transact((writer) =>
        addItems(writer, { dataset, to, imageIds, now: now().toISOString() }),
      );
      return { to, added, state };
    },
    'batches.takeBack': ({ dataset, imageIds }) => {
      database.transact((writer) => {
        const datasetId = datasetNamed(writer, dataset);
        for (const imageId of imageIds) removeItem(writer, datasetId, imageId);
      });
      return { removed: imageIds.length };
    },
  };
}

/** Of any score: the least strange ones would set a line too low. */
function candidates(
  reader: Reader,
  { modelId, dataset, most }: { modelId: number; dataset: string; most: number },
): BatchCandidate[] {
  const { unseen, trained } = testedImages(reader, { modelId, dataset });
  const batch = unseen
    .filter(({ role }) => role === 'normal' || role === 'unlabelled')
    .sort((a, b) => a.imageId - b.imageId);
  return sample(batch, most, trained.config.seed, 100).map(({ imageId, hash }) => {
    return { imageId, hash, path: addressesOf(reader, imageId)[0] ?? hash };
  });
}

function setLine({ database, edits }: BatchPorts, request: SetLine) {
  const { modelId, dataset, line, imageIds = [], falseAlarms } = request;
  const trained = database.read((reader) => trainedModel(reader, modelId));
  const datasetId = database.read((reader) => datasetNamed(reader, dataset));
  const { rankBy } = trained.config.settings;
  if (line === 'normals') {
    const scored = database.read(
      (reader) => new Set(testedImages(reader, { modelId, dataset }).unseen.map((i) => i.imageId)),
    );
    const usable = imageIds.filter((imageId) => scored.has(imageId));
    if (usable.length < fewestNormals) {
      throw new Failure(
        'too-few-images',
        `A line of its own needs at least ${fewestNormals} normal images of “${dataset}” that the model has ` +
          `scored and not seen, and ${usable.length} were chosen. Choose more of them.`,
      );
    }
    edits.editItems({ dataset, imageIds: usable }, { role: 'normal', split: 'calibrate' });
  }
  const threshold = database.transact((writer) => {
    const budget =
      falseAlarms ??
      findThreshold(writer, modelId, rankBy)?.falseAlarms ??
      trained.config.settings.falseAlarms;
    putOwnLine(writer, modelId, datasetId, line === 'model' ? null : line);
    if (line === 'model') return findThreshold(writer, modelId, rankBy);
    if (line === 'within') return null;
    for (const scoreName of storedScoreNames(writer, modelId)) {
      const normals = lineNormals(writer, trained, scoreName, dataset).map(({ raw }) => -raw);
      if (normals.length === 0) continue;
      const { anomalyScore, falseAlarms95, above } = calibrateThreshold(normals, budget);
      const calibratedOn = normals.length;
      // What so few normals can promise: the strangest of them is the line.
      const kept =
        calibratedOn >= fewestForBudget(budget) ? budget : (above + 1) / (calibratedOn + 1);
      putOwnThreshold(
        writer,
        { modelId, datasetId },
        { scoreName, anomalyScore, falseAlarms: kept, falseAlarms95, calibratedOn },
      );
    }
    return findOwnThreshold(writer, { modelId, datasetId, scoreName: rankBy });
  });
  return { line, threshold, state: edits.state() };
}

/** With the splits that they have in their own dataset. Returns those that the other did not have. */
function addItems(
  writer: Writer,
  asked: { dataset: string; to: string; imageIds: readonly number[]; now: string },
): number[] {
  const { dataset, to, imageIds, now } = asked;
  const target = ensureDataset(writer, to, now);
  const there = new Set(items(writer, target).map(({ imageId }) => imageId));
  const wanted = new Set(imageIds);
  const added = items(writer, datasetNamed(writer, dataset)).filter(
    ({ imageId }) => wanted.has(imageId) && !there.has(imageId),
  );
  for (const item of added) putItem(writer, target, item.imageId, item);
  return added.map(({ imageId }) => imageId);
}
