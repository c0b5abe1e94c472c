// Reads the maps of a model's middle stages, one image at a time, on the processor.

import { Failure } from '#domain/failure.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { ShapedTensor, Tensors } from '#engine/engine.ts';
import { withMapOutputs } from '#engine/onnx/map-outputs.ts';
import { plainView, toNetworkRange } from '#ml/augment/view.ts';
import { backboneView } from '#ml/backbone.ts';
import { describeMaps, middleStages, type StageMap } from '#ml/heat-map/stage-maps.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import type { FrozenNetwork } from '../../files/frozen-file.ts';
import type { ModelDescription } from '../../files/model-file.ts';
import { frozenOf, stateOf, type AnyModel } from '../refit/read-out-rows.ts';

export interface MapReader {
  /** The maps of each picture of an image, picture after picture. Throws what computing throws. */
  read(set: PixelSet, index: number): Promise<readonly StageMap[]>;
  release(): Promise<void>;
}

/**
 * `path`: of the model's file, for messages. Throws what loading throws, and `bad-input` for a network that gives
 * no maps.
 */
export async function openMaps(model: AnyModel, path: string): Promise<MapReader> {
  const { settings } = model.description;
  const frozen = frozenOf(model);
  return frozen === null
    ? await trainedMaps(stateOf(model)!, model.description)
    : await frozenMaps(frozen, settings, path);
}

async function trainedMaps(
  state: Tensors,
  { channels, settings }: ModelDescription,
): Promise<MapReader> {
  const { program, maps } = describeMaps(settings, channels);
  const engine = await chooseEngine('cpu', settings.threads);
  const session = await engine.compile(program);
  await session.writeState(state);
  const { inputSize } = settings;
  return {
    read: async (set, index) => {
      const images = new Float32Array(set.channels * inputSize ** 2);
      plainView(set, index, inputSize, images, 0);
      toNetworkRange(images);
      const outputs = await session.run({ images });
      // The arrays are valid until the next run.
      return maps.map(({ name, shape: [, own, height, width] }) => ({
        ...{ channels: own!, height: height!, width: width! },
        values: outputs[name]!.slice(),
      }));
    },
    release: () => session.release(),
  };
}

async function frozenMaps(
  { card, onnx }: Pick<FrozenNetwork, 'card' | 'onnx'>,
  settings: RunSettings,
  path: string,
): Promise<MapReader> {
  const { input, outputs } = card;
  const pooled = outputs.filter(({ kind }) => kind === 'vector').map(({ name }) => name);
  const mapped = withMapOutputs(onnx, pooled);
  const names = middleStages(
    outputs
      .map(({ name, kind }) =>
        kind === 'map' ? name : (mapped.maps[pooled.indexOf(name)] ?? null),
      )
      .filter((name) => name !== null),
  );
  const noMaps = () =>
    new Failure(
      'bad-input',
      `The backbone "${card.name}" gives no maps, only features of the whole image, so that it has no heat map. ` +
        'Use a model of another backbone, or a trained one.',
      path,
    );
  if (names.length === 0) throw noMaps();
  const engine = await chooseEngine('cpu', settings.threads);
  const loaded = await engine.load({
    ...{ path, bytes: mapped.bytes, inputs: [input.name], outputs: names },
  });
  const reading = readingOf(settings);
  const shape = [1, input.channels, input.size, input.size];
  return {
    read: async (set, index) => {
      const maps: StageMap[] = [];
      for (let picture = 0; picture < picturesOf(set, reading); picture++) {
        const values = new Float32Array(input.channels * input.size ** 2);
        backboneView(set, index, input, values, 0, reading.isSeparate ? picture : undefined);
        const tensors = await loaded.run({ [input.name]: { shape, values } });
        for (const name of names) {
          const map = asMap(tensors[name]!);
          if (map === null) throw noMaps();
          maps.push(map);
        }
      }
      return maps;
    },
    release: () => loaded.release(),
  };
}

/** null for a tensor that is not [1, channels, height, width] with several positions. */
function asMap({ shape, values }: ShapedTensor): StageMap | null {
  const [rows, channels, height, width] = shape;
  if (shape.length !== 4 || rows !== 1 || height! * width! < 2) return null;
  return { channels: channels!, height: height!, width: width!, values };
}
