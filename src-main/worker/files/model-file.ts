// The model file of a finished training: weights, running statistics and the reference of the normal
// training images as tensors, and a description as JSON. Data only; it contains no executable code.

import { z } from 'zod';
import { mostChannels } from '#domain/pixels/channel.ts';
import { Failure } from '#domain/failure.ts';
import { isTrained, runMethodNames } from '#domain/methods/methods.ts';
import { storedSettings } from '#domain/run-settings.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import type { Tensors } from '#engine/engine.ts';
import { networks } from '#ml/networks/networks.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import type { TrainedNetwork } from '#ml/score.ts';
import { describeScoring } from '#ml/score.ts';
import type { Reference } from '#ml/scores/reference.ts';
import type { TrainTask } from '../contract.ts';
import { seed, settingValues, shiftParameters } from '../inputs.ts';
import type { Program } from '#engine/ir/program.ts';
import { frozenParts, readFrozenParts, type FrozenNetwork } from './frozen-file.ts';
import { readRefitParts, refitParts, type RefitNetwork } from './refit-file.ts';
import type { FileTensor, TensorFile } from './safetensors.ts';
import { damagedFile, encodeTensors, hashOf, readTensors } from './safetensors.ts';
import type { Shard } from './shard.ts';
import { readOutTensors, readReadOut } from './read-out-tensors.ts';
import { assertTensor, stateFrom, stateTensors } from './state-tensors.ts';
import { writeWhole } from '#files/whole-file.ts';

const format = 'normscope-model';
const formatVersion = '1';
const longestBank = 65_536;

const modelDescription = z.strictObject({
  method: z.enum(runMethodNames),
  settings: settingValues,
  /** How pixels become the network's input: as in the shard that it was trained on. */
  channels: z.int().min(1).max(mostChannels),
  type: z.enum(['uint8', 'uint16']),
  window: z.array(z.tuple([z.number(), z.number()])),
  seed,
  snapshotHash: z.string(),
  steps: z.int(),
  trainedOn: z.strictObject({
    normals: z.int(),
    outliers: z.array(z.strictObject({ name: z.string(), count: z.int(), weight: z.number() })),
    shifts: z.array(
      z.strictObject({
        name: z.string(),
        weight: z.number(),
        strength: z.number(),
        parameters: shiftParameters.optional(),
      }),
    ),
  }),
  engine: z.string(),
  codeVersion: z.string(),
});
export type ModelDescription = Omit<z.infer<typeof modelDescription>, 'settings'> & {
  readonly settings: RunSettings;
};

export interface Model extends Omit<TrainedNetwork, 'method' | 'settings'> {
  readonly description: ModelDescription;
  readonly frozen?: undefined;
  readonly refit?: undefined;
}

/** Of a method that trains no network. */
export interface FrozenModel {
  readonly description: ModelDescription;
  readonly frozen: FrozenNetwork;
  readonly refit?: undefined;
}

/** Of the method "refit". */
export interface RefitModel {
  readonly description: ModelDescription;
  readonly frozen?: undefined;
  readonly refit: RefitNetwork;
}

/** The description of a finished run. `task.settings` are the settings it ran with. */
export function describeModel(
  task: TrainTask,
  normals: Shard,
  outliers: readonly Shard[],
  steps: number,
  engine: string,
): ModelDescription {
  const { method, settings, seed, snapshotHash, codeVersion, shifts } = task;
  const { channels, type, window } = normals;
  return {
    ...{ method, settings, channels, type, seed, snapshotHash, steps, engine, codeVersion },
    window: window.map(([low, high]): [number, number] => [low, high]),
    trainedOn: {
      normals: normals.count,
      outliers: task.outliers.map(({ name, weight }, index) => {
        return { name, weight, count: outliers[index]!.count };
      }),
      shifts: [...shifts],
    },
  };
}

/** Writes the model; returns the file's SHA-256. Throws as `writeWhole`. */
export async function writeModel(
  path: string,
  model: Model | FrozenModel | RefitModel,
): Promise<string> {
  const { tensors, metadata } = partsOf(model);
  const description = JSON.stringify(model.description);
  const parts = encodeTensors({
    tensors,
    metadata: { ...metadata, format, formatVersion, model: description },
  });
  await writeWhole(path, parts);
  return hashOf(parts);
}

function partsOf(model: Model | FrozenModel | RefitModel): TensorFile {
  if (model.refit) return refitParts(model.refit, () => scoringOf(model.description));
  return model.frozen ? frozenParts(model.frozen) : trainedParts(model);
}

