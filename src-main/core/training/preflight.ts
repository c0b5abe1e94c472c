// What is known of a training before it starts: how many normal images teach and set the threshold, and how much
// of an image the network sees.

import type { z } from 'zod';
import type { trainInput } from '#contract/core.ts';
import type { Check, Preflight } from '#contract/preflight.ts';
import { count, counted } from '#domain/figures.ts';
import { isTrained } from '#domain/methods/methods.ts';
import { fewestNormals, presetMethod, resolveSettings } from '#domain/run-settings.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { datasetNamed, isCalibrationNormal, isTrainingNormal } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { items, middleSide } from '../store/images/datasets.ts';

/** From how many times as large an image details are lost that a user may want to see. */
const muchLarger = 4;

/** Throws `not-found`, `unknown-option`, and what finding a backbone throws. */
export async function preflight(
  input: z.output<typeof trainInput>,
  database: ProjectDatabase,
): Promise<Preflight> {
  const { preset, specimen, overrides, dataset } = input;
  const method = input.method ?? presetMethod[preset];
  const settings = resolveSettings({ preset, specimen, method, overrides });
  const { all, side } = database.read((reader) => {
    const datasetId = datasetNamed(reader, dataset);
    return { all: items(reader, datasetId), side: middleSide(reader, datasetId) };
  });
  const inputSide = isTrained(method)
    ? settings.inputSize
    : (await new Backbones().find(String(settings['backbone']))).card.input.size;
  const normals = all.filter(({ role }) => role === 'normal');
  const counts = {
    teach: normals.filter(isTrainingNormal).length,
    setLine: normals.filter(isCalibrationNormal).length,
    test: normals.filter(({ split }) => split === 'test').length,
  };
  return {
    ...{ needed: fewestNormals, normals: counts },
    toScore: all.length - counts.teach - counts.setLine,
    refusal: refusalOf(normals, counts.teach, dataset),
    checks: [
      normalsCheck(counts.teach),
      lineCheck(counts.setLine),
      ...(side === null ? [] : [pixelsCheck(side, inputSide)]),
    ],
  };
}

/** Why a training of these images is refused, with the remedy; null where it is not. */
export function refusalOf(
  normals: readonly DatasetItem[],
  training: number,
  dataset: string,
): string | null {
  if (training >= fewestNormals) return null;
  const remedy =
    normals.length === 0
      ? 'Import images into it with the role normal, or give that role to some of its images.'
      : normals.length < fewestNormals
        ? `It has ${normals.length} normal images in all: add ${fewestNormals - normals.length} or more.`
        : `It has ${normals.length} normal images in all: set the split of ` +
          `${fewestNormals - training} more of them to train.`;
  return (
    `Training needs at least ${fewestNormals} normal images, and the dataset "${dataset}" has ` +
    `${training} in its training part. ${remedy}`
  );
}

function normalsCheck(teach: number): Check {
  return {
    kind: 'normals',
    state: teach >= fewestNormals ? 'ok' : 'refused',
    text: `${counted(teach, 'normal image')} ${teach === 1 ? 'teaches' : 'teach'} (${fewestNormals} needed)`,
  };
}

function lineCheck(setLine: number): Check {
  if (setLine === 0) {
    return {
      ...{ kind: 'threshold', state: 'warning' },
      text: 'No normal image sets the threshold: images are ranked, and none is flagged',
    };
  }
  const least = count(Math.ceil(1000 / (setLine + 1)));
  return {
    ...{ kind: 'threshold', state: setLine < fewestNormals ? 'warning' : 'ok' },
    text:
      `${count(setLine)} more ${setLine === 1 ? 'sets' : 'set'} the threshold: budgets down to ${least} false ` +
      'alarms in 1,000',
  };
}

function pixelsCheck(side: number, inputSide: number): Check {
  if (side < muchLarger * inputSide) {
    const text = `The model sees images of ${side} pixels at ${inputSide} pixels`;
    return { kind: 'pixels', state: 'ok', text };
  }
  return {
    ...{ kind: 'pixels', state: 'warning' },
    text:
      `The model sees ${inputSide} pixels of ${count(side)}: details smaller than about ` +
      `${count(Math.round(side / inputSide))} pixels are lost. Import the images as tiles, or raise inputSize`,
  };
}
