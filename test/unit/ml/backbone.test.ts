import { expect, test } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import {
  backboneSize,
  backboneView,
  faultInOutput,
  outputLengths,
  pooledOutputs,
  scaleOutputs,
  type BackboneOutput,
} from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';

const colour: PixelSet = {
  ...{ count: 2, height: 2, width: 2, channels: 3 },
  window: [[0, 255], [0, 255], [0, 255]], // prettier-ignore
  pixels: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
};
const grey: PixelSet = {
  ...{ count: 1, height: 2, width: 2, channels: 1 },
  window: [[100, 300]],
  pixels: Uint16Array.of(100, 200, 300, 400),
};
const view = (set: PixelSet, index: number, input: Parameters<typeof backboneView>[2]) => {
  const out = new Float32Array(input.channels * input.size ** 2 + 1).fill(-99);
  backboneView(set, index, input, out, 1);
  expect(out[0]).toBe(-99);
  return [...out.subarray(1)];
};

test('an image becomes planes in the card’s range, minus the mean, divided by the deviation', () => {
  const input = {
    size: 2,
    channels: 3,
    range: [0, 255],
    mean: [100, 10, 0],
    deviation: [2, 1, 5],
  } as const;
  const pixel = (i: number, channel: number) => 120 + 10 * (3 * i + channel);
  const expected = [0, 1, 2].flatMap((channel) =>
    [0, 1, 2, 3].map((i) => (pixel(i, channel) - input.mean[channel]!) / input.deviation[channel]!),
  );
  view(colour, 1, input).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
});

test('grey is repeated for three channels, and colour becomes grey for one', () => {
  const three = {
    size: 2,
    channels: 3,
    range: [0, 1],
    mean: [0, 0, 0.5],
    deviation: [1, 1, 1],
  } as const;
  const plane = [0, 0.5, 1, 1];
  expect(view(grey, 0, three)).toEqual([...plane, ...plane, ...plane.map((value) => value - 0.5)]);
  const one = { size: 2, channels: 1, range: [0, 255], mean: [0], deviation: [1] } as const;
  view(colour, 0, one).forEach((value, i) =>
    expect(value).toBeCloseTo(30 * i + 0.587 * 10 + 0.114 * 20, 3),
  );
});

const outputs: readonly BackboneOutput[] = [
  { name: 'map', kind: 'map', channels: 3 },
  { name: 'vector', kind: 'vector', channels: 2 },
];

test('a map is pooled to means and standard deviations, a vector is taken as it is', () => {
  const stream = new RandomStream(1, purpose.sample);
  const map = Float32Array.from({ length: 2 * 3 * 20 }, () => stream.between(-3, 5));
  const vector = Float32Array.of(1, 2, 3, 4);
  const tensors = {
    map: { shape: [2, 3, 4, 5], values: map },
    vector: { shape: [2, 2], values: vector },
  };
  const pooled = pooledOutputs(outputs, tensors, 2);
  expect(backboneSize(outputs)).toBe(8);
  for (const row of [0, 1]) {
    for (const channel of [0, 1, 2]) {
      const plane = [...map.subarray((row * 3 + channel) * 20, (row * 3 + channel + 1) * 20)];
      const mean = plane.reduce((sum, value) => sum + value / 20, 0);
      const squares = plane.reduce((sum, value) => sum + (value - mean) ** 2 / 20, 0);
      expect(pooled[row * 8 + channel]).toBeCloseTo(mean, 5);
      expect(pooled[row * 8 + 3 + channel]).toBeCloseTo(Math.sqrt(squares), 5);
    }
    expect([...pooled.subarray(row * 8 + 6, row * 8 + 8)]).toEqual([2 * row + 1, 2 * row + 2]);
  }
});

test('outputs of other shapes than the card’s are named', () => {
  const at = (shape: number[]) => ({ shape, values: new Float32Array(0) });
  expect(faultInOutput(outputs[0]!, at([2, 3, 9, 9]), 2)).toBeNull();
  expect(faultInOutput(outputs[1]!, at([2, 2]), 2)).toBeNull();
  expect(faultInOutput(outputs[0]!, at([2, 3]), 2)).toBe(
    'gives "map" as [2, 3], and the card says [2, 3, height, width] (a map)',
  );
  expect(faultInOutput(outputs[1]!, at([1, 2]), 2)).toContain('[1, 2], and the card says [2, 2]');
});

test('each output weighs the same when images are compared', () => {
  const lengths = outputLengths(outputs);
  const row = Float32Array.of(3, 4, 0, 0, 0, 0, 0, 1000);
  expect([...scaleOutputs(row, lengths)]).toEqual([...Float32Array.of(0.6, 0.8, 0, 0, 0, 0, 0, 1)]);
});
