// A catalogue of many images that exist as rows alone: for how the gallery bears them.

import type { ProjectDatabase } from '#core/store/database.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import { noon } from './catalogue.ts';

const chosen = { preset: 'quick', specimen: 'stained', method: 'oecl' } as const;
const config = {
  ...{ dataset: 'cells', snapshotHash: 'hash', ...chosen, overrides: {} },
  settings: resolveSettings({ ...chosen, overrides: {} }),
  ...{ outliers: [], shifts: [], seed: 1, engine: 'cpu', codeVersion: '1' },
};

/** Dataset 1, "cells": images 1 … `images`, nineteen of twenty scored by model 1, one of fifty reviewed. */
export function fillWithRows(database: ProjectDatabase, images: number): void {
  database.transact((writer) => {
    for (const sql of [
      `insert into dataset (id, name, created_at) values (1, 'cells', '${noon}')`,
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${images})
       insert into image (id, hash, bytes, width, height, channels, bit_depth, pixel_size_um, imported_at)
       select i, printf('%064x', i), 1000, 300 + i % 50, 300, 3, 8, null, '${noon}' from n`,
      `insert into image_file (id, image_id, path, relative_path, modified_ms) select id, id,
         '/lab/slides/patient ' || (id % 500) || '/field ' || (id * 7919 % 1000003) || '.tif', null, 0
       from image`,
      `insert into dataset_item (dataset_id, image_id, role, class, group_name, split, domain)
       select 1, id,
         case when id % 10 = 0 then 'anomaly' when id % 3 = 0 then 'unlabelled' else 'normal' end,
         'class ' || (id % 12), case when id % 7 = 0 then null else 'patient ' || (id % 500) end,
         case when id % 4 = 0 then 'test' else 'train' end,
         'scanner=' || (id % 3) from image`,
      `insert into snapshot values (1, 1, 'hash', '${noon}')`,
      `insert into run (id, folder, method, preset, specimen, config, seed, engine, code_version, dataset_id,
         snapshot_id, state, created_at)
       values (1, 'run-1', 'oecl', 'quick', 'stained', '${JSON.stringify(config)}', 1, 'cpu', '1', 1, 1, 'succeeded', '${noon}')`,
      `insert into model values (1, 1, 'path', 'hash', 1, '${noon}')`,
      `insert into model_score (model_id, name) values (1, 'mahalanobis'), (1, 'nearest5'), (1, 'a'), (1, 'b'), (1, 'c'), (1, 'd')`,
      `insert into score
       select m.id, i.id, iif(m.name = 'mahalanobis', -(i.id * 7919 % 1000003), 1)
       from model_score m cross join image i where i.id % 20 <> 0`,
      `insert into edit (id, kind, words, created_at) values (1, 'reviews', 'words', '${noon}')`,
      `insert into review (image_id, model_id, verdict, reviewer, created_at, edit_id, move)
         select id, 1, 'anomalous', 'mia', '${noon}', 1, 'do'
       from image where id % 50 = 0`,
    ]) {
      writer.run(sql);
    }
  });
}
