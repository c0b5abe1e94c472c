// Creates a run: checks its settings and data, and freezes the dataset that it will use. The training
// itself is a separate job.

import type { z } from 'zod';
import type { trainInput } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { isTrained } from '#domain/methods/methods.ts';
import { resolvedWeights } from '#domain/outlier-weights.ts';
import { checkOutliers, standardShifts } from '#domain/run-outliers.ts';
import { presetMethod, resolveSettings } from '#domain/run-settings.ts';
import { parseShiftName, shiftParameters } from '#domain/shift-table.ts';
import { freezeSnapshot, type FrozenSnapshot } from '../datasets/snapshot.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Catalogue } from '../store/images/catalogue.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { addressesOf } from '../store/images/addresses.ts';
import { addRun, type RunSource } from '../store/runs/runs.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { Backbone } from '../backbones/kept-backbone.ts';
import { refusalOf } from './preflight.ts';
import { newRunFolder } from '../store/runs/run-folder.ts';
import {
  datasetNamed,
  isCalibrationNormal,
  isTrainingNormal,
  servesAsOutlier,
} from '../runs/run-items.ts';

export type TrainInput = z.output<typeof trainInput>;

export interface StartPorts {
  readonly database: ProjectDatabase;
  readonly catalogue: Catalogue;
  readonly now: () => Date;
  readonly codeVersion: string;
}

interface FrozenSource extends RunSource {
  readonly hash: string;
  readonly items: readonly DatasetItem[];
}

/** The network of a run that trains none; undefined of other methods. Throws as `Backbones.find`. */
export async function backboneOf(input: TrainInput): Promise<Backbone['card'] | undefined> {
  const { preset, specimen, method, overrides } = input;
  if (method === undefined || isTrained(method)) return undefined;
  const { backbone } = resolveSettings({ preset, specimen, method, overrides });
  return (await new Backbones().find(String(backbone))).card;
}

/**
 * Stores the run in the state "queued" and returns its id. `backbone`: see `backboneOf`. Throws `unknown-option`, `bad-input`,
 * `not-found` and `too-few-images`, each with the remedy.
 */
export function startRun(
  input: TrainInput,
  ports: StartPorts,
  backbone?: Backbone['card'],
): number {
  const { preset, specimen, overrides, seed, engine } = input;
  const method = input.method ?? presetMethod[preset];
  const settings = resolveSettings({ preset, specimen, method, overrides });
  for (const { name, parameters } of input.shifts) {
    shiftParameters(parseShiftName(name), parameters);
  }
  assertDistinct(input.shifts, 'shift transform');
  assertDistinct(input.outliers, 'outlier source');
  const isLeftOpen = input.outliers.length + input.shifts.length === 0;
  const shifts = isLeftOpen ? standardShifts(method).map(asChosen) : input.shifts;
  checkOutliers(method, input.outliers.length, shifts.length, settings);

  const { database, catalogue, codeVersion } = ports;
  const datasetId = database.read((reader) => datasetNamed(reader, input.dataset));
  const snapshot = freezeSnapshot(catalogue, input.dataset);
  assertNormals(snapshot, input.dataset);
  const frozen = input.outliers.map(({ name }) => freezeSource(name, ports));
  const weights = resolvedWeights(
    frozen.map(({ items }, at) => ({ images: items.length, weight: input.outliers[at]!.weight })),
  );
  const sources = frozen.map((source, at) => ({ ...source, weight: weights[at]! }));
  assertDifferent(sources);
  const warnings = database.read((reader) =>
    sources.flatMap((source) => compareWithNormals(reader, source, snapshot, input.dataset)),
  );
  if (input.acceptOverlaps) {
    warnings.push('Outliers were accepted although they may look like normal or test images.');
  }
  const config: RunConfig = {
    ...{ dataset: input.dataset, snapshotHash: snapshot.hash, preset, specimen, method },
    ...{ overrides, settings, shifts, seed, engine, codeVersion },
    ...(input.rank ? { rank: true } : {}),
    ...(input.recommended === undefined ? {} : { recommended: input.recommended }),
    outliers: sources.map(({ name, weight, hash, items }) => {
      return { name, weight, snapshotHash: hash, images: items.length };
    }),
    ...(backbone && {
      backbone: {
        name: backbone.name,
        sha256: backbone.sha256,
        inputSize: backbone.input.size,
      },
    }),
  };
  const run = {
    ...{ method, preset, specimen, seed, engine, codeVersion, datasetId, warnings },
    folder: newRunFolder(ports.now()),
    config: JSON.stringify(config),
    snapshotId: snapshot.id,
    outliers: sources,
  };
  return database.transact((writer) => addRun(writer, run, ports.now().toISOString()));
}

