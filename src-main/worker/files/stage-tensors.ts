// The statistics of a read-out as tensors of a model file, and back.

import type { StageStatistics } from '#ml/read-out/read-out.ts';
import type { FileTensor } from './safetensors.ts';
import { assertTensor } from './state-tensors.ts';

/** Names of the tensors of a stage, from 1. */
function stageNames(stage: number) {
  return { mean: `reference.stage${stage}.mean`, factor: `reference.stage${stage}.factor` };
}

export function stageTensors(stages: readonly StageStatistics[]): Record<string, FileTensor> {
  return Object.fromEntries(
    stages.flatMap(({ mean, factor }, index) => {
      const names = stageNames(index + 1);
      const d = mean.length;
      return [
        [names.mean, { shape: [d], values: mean }],
        [names.factor, { shape: [d, d], values: factor }],
      ];
    }),
  );
}

/**
 * `lengths`: of each stage's features. None in a file of a version without the read-out. Throws
 * `checkpoint-damaged`.
 */
export function readStages(
  tensors: Readonly<Record<string, FileTensor>>,
  lengths: readonly number[],
  path: string,
): StageStatistics[] {
  if (!Object.hasOwn(tensors, stageNames(1).mean)) return [];
  return lengths.map((d, index) => {
    const { mean, factor } = stageNames(index + 1);
    return {
      mean: assertTensor(tensors, mean, [d], Float64Array, path),
      factor: assertTensor(tensors, factor, [d, d], Float64Array, path),
    };
  });
}
