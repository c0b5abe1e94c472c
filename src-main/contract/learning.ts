// What the next training learns from a review: confirmed anomalies as outliers, confirmed normals as normal images.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';
import { datasetName } from './image.ts';

/** What 'learning.useAnomalies' would do. */
export interface ConfirmedAnomalies {
  /** With a standing verdict "anomalous". */
  readonly images: number;
  /** Of them, test images of a dataset. As outliers they would give the answers of the test away. */
  readonly inTest: number;
  /** Of them, normal images that are taught or set the threshold: they stop to be. */
  readonly asNormal: number;
  /** Anomalies that remain in the test of these datasets when they are moved. */
  readonly testKeeps: number;
}

/** What 'learning.useNormals' would do. */
export interface ConfirmedNormals {
  /** With a standing verdict "normal", and not taught yet. */
  readonly images: number;
  /** Of them, in the test. */
  readonly inTest: number;
  /** Images that remain in the test when they are moved. */
  readonly testKeeps: number;
  /** More, which stay where they are: normal images of their group are held out. */
  readonly groupsHeldOut: number;
}

/** `move`: whether images leave the test; otherwise only the others are used. */
const move = z.boolean();

export const learningMethods = {
  /** Changes nothing. */
  'learning.offer': method<{ anomalies: ConfirmedAnomalies; normals: ConfirmedNormals }>()(
    z.strictObject({ dataset: datasetName }),
  ),
  /**
   * Makes the source `name` hold the confirmed anomalies as outliers for training, and no other images; makes it
   * when there is none. What leaves the test or the normal images gets the split "none". One edit.
   */
  'learning.useAnomalies': method<{
    readonly source: string;
    readonly images: number;
    readonly added: number;
    readonly moved: number;
    readonly state: EditState;
  }>()(z.strictObject({ name: datasetName.default('confirmed anomalies'), move })),
  /** Gives confirmed normals of the dataset the role normal and the split train. One edit. */
  'learning.useNormals': method<{
    readonly changed: number;
    readonly moved: number;
    readonly state: EditState;
  }>()(z.strictObject({ dataset: datasetName, move })),
} as const;
