// Means and deviations of the maps of all stages, against slow loops.

import { expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { poolStages } from '#ml/read-out/stages.ts';

const shapes = [
  [2, 3, 5, 4],
  [2, 16, 2, 2],
] as const;

it('stages are pooled to the mean and the standard deviation of each channel over positions', async () => {
  const b = new ProgramBuilder('score');
  const maps = shapes.map((shape, index) => b.input(`map${index}`, shape));
  const session = await cpuEngine(1).compile(b.scoring({ pooled: poolStages(b, maps) }));
  await session.writeState({});
  const stream = new RandomStream(7, 961);
  const inputs = Object.fromEntries(
    shapes.map((shape, index) => {
      const length = shape.reduce((product, side) => product * side, 1);
      return [`map${index}`, Float32Array.from({ length }, () => 3 + stream.normal())];
    }),
  );
  const { pooled } = await session.run(inputs);
  await session.release();
  const row = (image: number): number[] =>
    shapes.flatMap(([, channels, height, width], index) => {
      const positions = height * width;
      const planes = Array.from({ length: channels }, (_, channel) => {
        const start = (image * channels + channel) * positions;
        return [...inputs[`map${index}`]!.subarray(start, start + positions)];
      });
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      const means = planes.map(mean);
      const deviations = planes.map((plane, channel) =>
        Math.sqrt(mean(plane.map((value) => (value - means[channel]!) ** 2)) + 1e-6),
      );
      return [...means, ...deviations];
    });
  const expected = [...row(0), ...row(1)];
  expect(pooled).toHaveLength(expected.length);
  expected.forEach((value, place) => expect(pooled![place]).toBeCloseTo(value, 5));
});
