// A real catalogue with a few rows, for tests of what is computed from them.

import type { NewImage } from '#core/formats/new-image.ts';
import { colourChannels } from '#domain/pixels/channel.ts';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { DatasetItem, ItemAttributes } from '#core/datasets/items.ts';
import { startRun, type StartPorts, type TrainInput } from '#core/training/start-run.ts';
import { Catalogue } from '#core/store/images/catalogue.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { ensureDataset, items, putItem } from '#core/store/images/datasets.ts';
import { addFile, addImage } from '#core/store/images/images.ts';
import { putModel } from '#core/store/runs/models.ts';
import { putScore } from '#core/store/runs/scores.ts';
import { trainInput } from '#contract/core.ts';
import { hashOf, noon, open, rawScores } from '../../../support/catalogue.ts';

export async function openCatalogue(folder: string): Promise<StartPorts> {
  const { database, close } = await open(folder);
  onTestFinished(close);
  const now = () => new Date(noon);
  return { database, catalogue: new Catalogue(database, folder, now), now, codeVersion: '1.2.3' };
}

/** Puts images `from` … `to` (numbers of our own) into a dataset; the path is /NUMBER.png. */
export function put(
  database: ProjectDatabase,
  dataset: string,
  [from, to]: readonly [number, number],
  attributes: Pick<ItemAttributes, 'role' | 'split'> & Partial<ItemAttributes>,
): void {
  database.transact((writer) => {
    const datasetId = ensureDataset(writer, dataset, noon);
    for (let number = from; number <= to; number++) {
      const imageId = addImage(writer, smallImage(number), noon);
      addFile(writer, imageId, { path: `/${number}.png`, modifiedMs: 0 }, null, noon);
      putItem(writer, datasetId, imageId, {
        class: null,
        group: null,
        domain: null,
        ...attributes,
      });
    }
  });
}

function smallImage(number: number): NewImage {
  return {
    ...{ hash: hashOf(number), bytes: 100, width: 30, height: 20, channels: colourChannels },
    ...{ bitDepth: 8, pixelSizeUm: null, pixelSizeSource: null, region: null },
  };
}

export function itemsOf(database: ProjectDatabase, dataset: string): DatasetItem[] {
  return database.read((reader) => {
    const id = database.transact((writer) => ensureDataset(writer, dataset, noon));
    return items(reader, id);
  });
}

export type TrainRequest = z.input<typeof trainInput>;

/** What the contract makes of a request. */
export function request(input: Partial<TrainRequest>): TrainInput {
  return trainInput.parse({ dataset: 'cells', ...input });
}

/** A run with a model; returns the model's id. */
export function runWithModel(ports: StartPorts, input: TrainInput): number {
  // `giveScore` gives this score.
  const ranked = { ...input, overrides: { rankBy: 'mahalanobis', ...input.overrides } };
  const runId = startRun(ranked, ports);
  const model = { runId, path: `models/run-${runId}/m`, hash: hashOf(runId), step: 1 };
  return ports.database.transact((writer) => putModel(writer, model, noon)).id;
}

/** Gives an image (by its own number) the anomaly score `strange` by Mahalanobis. */
export function giveScore(
  database: ProjectDatabase,
  modelId: number,
  dataset: string,
  strangeness: ReadonlyMap<number, number>,
): void {
  const byHash = new Map(itemsOf(database, dataset).map(({ hash, imageId }) => [hash, imageId]));
  database.transact((writer) => {
    for (const [number, strange] of strangeness) {
      // rawScores() gives Mahalanobis as minus its argument.
      putScore(writer, modelId, byHash.get(hashOf(number))!, rawScores(strange));
    }
  });
}