function asChosen(name: string): TrainInput['shifts'][number] {
  return { name, weight: 1, strength: 0.5 };
}

function assertDistinct(chosen: readonly { readonly name: string }[], noun: string): void {
  const twice = chosen.find(({ name }, index) =>
    chosen.slice(0, index).some((other) => other.name === name),
  );
  if (!twice) return;
  throw new Failure(
    'bad-input',
    `The ${noun} "${twice.name}" is named twice. Name it once, with a larger weight.`,
  );
}

function assertNormals({ items }: FrozenSnapshot, dataset: string): void {
  const normals = items.filter(({ role }) => role === 'normal');
  const refusal = refusalOf(normals, normals.filter(isTrainingNormal).length, dataset);
  if (refusal !== null) throw new Failure('too-few-images', refusal);
}

function freezeSource(name: string, ports: StartPorts): Omit<FrozenSource, 'weight'> {
  ports.database.read((reader) => datasetNamed(reader, name));
  const { id, hash, items } = freezeSnapshot(ports.catalogue, name);
  const serving = items.filter(servesAsOutlier);
  if (serving.length === 0) {
    throw new Failure(
      'too-few-images',
      `The dataset "${name}" has no images to learn as outliers. Import them into it with the role ` +
        'outlier (anomalies serve when they are given to training).',
    );
  }
  return { snapshotId: id, name, hash, items: serving };
}

function assertDifferent(sources: readonly Pick<FrozenSource, 'name' | 'hash'>[]): void {
  for (const [index, { name, hash }] of sources.entries()) {
    const same = sources.slice(0, index).find((other) => other.hash === hash);
    if (!same) continue;
    throw new Failure(
      'bad-input',
      `The outlier sources "${same.name}" and "${name}" hold the same images. Name one of them.`,
    );
  }
}

/** Throws `bad-input` when an outlier is a normal image; returns warnings for the user. */
function compareWithNormals(
  reader: Reader,
  { name, items }: FrozenSource,
  snapshot: FrozenSnapshot,
  dataset: string,
): string[] {
  const outliers = new Set(items.map(({ imageId }) => imageId));
  const shared = snapshot.items.filter(({ imageId }) => outliers.has(imageId));
  const normals = shared.filter(({ role }) => role === 'normal');
  if (normals.length > 0) {
    const trained = normals.filter((item) => isTrainingNormal(item) || isCalibrationNormal(item));
    const [first] = trained.length > 0 ? trained : normals;
    const path = addressesOf(reader, first!.imageId)[0];
    throw new Failure(
      'bad-input',
      `${images(normals.length)} of the outlier source "${name}" ${normals.length === 1 ? 'is' : 'are'} ` +
        `normal in the dataset "${dataset}", the first is ${path ?? first!.hash}. An image cannot ` +
        'be learnt as both: take it out of one of the two.',
      path,
    );
  }
  const tested = shared.filter(({ role }) => role === 'anomaly');
  if (tested.length === 0) return [];
  return [
    `${images(tested.length)} of the outlier source "${name}" ${tested.length === 1 ? 'is' : 'are'} ` +
      `also an anomaly of "${dataset}": learnt as outliers, they do not count in this model's evaluation.`,
  ];
}

function images(count: number): string {
  return count === 1 ? '1 image' : `${count} images`;
}
