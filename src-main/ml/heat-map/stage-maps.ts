// The maps that a heat map is computed from: those of the middle stages of a network.

import type { RunSettings } from '#domain/run-settings.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { networks } from '../networks/networks.ts';

/** The features of an image at every position of a stage. */
export interface StageMap {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [channels, height, width] */
  readonly values: Float32Array;
}

/**
 * Without the first and the last, where there are more than two: the first stage sees edges and colours, the
 * last one is coarse and close to what it was trained for (Roth et al., arXiv 2106.08265, section 3.1).
 */
export function middleStages<Stage>(stages: readonly Stage[]): readonly Stage[] {
  return stages.length > 2 ? stages.slice(1, -1) : stages;
}

export interface MapProgram {
  /** images [1, channels, inputSize, inputSize] in −1 … 1 → the maps, by the names below. */
  readonly program: Program;
  /** In the order of the stages; [1, channels, height, width]. */
  readonly maps: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The state is that of `describeScoring`. */
export function describeMaps(settings: RunSettings, channels: number): MapProgram {
  const { network, width, inputSize } = settings;
  const b = new ProgramBuilder('score');
  const images = b.input('images', [1, channels, inputSize, inputSize]);
  const { stages } = networks[network].describe(b, images, { width, inputSize, channels });
  const named = middleStages(stages).map((value, index) => [`map${index}`, value] as const);
  return {
    program: b.scoring(Object.fromEntries(named)),
    maps: named.map(([name, { shape }]) => ({ name, shape })),
  };
}
