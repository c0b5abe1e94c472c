// Features and scores of images: each is independent of the others in the set.

import { beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import { StopSource } from '#domain/stop.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { KeyedImage, TrainedNetwork } from '#ml/score.ts';
import { describeScoring, readReference, scoreImages } from '#ml/score.ts';
import { ScoreViews, type ScoreViewsRequest } from '#ml/score-views.ts';
import { drawnOnDemand } from '#ml/views.ts';
import { noisePixels } from './pixel-sets.ts';

const engine = cpuEngine(1);

function settingsOf(views: number): RunSettings {
  return resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
    overrides: { width: 4, inputSize: 16, views },
  });
}

const images = noisePixels({ count: 140, height: 20, width: 20, channels: 3 }, 5);
const keys = Array.from({ length: 140 }, (_, index): KeyedImage => {
  return { index, key: [1000 + index, 7] };
});

/** A network as it begins, but with statistics that tell eval mode from the batch's. */
function stateOf(settings: RunSettings): Tensors {
  const state = initialState(describeScoring(settings, 3, 1), 2);
  return Object.fromEntries(
    Object.entries(state).map(([name, values]) => [
      name,
      name.endsWith('.mean') ? values.map((_, i) => 0.1 * Math.sin(i)) : values,
    ]),
  );
}

async function networkOf(views: number): Promise<TrainedNetwork> {
  const settings = settingsOf(views);
  const state = stateOf(settings);
  const normals = noisePixels({ count: 150, height: 20, width: 20, channels: 3 }, 4);
  const reference = await readReference(engine, state, normals, settings, 1);
  return { method: 'anchored', settings, state, reference, fitted: {} };
}

/** The engine without memory for more than `most` views at once, after its first `free` runs. */
function cramped(free: number, most: number): Engine {
  let runs = 0;
  return {
    ...engine,
    compile: async (program) => {
      const session = await engine.compile(program);
      const run = session.run.bind(session);
      const rows = program.inputs[0]!.value.shape[0]!;
      session.run = async (inputs) => {
        if (runs++ >= free && rows > most) throw new Failure('out-of-memory', 'It is full.');
        return run(inputs);
      };
      return session;
    },
  };
}

/** The first image of a set, and the same turned clockwise. */
function withTurned({ pixels }: PixelSet): Uint8Array {
  const [side, channels] = [20, 3];
  const both = new Uint8Array(2 * side * side * channels);
  both.set(pixels.subarray(0, both.length / 2));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const to = both.length / 2 + channels * (x * side + (side - 1 - y));
      const from = channels * (y * side + x);
      for (let channel = 0; channel < channels; channel++)
        both[to + channel] = pixels[from + channel]!;
    }
  }
  return both;
}

async function score(
  network: TrainedNetwork,
  asked: readonly KeyedImage[],
  set: PixelSet = images,
  seed = 1,
): Promise<Map<number, RawScores>> {
  const scores = new Map<number, RawScores>();
  for await (const batch of scoreImages(engine, network, set, asked, seed)) {
    for (const { index, raw } of batch) scores.set(index, raw);
  }
  return scores;
}

