// What the read-out sees of images by the network of a model: from the feature cache, or computed.

import type { ProjectDatabase } from '../../store/database.ts';
import type { Compute } from '../../workers/compute.ts';
import type { FeatureSource } from '../image-features.ts';
import { readOutReading } from './read-out-key.ts';
import { scoringModel, trainedModel } from '../scoring-model.ts';

export interface ReadOutPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
}

/** Throws `not-found`; its `compute` throws `checkpoint-damaged`, and what computing throws. */
export function readOutSource(
  modelId: number,
  { database, folder, compute }: ReadOutPorts,
): FeatureSource {
  const trained = database.read((reader) => trainedModel(reader, modelId));
  return {
    ...readOutReading(trained),
    compute: async (lease, shard, path, stop) => {
      const wanted = trained.config.engine;
      const { file, engine } = await scoringModel(database, folder, modelId, wanted);
      const images = { name: 'images to refit with', ...shard };
      const of = 'read-out' as const;
      const task = { model: await compute.put(file), shard: images, engine, of, path };
      return await lease.call('features', task, stop);
    },
  };
}
