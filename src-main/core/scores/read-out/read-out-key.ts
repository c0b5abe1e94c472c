// Where the feature cache keeps what the read-out sees of images by the network of a model. Every scoring
// stores it, so that a refit computes no network.

import type { RunConfig } from '#contract/run-config.ts';
import type { FeatureKey } from '../../features/feature-cache.ts';
import { readRunPixels } from '../../runs/run-config.ts';
import type { StoredRun } from '../../store/runs/runs.ts';
import { featureKeyOf, type FeatureSource } from '../image-features.ts';

interface ModelOfRun {
  readonly model: { readonly hash: string };
  readonly run: StoredRun;
  readonly config: RunConfig;
}

export function readOutReading(of: ModelOfRun): Omit<FeatureSource, 'compute'> {
  const { turns, ...settings } = of.config.settings;
  return {
    network: networkOf(of),
    reading: { way: 'read-out', turns, pictures: settings['pictures'] ?? 'colour' },
    pixels: readRunPixels(of.run),
  };
}

export function readOutKey(of: ModelOfRun): FeatureKey {
  return featureKeyOf(readOutReading(of));
}

/** Whether scoring computes what a read-out sees: PatchCore compares patches. */
export function hasReadOut({ config: { method } }: Pick<ModelOfRun, 'config'>): boolean {
  return method !== 'patchcore';
}

/**
 * SHA-256 of the file whose network it is: of the backbone, or of the trained model; a refit has that of the model
 * that it started from.
 */
export function networkOf({ model, config }: Pick<ModelOfRun, 'model' | 'config'>): string {
  return config.refit?.network ?? config.backbone?.sha256 ?? model.hash;
}
