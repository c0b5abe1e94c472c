// The interface of a network: its description, the length of its features, and the memory of a
// training step. Its name and meaning for users are in domain/network-table.ts.

import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';

export interface NetworkSettings {
  /** Channels of the first stage. */
  readonly width: number;
  /** Side of the square input, pixels: any that the setting table allows. */
  readonly inputSize: number;
  readonly channels: number;
}

export interface NetworkOutputs {
  /** [N, featureSize] features of the last stage, averaged over positions. */
  readonly h: Value;
  /** [N, embeddingSize] contrastive features, not normalised. */
  readonly z: Value;
  /** [N, C, H, W] the maps of each stage, the first stage first; the last is the one averaged to h. */
  readonly stages: readonly Value[];
}

export interface Network {
  /** images [N, channels, inputSize, inputSize] in −1 … 1. Parameters have the same names in both modes. */
  readonly describe: (
    b: ProgramBuilder,
    images: Value,
    settings: NetworkSettings,
  ) => NetworkOutputs;
  /** Length of h. */
  readonly featureSize: (settings: Pick<NetworkSettings, 'width'>) => number;
  /** Channels of the map of each stage, in the order of `stages`. */
  readonly stageChannels: (settings: Pick<NetworkSettings, 'width'>) => readonly number[];
  /** Length of z. */
  readonly embeddingSize: number;
  /**
   * Bytes that a training step takes on the CPU at most, beside the batch and the process itself:
   * fitted to measured peaks. `rows`: views in the step; `weights`: values of all parameters.
   */
  readonly stepBytes: (settings: NetworkSettings, rows: number, weights: number) => number;
}