function scoringOf({ settings, channels }: ModelDescription): Program {
  return describeScoring(settings, channels, 1);
}

function trainedParts({ description, state, reference, fitted }: Model): TensorFile {
  const { settings } = description;
  const program = scoringOf(description);
  const { embeddingSize } = networks[settings.network];
  const shapes = referenceShapes(settings, reference.embeddings.length / embeddingSize);
  const bank = Object.entries(shapes).map(([name, shape]): [string, FileTensor] => [
    `reference.${name}`,
    { shape, values: reference[name as keyof typeof shapes] },
  ]);
  return {
    tensors: {
      ...stateTensors(program, state),
      ...Object.fromEntries(bank),
      ...(reference.readOut === null ? {} : readOutTensors(reference.readOut)),
      ...fittedTensors(fitted),
    },
    metadata: {},
  };
}

/** Throws `not-found`, `bad-input` for another version, `checkpoint-damaged` for other invalid files. */
export async function readModel(path: string): Promise<Model | FrozenModel | RefitModel> {
  const { tensors, metadata } = await readTensors(path);
  if (metadata['format'] !== format) throw damagedFile(path, 'it is not a Normscope model');
  if (metadata['formatVersion'] !== formatVersion) {
    throw new Failure(
      'bad-input',
      `The model ${path} was written by another version of Normscope (format ` +
        `${metadata['formatVersion']}, this one reads ${formatVersion}). Use that version.`,
      path,
    );
  }
  const description = readDescription(metadata['model'], path);
  const { method } = description;
  if (method === 'refit') {
    return { description, refit: readRefitParts({ tensors, metadata }, description, path) };
  }
  if (!isTrained(method)) {
    const pictures = picturesOf(description, readingOf(description.settings));
    return { description, frozen: readFrozenParts({ tensors, metadata }, method, pictures, path) };
  }
  const { settings } = description;
  const state = stateFrom(scoringOf(description), tensors, path);
  const reference = readReferenceTensors(tensors, settings, path);
  return { description, state, reference, fitted: readFitted(tensors, path) };
}

function readDescription(text: string | undefined, path: string): ModelDescription {
  let description: ModelDescription;
  try {
    const read = modelDescription.parse(JSON.parse(text ?? ''));
    const { method, settings } = read;
    // The file has every setting, so preset and specimen add nothing.
    const chosen = { preset: 'paper', specimen: 'stained', method } as const;
    description = { ...read, settings: storedSettings({ ...chosen, overrides: settings }) };
  } catch {
    throw damagedFile(path, 'its description is malformed');
  }
  if (description.window.length !== description.channels) {
    throw damagedFile(path, 'its description contradicts itself');
  }
  return description;
}

/** What a method fitted after training: vectors by the method's names. */
const fittedStart = 'fitted.';

function fittedTensors(fitted: Tensors): Record<string, FileTensor> {
  return Object.fromEntries(
    Object.entries(fitted).map(([name, values]) => [
      fittedStart + name,
      { shape: [values.length], values },
    ]),
  );
}

function readFitted(tensors: TensorFile['tensors'], path: string): Tensors {
  const names = Object.keys(tensors).filter((name) => name.startsWith(fittedStart));
  return Object.fromEntries(
    names.map((name) => [
      name.slice(fittedStart.length),
      assertTensor(tensors, name, tensors[name]!.shape, Float32Array, path),
    ]),
  );
}

type Banks = Omit<Reference, 'readOut'>;

function referenceShapes(settings: RunSettings, rows: number): Record<keyof Banks, number[]> {
  const { embeddingSize, featureSize } = networks[settings.network];
  const d = featureSize(settings);
  return { mean: [d], factor: [d, d], features: [rows, d], embeddings: [rows, embeddingSize] };
}

function readReferenceTensors(
  tensors: TensorFile['tensors'],
  settings: RunSettings,
  path: string,
): Reference {
  const rows = tensors['reference.features']?.shape[0] ?? 0;
  if (rows < 1 || rows > longestBank) throw damagedFile(path, 'it has no bank of normal images');
  const shapes = referenceShapes(settings, rows);
  const read = <Values extends Float32Array | Float64Array>(
    name: keyof Banks,
    type: new (length: number) => Values,
  ) => assertTensor(tensors, `reference.${name}`, shapes[name], type, path);
  return {
    mean: read('mean', Float64Array),
    factor: read('factor', Float64Array),
    features: read('features', Float32Array),
    embeddings: read('embeddings', Float32Array),
    readOut: readReadOut(tensors, stageLengths(settings), 1, path),
  };
}