describe('scores of an image', () => {
  let network: TrainedNetwork;
  let all: Map<number, RawScores>;
  beforeAll(async () => {
    network = await networkOf(8);
    all = await score(network, keys.slice(0, 30));
  });

  it('come once for each requested image', () => {
    expect([...all.keys()]).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(new Set([...all.values()].map(({ mahalanobis }) => mahalanobis)).size).toBe(30);
  });

  it('are the same alone, in another order and beside others', async () => {
    expect((await score(network, [keys[17]!])).get(17)).toEqual(all.get(17));
    for (const [index, raw] of await score(network, keys.slice(0, 30).toReversed())) {
      expect(raw).toEqual(all.get(index));
    }
  });

  it('are the same at another place of another set, by its key', async () => {
    const length = 20 * 20 * 3;
    const moved: PixelSet = {
      ...images,
      count: 2,
      pixels: Uint8Array.from([
        ...images.pixels.subarray(0, length),
        ...images.pixels.subarray(17 * length, 18 * length),
      ]),
    };
    const scores = await score(network, [{ index: 1, key: keys[17]!.key }], moved);
    expect(scores.get(1)).toEqual(all.get(17));
  });

  it('of random views depend on seed and key; of the plain view they do not', async () => {
    const changes = [
      await score(network, [keys[17]!], images, 2),
      await score(network, [{ index: 17, key: [1017, 8] }]),
    ];
    for (const changed of changes) {
      const [ours, before] = [changed.get(17)!, all.get(17)!];
      for (const name of ['normOfMean', 'meanSquaredNorm']) {
        expect(ours[name]).not.toBe(before[name]);
      }
      for (const name of [
        'plainSquaredNorm',
        'mahalanobis',
        'nearest5',
        'cosineTimesNorm',
      ] as const) {
        expect(ours[name]).toBe(before[name]);
      }
    }
  });

  it('without random views are those of the plain view', async () => {
    const plain = await score(await networkOf(0), keys);
    expect(plain.size).toBe(140);
    for (const raw of plain.values()) {
      expect(raw['normOfMean']! ** 2).toBeCloseTo(raw['plainSquaredNorm']!, 8);
      expect(raw['meanSquaredNorm']).toBeCloseTo(raw['plainSquaredNorm']!, 8);
    }
    // More views are spread over the same batches: rounding apart, the same network.
    const squareOf = (raw: RawScores) => raw['plainSquaredNorm']!;
    for (const [index, raw] of all) {
      expect(squareOf(plain.get(index)!) / squareOf(raw)).toBeCloseTo(1, 4);
    }
  });

  it('are the same when memory runs out and scoring continues with fewer views at once', async () => {
    const scores = new Map<number, RawScores>();
    const warnings: string[] = [];
    const source = {
      open: (request: ScoreViewsRequest) => drawnOnDemand(new ScoreViews(request)),
      warn: (text: string) => void warnings.push(text),
    };
    // The first batch fits, and none after it of more than 20 views.
    const few = keys.slice(0, 30);
    for await (const batch of scoreImages(cramped(1, 20), network, images, few, 1, source)) {
      for (const { index, raw } of batch) {
        expect(scores.has(index)).toBe(false);
        scores.set(index, raw);
      }
    }
    expect(scores).toEqual(all);
    expect(warnings).toEqual(
      [64, 32, 16].map((rows) => expect.stringContaining(`at most ${rows} views`) as string),
    );
    const none = scoreImages(cramped(0, 0), network, images, few, 1);
    await expect(none.next()).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('of the read-out are the same for an image and its turned copy, when it averages over turns', async () => {
    const distances = async (turns: string) => {
      const settings = { ...settingsOf(0), turns } as RunSettings;
      const state = stateOf(settings);
      const normals = noisePixels({ count: 40, height: 20, width: 20, channels: 3 }, 4);
      const reference = await readReference(engine, state, normals, settings, 1);
      const own = { method: 'anchored', settings, state, reference, fitted: {} } as const;
      const turned = { ...images, count: 2, pixels: withTurned(images) };
      const scores = await score(own, keys.slice(0, 2), turned);
      return ['stages', 'stage1', 'stage4'].map(
        (name) => scores.get(0)![name]! - scores.get(1)![name]!,
      );
    };
    for (const difference of await distances('quarter')) expect(difference).toBeCloseTo(0, 3);
    for (const difference of await distances('none'))
      expect(Math.abs(difference)).toBeGreaterThan(0.01);
  });

  it('that are NaN are refused', async () => {
    const state = { ...network.state, 'head.linear2.bias': new Float32Array(128).fill(NaN) };
    await expect(score({ ...network, state }, keys.slice(0, 1))).rejects.toMatchObject({
      code: 'not-finite',
    });
  });

  it('of a training image are near the best possible: it is its own nearest neighbour', async () => {
    const normals = noisePixels({ count: 150, height: 20, width: 20, channels: 3 }, 4);
    const own = await score(network, [keys[3]!], normals);
    const { nearest5, cosineTimesNorm, plainSquaredNorm } = own.get(3)!;
    expect(nearest5).toBeGreaterThan(all.get(3)!['nearest5']!);
    expect(cosineTimesNorm).toBeCloseTo(Math.sqrt(plainSquaredNorm!), 4);
  });
});

it('reading the reference stops on request', async () => {
  const settings = settingsOf(0);
  const stopped = new StopSource();
  stopped.stop();
  await expect(
    readReference(engine, stateOf(settings), images, settings, 1, stopped),
  ).rejects.toMatchObject({ code: 'stopped' });
});
